"""Trials as values: a `Record` is one trial, `TrialRecords` all of a study. Without torch.

The search uses user attributes only; `reason` is for display. Journals of version 0.1 are the
exception: `_overtaken` and `_process_gone` read their reasons.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from functools import lru_cache
from typing import Any, Literal

import optuna
import pandas as pd
from optuna.distributions import BaseDistribution
from optuna.trial import FrozenTrial, TrialState

from search.candidates.architecture import Architecture
from search.candidates.blocks import chain_label
from search.candidates.candidate import Candidate
from search.candidates.recipe import Recipe
from search.candidates.wording import comma_separated, counted
from search.files import from_json, to_json
from search.study.environment import versions_text

Outcome = Literal[
    "waiting",
    "running",
    "over budget",
    "duplicate",
    "impossible",
    "rejected by the space",
    "trained",
    "stopped early",
    "failed",
    "error",
    "interrupted",
]
COUNTED = frozenset({"trained", "stopped early", "failed"})  # counted by --trials
# Samplers learn from these and from rejections.
LEARNED_FROM = frozenset({"trained", "stopped early"})
WITHOUT_CANDIDATE = frozenset({"impossible", "rejected by the space"})  # sample() returned none
REJECTED_OUTCOMES = WITHOUT_CANDIDATE | {"over budget", "duplicate"}  # recorded, never trained
STATES: dict[Outcome, TrialState] = {  # Optuna's state of a trial by outcome
    "over budget": TrialState.PRUNED,
    "duplicate": TrialState.PRUNED,
    "impossible": TrialState.PRUNED,
    "rejected by the space": TrialState.PRUNED,
    "trained": TrialState.COMPLETE,
    "stopped early": TrialState.PRUNED,
    "failed": TrialState.FAIL,
    "error": TrialState.FAIL,
    "interrupted": TrialState.FAIL,
}
# Version 0.1 recorded these facts only in the reason; later versions have attributes for them.
OVERTAKEN_0_1 = "not smaller than "  # the start of the reason
PROCESS_GONE_0_1 = "its process is gone"  # the whole reason


@dataclass(frozen=True)
class Record:
    """One trial. Curves have one value per epoch of the named split; accuracies are fractions.

    consistency: the score; None if it was not trained to the end. reason: of a rejection, an early
    stop or a failure. origin: the number that seeds its random draws; that of the earlier trial if
    it resumes one. seconds: of training, all epochs. versions: see `versions_text`. repeat_of: the
    trial with the same candidate that this one repeats. repeat: the number of the run, 1 for the
    first. baseline: the name of the published network that it trains. overtaken: whether it was
    stopped because a smaller network became the study's answer; its score is then unknown.
    process_gone: whether its run was killed and another run ended the trial.
    """

    number: int
    outcome: Outcome
    candidate: Candidate | None = None
    label: str = ""
    parameters: int = 0
    macs: int = 0
    consistency: float | None = None
    validation_accuracy: tuple[float, ...] = ()
    validation_loss: tuple[float, ...] = ()
    training_accuracy: tuple[float, ...] = ()
    training_loss: tuple[float, ...] = ()
    seconds: float = 0.0
    device: str = ""
    versions: str = ""
    origin: int = 0
    reason: str = ""
    repeat_of: int | None = None
    repeat: int = 1
    baseline: str = ""
    overtaken: bool = False
    process_gone: bool = False

    @property
    def epochs(self) -> int:
        """The number of epochs trained."""
        return len(self.validation_accuracy)

    @property
    def counts(self) -> bool:
        """Whether --trials counts it as a trained candidate; repeats are not counted."""
        return self.outcome in COUNTED and self.repeat_of is None


CANDIDATE_ATTRIBUTES = frozenset({"architecture", "recipe", "label", "parameters", "macs"})
OWN_ATTRIBUTES = CANDIDATE_ATTRIBUTES | {field.name for field in fields(Record)} | {"runner"}


def candidate_attributes(candidate: Candidate) -> dict[str, Any]:
    """The user attributes that every proposed trial with a candidate has."""
    return {
        "architecture": to_json(candidate.architecture),
        "recipe": to_json(candidate.recipe),
        "label": candidate.label,
        "parameters": candidate.architecture.parameters,
        "macs": candidate.architecture.macs,
    }


def read_trial(trial: FrozenTrial) -> Record:
    """Return the record of an Optuna trial in any state."""
    attributes = trial.user_attrs
    return Record(
        number=trial.number,
        outcome=_outcome(trial),
        candidate=_candidate(attributes),
        label=attributes.get("label", ""),
        parameters=attributes.get("parameters", 0),
        macs=attributes.get("macs", 0),
        consistency=_consistency(trial),
        validation_accuracy=_curve(trial),
        validation_loss=tuple(attributes.get("validation_loss", ())),
        training_accuracy=tuple(attributes.get("training_accuracy", ())),
        training_loss=tuple(attributes.get("training_loss", ())),
        seconds=attributes.get("seconds", 0.0),
        device=attributes.get("device", ""),
        versions=versions_text(attributes.get("versions", {})),
        origin=attributes.get("origin", trial.number),
        reason=attributes.get("reason", ""),
        repeat_of=attributes.get("repeat_of"),
        repeat=attributes.get("repeat", 1),
        baseline=attributes.get("baseline", ""),
        overtaken=_overtaken(attributes),
        process_gone=_process_gone(attributes),
    )


def _overtaken(attributes: Mapping[str, Any]) -> bool:
    if "overtaken" in attributes:
        return bool(attributes["overtaken"])
    reason: str = attributes.get("reason", "")
    return reason.startswith(OVERTAKEN_0_1)


def _process_gone(attributes: Mapping[str, Any]) -> bool:
    if "process_gone" in attributes:
        return bool(attributes["process_gone"])
    return attributes.get("reason") == PROCESS_GONE_0_1


def _outcome(trial: FrozenTrial) -> Outcome:
    if trial.state is TrialState.WAITING:
        return "waiting"
    if trial.state is TrialState.RUNNING:
        return "running"
    outcome: Outcome | None = trial.user_attrs.get("outcome")
    if outcome is not None:
        return outcome
    # another program ended it, as a run writes the outcome before it ends a trial
    return "trained" if trial.state is TrialState.COMPLETE else "interrupted"


def _consistency(trial: FrozenTrial) -> float | None:
    """The score: the attribute if there is one (studies with a target), else the trial's value."""
    if trial.state is not TrialState.COMPLETE:
        return None
    score: float | None = trial.user_attrs.get("consistency", trial.value)
    return score


