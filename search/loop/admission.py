"""Choose the next candidate of a run and decide whether it is trained. Does not import torch.

Under the study's admission lock, a run first resumes interrupted trials, then trains assigned
candidates (a repeat of a candidate that reached the target, a published network), and otherwise
asks the sampler. A proposal is rejected if it is over the budget, not smaller than the answer,
identical to an earlier candidate, or if the space returns no candidate for it.

Assignments are derived from the records, so none is made twice.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from optuna.distributions import BaseDistribution
from optuna.trial import FrozenTrial, Trial, TrialState, create_trial

from search.candidates.baselines import Baseline, baselines_within
from search.candidates.candidate import Budget, Candidate
from search.errors import FrugalError
from search.loop.events import Rejected
from search.loop.samplers import SamplerName, SamplerView, sampler
from search.study.locks import Registration
from search.study.records import (
    LEARNED_FROM,
    Outcome,
    Record,
    candidate_attributes,
    rejected_words,
)
from search.study.settings import StudySettings
from search.study.smallest import frontier
from search.study.storage import one_append
from search.study.study import Study
from search.study.user_files import NoCandidateError, Space

REJECTED = 500  # rejections in a row after which the run stops asking for proposals
REMEDIES = {  # by limit of the budget, or by outcome
    "parameters": "start another study with a higher --max-params",
    "epochs": "start another study with a higher --max-epochs",
    "impossible": "start another study whose sample() only proposes possible networks",
    "rejected by the space": "start another study whose sample() prunes fewer trials",
}


@dataclass(frozen=True)
class Assignment:
    """A candidate to train that does not come from a sampler. origin: see `Record`.

    attributes: user attributes that identify it. choices_of: the trial with the same choices; None
    for a published network, which is not a point of the space.
    """

    candidate: Candidate
    origin: int
    attributes: dict[str, Any]
    choices_of: int | None = None

    @property
    def repeats(self) -> bool:
        """Whether it trains an earlier candidate again."""
        return "repeat_of" in self.attributes


@dataclass(frozen=True)
class Admitted:
    """A candidate to train, with its trial. origin: the number that seeds its random draws.

    attributes: those of its `Assignment`; empty if a sampler proposed it.
    """

    trial: Trial
    candidate: Candidate
    origin: int
    attributes: Mapping[str, Any] = field(default_factory=dict)


class Admission:
    """Accepts candidates until the study has `wanted`.

    registration: of this run; its name marks the run's trials. published: networks to train before
    any proposal. Repeats of a candidate that reached the target come before both and do not count
    towards `wanted`. training: the numbers of the trials that this run trains; the run removes
    those that ended.
    """

    def __init__(
        self,
        study: Study,
        *,
        space: Space,
        sampler: SamplerName,
        wanted: int,
        registration: Registration,
        published: Sequence[Baseline] = (),
    ) -> None:
        self._study, self._space, self._published = study, space, published
        self._sampler, self._wanted = sampler, wanted
        self._registration = registration
        self.training: set[int] = set()
        self._view = SamplerView(study.optuna.study_name, study.storage)
        self._rejections: list[Rejected] = []

    @property
    def exhausted(self) -> bool:
        """Whether the last REJECTED proposals were all rejected; no more are requested then."""
        return len(self._rejections) >= REJECTED

    def check(self) -> None:
        """Raise FrugalError if the proposals are exhausted and the study has no answer.

        With an answer this is no error: the space proposes no smaller network.
        """
        target = self._study.setup.target
        answered = target is not None and frontier(self._study.records(), target).answer
        if self.exhausted and not answered:
            raise FrugalError(self._exhaustion())

    def propose(self) -> Admitted | Rejected | None:
        """Return the next candidate or a rejected proposal.

        None if the study has enough, or if this run was found dead. FrugalError if the user's space
        raises; the trial then does not count.
        """
        with self._study.run_locks.admission_lock():
            records = self._resume_lost()
            if not self._registration.check():
                return None  # this run was found dead and continues under another name
            enough = self.exhausted or _trained_or_running(records) >= self._wanted
            assignment = self._assignment(records, enough=enough)
            if assignment is None and enough:
                return None
            admitted = self._begin(assignment) if assignment else self._ask(records)
            if isinstance(admitted, Rejected):
                return admitted
            repeats = assignment is not None and assignment.repeats
            number = admitted.trial.number
            rejected = None if repeats else self._rejection(number, admitted.candidate, records)
            if rejected is not None:
                return self._reject(admitted.trial, rejected)
        if not repeats:
            self._rejections.clear()
        self.training.add(number)
        return admitted

    def resume_lost(self) -> None:
        """End the trials of dead runs and enqueue their candidates again."""
        with self._study.run_locks.admission_lock():
            self._resume_lost()

    @property
    def others_train(self) -> bool:
        """Whether other runs are training candidates, as of the last proposal."""
        return any(record.outcome == "running" for record in self._study.trial_records.records)

    def _resume_lost(self) -> list[Record]:
        study = self._study
        trials = study.trial_records.refresh()
        abandoned = self._abandoned([trials[number] for number in study.trial_records.open])
        for trial in abandoned:
            study.end_abandoned_trial(trial)
        records = study.records() if abandoned else study.trial_records.records
        lost = [
            r for r in interrupted_candidates(records) if r.repeat_of is None and not r.baseline
        ]
        for record in lost:
            params = trials[record.number].params
            study.optuna.enqueue_trial(params, user_attrs={"origin": record.origin})
        return study.records() if lost else records

    def _abandoned(self, trials: Sequence[FrozenTrial]) -> list[FrozenTrial]:
        """The running trials that no run trains.

        One of this run is abandoned if the storage failed before its training started.
        """
        runners = {
            trial.number: trial.user_attrs.get("runner", "")
            for trial in trials
            if trial.state is TrialState.RUNNING
        }
        own = self._registration.name
        alive = self._study.run_locks.alive(set(runners.values()) - {own, ""})
        return [
            trial
            for trial in trials
            if (runner := runners.get(trial.number)) is not None
            and (trial.number not in self.training if runner == own else runner not in alive)
        ]

    def _assignment(self, records: list[Record], *, enough: bool) -> Assignment | None:
        """The next candidate to train before any proposal; None if there is none."""
        target = self._study.setup.target
        repeat = None if target is None else next_repeat(records, target, spare=enough)
        return repeat or (None if enough else next_baseline(records, self._published))

    def _begin(self, assignment: Assignment) -> Admitted:
        """Add the trial of an assignment with all its attributes in one append."""
        choices: dict[str, Any] = {}
        distributions: dict[str, BaseDistribution] = {}
        if assignment.choices_of is not None:
            first = self._study.optuna.get_trials(deepcopy=False)[assignment.choices_of]
            choices, distributions = first.params, first.distributions
        attributes = {
            **candidate_attributes(assignment.candidate),
            **assignment.attributes,
            "origin": assignment.origin,
            "runner": self._registration.name,
        }
        trial = create_trial(
            state=TrialState.RUNNING,
            params=choices,
            distributions=distributions,
            user_attrs=attributes,
        )
        return Admitted(
            self._study.add_running_trial(trial),
            assignment.candidate,
            assignment.origin,
            assignment.attributes,
        )

    def _ask(self, records: list[Record]) -> Admitted | Rejected:
        """Ask the sampler for a trial. Its origin is an enqueued trial's, else the next unused one.

        Rejected if sample() proposes no candidate.
        """
        first = next_origin(records)
        learned = sum(r.outcome in LEARNED_FROM and r.counts and not r.baseline for r in records)
        self._view.sampler = sampler(self._sampler, self._study.setup.seed, first, learned)
        trial = self._view.ask()
        _ = trial.relative_params  # before one_append, which blocks other runs: a model is slow
        origin: int = trial.user_attrs.get("origin", first)
        with one_append(self._study.storage):
            trial.set_user_attr("runner", self._registration.name)
            trial.set_user_attr("origin", origin)
            try:
                return Admitted(trial, self._sample(trial), origin)
            except NoCandidateError as error:
                rejected = Rejected(trial.number, error.outcome, reason=str(error))
                return self._record(trial, rejected)

    def _sample(self, trial: Trial) -> Candidate:
        recorded = dict(self._study.trial_records.distributions)
        try:
            candidate = self._space.sample(trial, self._study.setup.task, recorded)
        except NoCandidateError:
            raise
        except FrugalError as error:
            self._study.finish_trial(trial, "interrupted", reason=str(error))
            raise
        for name, value in candidate_attributes(candidate).items():
            trial.set_user_attr(name, value)
        return candidate

    def _rejection(
        self, number: int, candidate: Candidate, records: list[Record]
    ) -> Rejected | None:
        """The rejection of a candidate; None if it can be trained. number: of its trial."""
        budget, parameters = self._study.setup.budget, candidate.architecture.parameters
        violations = budget.violations(candidate)
        reason = "; ".join(
            f"{violation.value:,} {_words(violation.limit)}, {violation.excess:,} over the "
            f"{violation.allowed:,} allowed"
            for violation in violations
        )
        if not violations and (target := self._study.setup.target) is not None:
            successes = frontier(records, target)
            violations = successes.tightened(budget).violations(candidate)
            reason = f"{parameters:,} parameters, {successes.not_smaller}" if violations else ""
        if not reason and (twin := self._study.trial_records.twin(candidate, number)) is not None:
            reason = f"identical to trial {twin}"
        if not reason:
            return None
        outcome: Outcome = "over budget" if violations else "duplicate"
        return Rejected(
            number, outcome, candidate.label, parameters, reason=reason, violations=violations
        )

    def _reject(self, trial: Trial, rejected: Rejected) -> Rejected:
        with one_append(self._study.storage):
            return self._record(trial, rejected)

    def _record(self, trial: Trial, rejected: Rejected) -> Rejected:
        self._study.finish_trial(trial, rejected.outcome, reason=rejected.reason)
        self._rejections.append(rejected)
        return rejected

    def _exhaustion(self) -> str:
        """The error text: the number of rejections of each kind and the most common cause."""
        counts = Counter(rejected.outcome for rejected in self._rejections)
        (outcome, _), *_ = counts.most_common(1)
        most = [rejected for rejected in self._rejections if rejected.outcome == outcome]
        if outcome == "over budget":
            cause = _over_budget_words(most, self._study.setup.budget)
        elif outcome == "duplicate":
            cause = "the space seems to be exhausted; start another study with a larger space"
        else:
            (reason, times), *_ = Counter(rejected.reason for rejected in most).most_common(1)
            cause = f"the most common reason, {times:,} times: {reason}; {REMEDIES[outcome]}"
        return (
            f"{len(self._rejections)} proposals in a row were rejected "
            f"({rejected_words(counts)}): {cause}"
        )


def _trained_or_running(records: list[Record]) -> int:
    """The number of candidates trained or in training; repeats do not count."""
    return sum(r.counts or (r.outcome == "running" and r.repeat_of is None) for r in records)


def _over_budget_words(rejections: Sequence[Rejected], budget: Budget) -> str:
    """The smallest value among the rejections for the most common limit, and a remedy."""
    over = [violation for rejected in rejections for violation in rejected.violations]
    (limit, _), *_ = Counter(violation.limit for violation in over).most_common(1)
    smallest = min(violation.value for violation in over if violation.limit == limit)
    remedy = REMEDIES.get(limit, "start another study with a larger budget")
    return (
        f"the smallest proposal over the budget of {budget} has {smallest:,} {_words(limit)}; "
        f"{remedy}, or let the space propose smaller candidates"
    )


def _words(limit: str) -> str:
    return limit.replace("_", " ")


# assignments


def next_repeat(records: list[Record], target: float, *, spare: bool) -> Assignment | None:
    """The next repeat of a candidate that reached the target; an interrupted one keeps its origin.

    spare: whether nothing else is left to train; see `Frontier.due`.
    """
    due = frontier(records, target).due(spare=spare)
    if due is None:
        return None
    first, repeat = due
    assert first.candidate is not None  # it was trained
    attributes = {"repeat_of": first.number, "repeat": repeat, **_baseline_attributes(first)}
    started = [r for r in records if (r.repeat_of, r.repeat) == (first.number, repeat)]
    origin = started[0].origin if started else next_origin(records)
    return Assignment(first.candidate, origin, attributes, first.number)


def next_baseline(records: list[Record], published: Sequence[Baseline]) -> Assignment | None:
    """The next published network to train: an interrupted one, else one that is not started."""
    for record in interrupted_candidates(records):
        if record.baseline and record.repeat_of is None and record.candidate:
            return Assignment(record.candidate, record.origin, _baseline_attributes(record))
    started = {record.baseline for record in records}
    for baseline in published:
        if baseline.name not in started and baseline.candidate:
            label = f"{baseline.name} as published: {baseline.candidate.label}"
            attributes = {"baseline": baseline.name, "label": label}
            return Assignment(baseline.candidate, next_origin(records), attributes)
    return None


def _baseline_attributes(record: Record) -> dict[str, Any]:
    return {"baseline": record.baseline, "label": record.label} if record.baseline else {}


# after an interruption


def next_origin(records: Sequence[Record]) -> int:
    """The first number that is not yet the origin of a trial.

    A resumed study therefore has the same proposals and random draws as an uninterrupted one.
    """
    taken = {record.origin for record in records if not _lost_before_proposal(record)}
    return next(number for number in count() if number not in taken)


def _lost_before_proposal(record: Record) -> bool:
    """Whether its run was killed before it had a candidate; the next proposal reuses its origin."""
    return record.candidate is None and record.process_gone


def interrupted_candidates(records: Sequence[Record]) -> list[Record]:
    """The interrupted candidates that no later trial has resumed, one per origin."""
    resumed = {record.origin for record in records if record.outcome != "interrupted"}
    waiting = {
        record.origin: record
        for record in records
        if record.outcome == "interrupted" and record.candidate and record.origin not in resumed
    }
    return [waiting[origin] for origin in sorted(waiting)]


# before a run


def baselines_to_start_with(setup: StudySettings) -> tuple[tuple[Baseline, ...], str]:
    """Return the published networks to train first in a study, and a line that lists them."""
    within = baselines_within(setup.budget)
    shape = (setup.image, setup.classes)
    fit = tuple(b for b in within if b.candidate and _shape(b.candidate) == shape)
    names = ", ".join(baseline.name for baseline in fit) or f"none is within {setup.budget}"
    if within and not fit:
        names = f"none is designed for images {setup.image} and {setup.classes} classes"
    return fit, f"warm start, published networks first: {names}"


def _shape(candidate: Candidate) -> tuple[tuple[int, int, int], int]:
    return candidate.architecture.image, candidate.architecture.classes
