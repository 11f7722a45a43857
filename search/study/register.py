"""The records of a study, kept up as its trials end, and what is asked of all of them often.

A finished trial never changes: it is read once, whatever the length of the study. Never imports
torch.
"""

from collections.abc import Sequence
from dataclasses import replace

import optuna
from optuna.trial import FrozenTrial

from search.candidates.candidate import Candidate
from search.study.records import COUNTED, Record, ranked, read


class Register:
    """The records in order of their numbers, the ranking, and who has trained which candidate.

    All of it as it was when the trials were last looked at.
    """

    def __init__(self, study: optuna.Study) -> None:
        self._study = study
        self._records: list[Record] = []
        self.open: list[int] = []  # numbers of the trials that may still change
        self._ranked: list[Record] | None = None  # None once it no longer holds
        self._first: dict[Candidate, int] = {}  # candidates that ended, and their first trials

    def look(self) -> list[FrozenTrial]:
        """Every trial as Optuna has it now; what is new of them is read."""
        trials = self._study.get_trials(deepcopy=False)
        looked_at = [*self.open, *range(len(self._records), len(trials))]
        self.open = [number for number in looked_at if not trials[number].state.is_finished()]
        for number in looked_at:
            record = read(trials[number])
            self._records[number : number + 1] = [record]
            if trials[number].state.is_finished():
                self._enter(record)
        return trials

    def go_on(self, number: int, curve: Sequence[float]) -> list[Record]:
        """A trial of this run has come so far, by its validation accuracies; all records with it.

        Asked after every epoch, so the storage is looked at once, when the trial has just begun.
        """
        if number >= len(self._records) or self._records[number].outcome != "running":
            self.look()
        record = replace(self._records[number], validation_accuracy=tuple(curve))
        self._records[number] = record
        return self.records

    def _enter(self, record: Record) -> None:
        if record.consistency is not None:
            self._ranked = None
        if record.candidate is not None and record.outcome in COUNTED:
            first = self._first.setdefault(record.candidate, record.number)
            self._first[record.candidate] = min(first, record.number)

    @property
    def records(self) -> list[Record]:
        """Every trial; a list of its own."""
        return list(self._records)

    @property
    def ranked(self) -> list[Record]:
        """The candidates trained to the end, best first; see `record.ranked`. A list of its own."""
        if self._ranked is None:
            self._ranked = ranked(self._records)
        return list(self._ranked)

    def twin(self, candidate: Candidate, number: int) -> int | None:
        """The first trial that trained the candidate or is training it, None if there is none.

        number: of the trial that asks, which has not ended; it is not meant.
        """
        running = [
            record.number
            for record in map(self._records.__getitem__, self.open)
            if record.outcome == "running" and record.candidate == candidate
        ]
        ended = self._first.get(candidate)
        found = [*running, *([] if ended is None else [ended])]
        return min((other for other in found if other != number), default=None)
