"""Trials as values: `Record` is one, `TrialRecords` those of a study. Never imports torch.

The search reads user attributes; `reason` is for display only. Journals of version 0.1 are the
exception: `_overtaken` and `_process_gone` read their reasons.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from typing import Any, Literal

import optuna
import pandas as pd
from optuna.distributions import BaseDistribution
from optuna.trial import FrozenTrial, TrialState

from search.candidates.architecture import Architecture
from search.candidates.candidate import Candidate
from search.candidates.recipe import Recipe
from search.candidates.wording import comma_separated, counted
from search.files import from_json, to_data, to_json
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
COUNTED = frozenset({"trained", "stopped early", "failed"})  # what --trials counts
LEARNED_FROM = frozenset(
    {"trained", "stopped early"}
)  # what a sampler learns from, beside rejections
WITHOUT_CANDIDATE = frozenset({"impossible", "rejected by the space"})  # sample() gave none
REJECTED_OUTCOMES = WITHOUT_CANDIDATE | {"over budget", "duplicate"}  # recorded, never trained
STATES: dict[Outcome, TrialState] = {  # in which Optuna has a trial that ended so
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
# How version 0.1 wrote into the reason alone what has an attribute of its own since.
OVERTAKEN_0_1 = "not smaller than "  # the beginning
PROCESS_GONE_0_1 = "its process is gone"  # all of it


@dataclass(frozen=True)
class Record:
    """One trial. Accuracies are fractions of a named split, one figure per epoch.

    consistency: the score, of candidates trained to the end. reason: of a rejection or a failure.
    origin: the number that seeds its random draws; an earlier trial's if it resumes that trial.
    seconds: of training, all epochs. versions: see `versions_text`. repeat_of: the trial whose
    candidate this one trains again; repeat: the number of the run, 1 for the first. baseline: the
    published network that it trains, by name. overtaken: it was stopped because a smaller network
    had become the study's answer, which says nothing about its score. process_gone: its run was
    killed, and another run ended the trial.
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
        """Epochs trained."""
        return len(self.validation_accuracy)

    @property
    def counts(self) -> bool:
        """Whether it is one of the trained candidates that --trials counts; a repeat is not."""
        return self.outcome in COUNTED and self.repeat_of is None


CANDIDATE_ATTRIBUTES = frozenset({"architecture", "recipe", "label", "parameters", "macs"})
OWN_ATTRIBUTES = CANDIDATE_ATTRIBUTES | {field.name for field in fields(Record)} | {"runner"}


def candidate_attributes(candidate: Candidate) -> dict[str, Any]:
    """The user attributes that a proposal carries from the moment it is asked."""
    return {
        "architecture": to_json(candidate.architecture),
        "recipe": to_json(candidate.recipe),
        "label": candidate.label,
        "parameters": candidate.architecture.parameters,
        "macs": candidate.architecture.macs,
    }


def read_trial(trial: FrozenTrial) -> Record:
    """The record of one of Optuna's trials, whatever its state."""
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
    # ended by another program: a run writes the outcome before it ends the trial
    return "trained" if trial.state is TrialState.COMPLETE else "interrupted"


def _consistency(trial: FrozenTrial) -> float | None:
    """The score: the trial's value, where that is not what another goal makes of the score."""
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
    """Those trained to the end, best consistency first; in a tie fewer parameters, then older.

    A candidate stands there once, by its first run.
    """
    trained = [r for r in records if r.consistency is not None and r.repeat_of is None]
    return sorted(trained, key=lambda r: (-(r.consistency or 0.0), r.parameters, r.number))


def rejected_words(outcomes: Counter[Outcome] | Counter[str]) -> str:
    """Proposals that cost nothing: "214 over budget, 3 duplicates", "" if there are none.

    outcomes: number of trials by outcome.
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
    """One row per trial: number, outcome, consistency, parameters, MACs, epochs, seconds, curves.

    The choices of recipe and head are columns of their own, such as recipe.batch and
    recipe.schedule.kind; all of a candidate is in `candidate`.
    """
    return pd.DataFrame([_row(record) for record in records], columns=None if records else COLUMNS)


def _row(record: Record) -> dict[str, Any]:
    row: dict[str, Any] = {name: getattr(record, name) for name in COLUMNS}
    if record.candidate is not None:
        row |= _flat("recipe", to_data(record.candidate.recipe))
        row |= _flat("head", to_data(record.candidate.architecture.head))
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
    """The records in order of their numbers, the ranking, and which trial trained a candidate.

    All of it as of the last `refresh`. Trials that have ended are read once.
    """

    def __init__(self, study: optuna.Study) -> None:
        self._study = study
        self._records: list[Record] = []
        self.open: list[int] = []  # numbers of the trials that may still change
        self.distributions: dict[str, BaseDistribution] = {}  # of each parameter, the first
        self._ranked: list[Record] | None = None  # None once it no longer holds
        self._first: dict[Candidate, int] = {}  # the first trial of each candidate that ended

    def refresh(self) -> list[FrozenTrial]:
        """Reads what has changed; returns every trial as Optuna has it now."""
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
        """All records, that of a trial of this run with its validation accuracies so far.

        Called after every epoch, so it reads the storage only when the trial has just begun.
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
        """Every trial; a list of its own."""
        return list(self._records)

    @property
    def ranked(self) -> list[Record]:
        """The candidates trained to the end, best first; see `ranked`. A list of its own."""
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
        trials = [*running, *([] if ended is None else [ended])]
        return min((trial for trial in trials if trial != number), default=None)
