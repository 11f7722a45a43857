"""Trainings that no sampler proposes: further runs of a success, and published networks. No torch.

What is due is read off the records, never queued, so that nothing can be queued twice. Here too:
the numbers from which draws descend, and which candidates an interrupted run has lost.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from optuna.distributions import BaseDistribution
from optuna.trial import FrozenTrial, Trial, TrialState, create_trial

from search.candidates.baselines import Baseline, baselines_within
from search.candidates.candidate import Candidate
from search.errors import FrugalError
from search.loop.events import Rejected
from search.loop.samplers import SamplerName, SamplerView, sampler
from search.study.records import LEARNED_FROM, Outcome, Record, candidate_attributes
from search.study.settings import StudySettings
from search.study.smallest import frontier
from search.study.storage import one_append
from search.study.study import Study
from search.study.user_files import Space

REJECTED = 500  # proposals in a row that may be rejected before the run gives up
REMEDIES = {
    "parameters": "begin another study with a higher --max-params",
    "epochs": "begin another study with a higher --max-epochs",
}


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


def next_baseline(records: list[Record], published: Sequence[Baseline]) -> Assignment | None:
    """The next published network to be trained: one that was interrupted, else one not begun."""
    for record in interrupted_candidates(records):
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


def baselines_to_start_with(setup: StudySettings) -> tuple[tuple[Baseline, ...], str]:
    """The published networks that a study can begin with, and what is to be said of them."""
    kept = baselines_within(setup.budget)
    shape = (setup.image, setup.classes)
    fit = tuple(b for b in kept if b.candidate and _made_for(b.candidate) == shape)
    names = ", ".join(baseline.name for baseline in fit) or f"none keeps {setup.budget}"
    if kept and not fit:
        names = f"none is made for images {setup.image} and {setup.classes} classes"
    return fit, f"warm start, published networks first: {names}"


def _made_for(candidate: Candidate) -> tuple[tuple[int, int, int], int]:
    return candidate.architecture.image, candidate.architecture.classes


def start_assigned(study: Study, assignment: Assignment, runner: str) -> Trial:
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
        user_attrs={**candidate_attributes(assignment.candidate), **assignment.about, **known},
    )
    return study.add_running_trial(trial)


def next_origin(records: Sequence[Record]) -> int:
    """The first number from which no trial's draws descend yet.

    So proposals and draws stay those of a study that was never interrupted.
    """
    taken = {record.origin for record in records if not _unborn(record)}
    return next(number for number in count() if number not in taken)


def interrupted_candidates(records: Sequence[Record]) -> list[Record]:
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
    return record.candidate is None and record.process_gone


@dataclass(frozen=True)
class Admitted:
    """A candidate to be trained. origin: the number that its draws descend from.

    about: user attributes of one that no sampler proposed; see `Assignment`.
    """

    trial: Trial
    candidate: Candidate
    origin: int
    about: Mapping[str, Any] = field(default_factory=dict)


class Admission:
    """Gives out candidates until the study holds `wanted`. runner: this run's name (`RunLocks`).

    published: networks that come before all proposals. Further runs of a success come before
    either, and are not among the `wanted`.
    """

    def __init__(
        self,
        study: Study,
        space: Space,
        sampler: SamplerName,
        wanted: int,
        runner: str,
        published: Sequence[Baseline] = (),
    ) -> None:
        self._study, self._space, self._published = study, space, published
        self._sampler, self._wanted, self._runner = sampler, wanted, runner
        self._seen = SamplerView(study.optuna.study_name, study.storage)
        self._rejections: list[Rejected] = []

    @property
    def exhausted(self) -> bool:
        """Whether so many proposals in a row were rejected that it is pointless to go on."""
        return len(self._rejections) >= REJECTED

    def check(self) -> None:
        """FrugalError where the proposals are exhausted, with the smallest figure seen.

        None where the study has an answer: then it is the smallest that the space gives.
        """
        target = self._study.setup.target
        answered = target is not None and frontier(self._study.records(), target).answer
        if self.exhausted and not answered:
            raise FrugalError(self._why())

    def propose(self) -> Admitted | Rejected | None:
        """The next candidate, or a rejected one; None when the study has enough of them.

        FrugalError where the user's space raises; its trial ends without being counted.
        """
        with self._study.run_locks.admission_lock():
            records = self._take_up()
            enough = self.exhausted or _taken(records) >= self._wanted
            assigned = self._assigned(records, enough=enough)
            if assigned is None and enough:
                return None
            admitted = self._begin(assigned) if assigned else self._ask(records)
            if assigned and assigned.repeats:
                return admitted
            rejected = self._refusal(admitted.trial.number, admitted.candidate, records)
            if rejected is not None:
                return self._reject(admitted.trial, rejected)
        self._rejections.clear()
        return admitted

    def _take_up(self) -> list[Record]:
        """The records, once trials whose run is gone are marked and what was lost is queued."""
        study = self._study
        trials = study.trial_records.refresh()
        gone = [trials[n] for n in study.trial_records.open if not self._lives(trials[n])]
        for trial in gone:
            study.end_abandoned_trial(trial)
        records = study.records() if gone else study.trial_records.records
        again = [
            r for r in interrupted_candidates(records) if r.repeat_of is None and not r.baseline
        ]
        for record in again:
            params = trials[record.number].params
            study.optuna.enqueue_trial(params, user_attrs={"origin": record.origin})
        return study.records() if again else records

    def _lives(self, trial: FrozenTrial) -> bool:
        if trial.state is not TrialState.RUNNING:
            return True
        runner = trial.user_attrs.get("runner", "")
        return runner == self._runner or self._study.run_locks.is_alive(runner)

    def _assigned(self, records: list[Record], *, enough: bool) -> Assignment | None:
        """What is to be trained before all proposals."""
        target = self._study.setup.target
        repeat = None if target is None else next_repeat(records, target, spare=enough)
        return repeat or (None if enough else next_baseline(records, self._published))

    def _begin(self, assigned: Assignment) -> Admitted:
        trial = start_assigned(self._study, assigned, self._runner)
        return Admitted(trial, assigned.candidate, assigned.origin, assigned.about)

    def _ask(self, records: list[Record]) -> Admitted:
        """A trial with its origin: a queued one's own, else the first number not yet taken."""
        first = next_origin(records)
        taught = sum(r.outcome in LEARNED_FROM and r.counts and not r.baseline for r in records)
        self._seen.sampler = sampler(self._sampler, self._study.setup.seed, first, taught)
        trial = self._seen.ask()
        _ = trial.relative_params  # chosen while others may write: a model takes its time
        origin: int = trial.user_attrs.get("origin", first)
        with one_append(self._study.storage):
            trial.set_user_attr("runner", self._runner)
            trial.set_user_attr("origin", origin)
            return Admitted(trial, self._sample(trial), origin)

    def _sample(self, trial: Trial) -> Candidate:
        try:
            candidate = self._space.sample(trial, self._study.setup.task)
        except FrugalError as error:
            self._study.finish_trial(trial, "interrupted", reason=str(error))
            raise
        for name, value in candidate_attributes(candidate).items():
            trial.set_user_attr(name, value)
        return candidate

    def _refusal(self, number: int, candidate: Candidate, records: list[Record]) -> Rejected | None:
        budget, parameters = self._study.setup.budget, candidate.architecture.parameters
        violations = budget.violations(candidate)
        reason = "; ".join(
            f"{violation.value:,} {_words(violation.limit)}, {violation.excess:,} over the "
            f"{violation.allowed:,} allowed"
            for violation in violations
        )
        if not violations and (target := self._study.setup.target) is not None:
            found = frontier(records, target)
            violations = found.tightened(budget).violations(candidate)
            reason = f"{parameters:,} parameters, {found.not_smaller}" if violations else ""
        if not reason and (twin := self._study.trial_records.twin(candidate, number)) is not None:
            reason = f"identical to trial {twin}"
        if not reason:
            return None
        return Rejected(number, candidate.label, parameters, reason, violations)

    def _reject(self, trial: Trial, rejected: Rejected) -> Rejected:
        outcome: Outcome = "over budget" if rejected.violations else "duplicate"
        with one_append(self._study.storage):
            self._study.finish_trial(trial, outcome, reason=rejected.reason)
        self._rejections.append(rejected)
        return rejected

    def _why(self) -> str:
        over = [violation for rejected in self._rejections for violation in rejected.violations]
        if not over:
            return (
                f"{len(self._rejections)} proposals in a row repeat trained candidates: the space "
                "seems exhausted; widen it in another study"
            )
        (limit, _), *_ = Counter(violation.limit for violation in over).most_common(1)
        smallest = min(violation.value for violation in over if violation.limit == limit)
        remedy = REMEDIES.get(limit, "begin another study with a larger budget")
        return (
            f"none of {len(self._rejections)} proposals in a row keeps the budget of "
            f"{self._study.setup.budget}; the smallest had {smallest:,} {_words(limit)}: {remedy}, "
            "or let the space choose smaller candidates"
        )


def _taken(records: list[Record]) -> int:
    """Candidates trained or under way."""
    return sum(r.counts or (r.outcome == "running" and r.repeat_of is None) for r in records)


def _words(limit: str) -> str:
    return limit.replace("_", " ")
