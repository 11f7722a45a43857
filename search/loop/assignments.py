"""Trainings that no sampler proposes: further runs of a success, and published networks. No torch.

What is due is read off the records, never queued, so that nothing can be queued twice. Here too:
the numbers from which draws descend, and which candidates an interrupted run has lost.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from optuna.distributions import BaseDistribution
from optuna.trial import Trial, TrialState, create_trial

from search.candidates.baselines import Baseline, within
from search.candidates.candidate import Candidate
from search.study.records import Record, describe
from search.study.settings import Setup
from search.study.smallest import frontier
from search.study.study import GONE, Study


@dataclass(frozen=True)
class Assignment:
    """A training to be given out. origin: see `Record`. about: user attributes that say what it is.

    choices_of: the trial whose choices it shares, None where there are none, for a published
    network lies in no space.
    """

    candidate: Candidate
    origin: int
    about: dict[str, Any]
    choices_of: int | None = None

    @property
    def repeats(self) -> bool:
        """Whether it is a further run of a candidate."""
        return "repeat_of" in self.about


def next_repeat(records: list[Record], target: float, *, spare: bool) -> Assignment | None:
    """The run that a success needs next, with the draws it had if it was interrupted.

    spare: nothing else is left to train; see `Frontier.due`.
    """
    due = frontier(records, target).due(spare=spare)
    if due is None:
        return None
    first, repeat = due
    assert first.candidate is not None  # it was trained
    about = {"repeat_of": first.number, "repeat": repeat}
    begun = [r for r in records if (r.repeat_of, r.repeat) == (first.number, repeat)]
    origin = begun[0].origin if begun else next_origin(records)
    return Assignment(first.candidate, origin, about | _named(first), first.number)


def next_published(records: list[Record], published: Sequence[Baseline]) -> Assignment | None:
    """The next published network to be trained: one that was interrupted, else one not begun."""
    for record in lost(records):
        if record.baseline and record.repeat_of is None and record.candidate:
            return Assignment(record.candidate, record.origin, _named(record))
    begun = {record.baseline for record in records}
    for baseline in published:
        if baseline.name not in begun and baseline.candidate:
            label = f"{baseline.name} as published: {baseline.candidate.label}"
            about = {"baseline": baseline.name, "label": label}
            return Assignment(baseline.candidate, next_origin(records), about)
    return None


def _named(record: Record) -> dict[str, Any]:
    return {"baseline": record.baseline, "label": record.label} if record.baseline else {}


def fitting(setup: Setup) -> tuple[tuple[Baseline, ...], str]:
    """The published networks that a study can begin with, and what is to be said of them."""
    kept = within(setup.budget)
    shape = (setup.image, setup.classes)
    fit = tuple(b for b in kept if b.candidate and _made_for(b.candidate) == shape)
    names = ", ".join(baseline.name for baseline in fit) or f"none keeps {setup.budget}"
    if kept and not fit:
        names = f"none is made for images {setup.image} and {setup.classes} classes"
    return fit, f"warm start, published networks first: {names}"


def _made_for(candidate: Candidate) -> tuple[tuple[int, int, int], int]:
    return candidate.architecture.image, candidate.architecture.classes


def begin(study: Study, assignment: Assignment, runner: str) -> Trial:
    """The trial of an assignment, there with all that is known of it or not at all."""
    shared = assignment.choices_of
    choices: dict[str, Any] = {}
    distributions: dict[str, BaseDistribution] = {}
    if shared is not None:
        first = study.optuna.get_trials(deepcopy=False)[shared]
        choices, distributions = first.params, first.distributions
    known = {"origin": assignment.origin, "runner": runner}
    trial = create_trial(
        state=TrialState.RUNNING,
        params=choices,
        distributions=distributions,
        user_attrs={**describe(assignment.candidate), **assignment.about, **known},
    )
    return study.begin(trial)


def next_origin(records: Sequence[Record]) -> int:
    """The first number from which no trial's draws descend yet.

    So proposals and draws stay those of a study that was never interrupted.
    """
    taken = {record.origin for record in records if not _unborn(record)}
    return next(number for number in count() if number not in taken)


def lost(records: Sequence[Record]) -> list[Record]:
    """The interrupted candidates that no later trial has taken up, one of each origin."""
    held = {record.origin for record in records if record.outcome != "interrupted"}
    waiting = {
        record.origin: record
        for record in records
        if record.outcome == "interrupted" and record.candidate and record.origin not in held
    }
    return [waiting[origin] for origin in sorted(waiting)]


def _unborn(record: Record) -> bool:
    """Whether its run was killed before the candidate was known: the next proposal is the same."""
    return record.candidate is None and record.reason == GONE