def _candidate(attributes: dict[str, Any]) -> Candidate | None:
    if "architecture" not in attributes or "recipe" not in attributes:
        return None
    return _decoded(attributes["architecture"], attributes["recipe"])


@lru_cache(maxsize=16_384)
def _decoded(architecture: str, recipe: str) -> Candidate:
    return Candidate(from_json(Architecture, architecture), from_json(Recipe, recipe))


def _curve(trial: FrozenTrial) -> tuple[float, ...]:
    return tuple(trial.intermediate_values[epoch] for epoch in sorted(trial.intermediate_values))


def ranked(records: Iterable[Record]) -> list[Record]:
    """Return the candidates trained to the end, best consistency first.

    Ties are resolved by fewer parameters, then by age. Each candidate appears once, by its first
    run.
    """
    trained = [r for r in records if r.consistency is not None and r.repeat_of is None]
    return sorted(trained, key=lambda r: (-(r.consistency or 0.0), r.parameters, r.number))


def rejected_words(outcomes: Counter[Outcome] | Counter[str]) -> str:
    """Rejected proposals in words: "214 over budget, 3 duplicates", "" if there are none.

    outcomes: the number of trials by outcome.
    """
    kinds = ("over budget", "impossible", "rejected by the space")
    counts: Mapping[Any, int] = outcomes
    parts = [f"{counts[kind]:,} {kind}" for kind in kinds if counts[kind]]
    duplicates = counts["duplicate"]
    return comma_separated([*parts, counted(duplicates, "duplicate") if duplicates else ""])


COLUMNS = [
    *("number", "outcome", "consistency", "parameters", "macs", "epochs", "seconds", "label"),
    *("validation_accuracy", "training_accuracy", "validation_loss", "training_loss"),
    *("device", "versions", "origin", "reason", "repeat_of", "repeat", "baseline", "candidate"),
]


def trials_frame(records: Sequence[Record]) -> pd.DataFrame:
    """Return a table with one row per trial; see COLUMNS.

    Each field of recipe and head has a column too, such as recipe.batch and recipe.schedule.kind.
    head.blocks contains the labels of the blocks. The column `candidate` contains the whole
    candidate.
    """
    return pd.DataFrame([_row(record) for record in records], columns=None if records else COLUMNS)


def _row(record: Record) -> dict[str, Any]:
    row: dict[str, Any] = {name: getattr(record, name) for name in COLUMNS}
    if record.candidate is not None:
        head = record.candidate.architecture.head
        row |= _flat("recipe", asdict(record.candidate.recipe))
        row |= _flat("head", asdict(head) | {"blocks": chain_label(head.blocks)})
    return row


def _flat(prefix: str, data: dict[str, Any]) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for name, value in data.items():
        row |= (
            _flat(f"{prefix}.{name}", value)
            if isinstance(value, dict)
            else {f"{prefix}.{name}": value}
        )
    return row


class TrialRecords:
    """The records by number, the ranking, and the trial that trained a candidate.

    Everything is as of the last `refresh`. Trials that ended are read only once.
    """

    def __init__(self, study: optuna.Study) -> None:
        self._study = study
        self._records: list[Record] = []
        self.open: list[int] = []  # numbers of the trials that may still change
        self.distributions: dict[str, BaseDistribution] = {}  # the first one of each parameter
        self._ranked: list[Record] | None = None  # None if it is out of date
        self._first: dict[Candidate, int] = {}  # the first trial of each candidate that ended

    def refresh(self) -> list[FrozenTrial]:
        """Read all changes; return all current trials of Optuna."""
        trials = self._study.get_trials(deepcopy=False)
        numbers = [*self.open, *range(len(self._records), len(trials))]
        self.open = [number for number in numbers if not trials[number].state.is_finished()]
        for number in numbers:
            record = read_trial(trials[number])
            self._records[number : number + 1] = [record]
            self.distributions = {**trials[number].distributions, **self.distributions}
            if trials[number].state.is_finished():
                self._add_finished(record)
        return trials

    def with_curve(self, number: int, curve: Sequence[float]) -> list[Record]:
        """Return all records, with `curve` as the validation accuracies of a trial of this run.

        This is called after every epoch, so the storage is read only when the trial is new.
        """
        if number >= len(self._records) or self._records[number].outcome != "running":
            self.refresh()
        record = replace(self._records[number], validation_accuracy=tuple(curve))
        self._records[number] = record
        return self.records

    def _add_finished(self, record: Record) -> None:
        if record.consistency is not None:
            self._ranked = None
        if record.candidate is not None and record.outcome in COUNTED:
            first = self._first.setdefault(record.candidate, record.number)
            self._first[record.candidate] = min(first, record.number)

    @property
    def records(self) -> list[Record]:
        """All trials by number, as a new list."""
        return list(self._records)

    @property
    def ranked(self) -> list[Record]:
        """The candidates trained to the end, best first, as a new list; see `ranked`."""
        if self._ranked is None:
            self._ranked = ranked(self._records)
        return list(self._ranked)

    def twin(self, candidate: Candidate, number: int) -> int | None:
        """The first other trial that trained or is training the candidate; None if there is none.

        number: of the trial to exclude.
        """
        running = [
            record.number
            for record in map(self._records.__getitem__, self.open)
            if record.outcome == "running" and record.candidate == candidate
        ]
        ended = self._first.get(candidate)
        trials = [*running, *([] if ended is None else [ended])]
        return min((trial for trial in trials if trial != number), default=None)
