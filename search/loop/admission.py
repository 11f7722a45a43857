"""How a study gives out its next candidate: take up, assign or ask, admit or reject. No training.

Several runs may share a study: each proposes under the study's admission lock, so that no two ask
for the same, and takes up the candidates of runs whose process is gone.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from optuna.trial import FrozenTrial, Trial, TrialState

from search.candidates.baselines import Baseline
from search.candidates.candidate import Candidate
from search.errors import FrugalError
from search.loop.assignments import (
    Assignment,
    begin,
    lost,
    next_origin,
    next_published,
    next_repeat,
)
from search.loop.events import Rejected
from search.loop.samplers import SamplerName, sampler
from search.loop.seen import Seen
from search.study.records import TAUGHT, Outcome, Record, describe
from search.study.smallest import frontier
from search.study.storage import together
from search.study.study import GONE, Study
from search.study.user_files import Space

REJECTED = 500  # proposals in a row that may be rejected before the run gives up
REMEDIES = {
    "parameters": "begin another study with a higher --max-params",
    "epochs": "begin another study with a higher --max-epochs",
}


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
    """Gives out candidates until the study holds `wanted`. runner: this run's name (`Presence`).

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
        self._seen = Seen(study.optuna.study_name, study.storage)
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
        with self._study.presence.admission():
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
        trials = study.register.look()
        gone = [trials[n] for n in study.register.open if not self._lives(trials[n])]
        for trial in gone:
            study.interrupt(trial, GONE)
        records = study.records() if gone else study.register.records
        again = [r for r in lost(records) if r.repeat_of is None and not r.baseline]
        for record in again:
            params = trials[record.number].params
            study.optuna.enqueue_trial(params, user_attrs={"origin": record.origin})
        return study.records() if again else records

    def _lives(self, trial: FrozenTrial) -> bool:
        if trial.state is not TrialState.RUNNING:
            return True
        runner = trial.user_attrs.get("runner", "")
        return runner == self._runner or self._study.presence.alive(runner)

    def _assigned(self, records: list[Record], *, enough: bool) -> Assignment | None:
        """What is to be trained before all proposals."""
        target = self._study.setup.target
        repeat = None if target is None else next_repeat(records, target, spare=enough)
        return repeat or (None if enough else next_published(records, self._published))

    def _begin(self, assigned: Assignment) -> Admitted:
        trial = begin(self._study, assigned, self._runner)
        return Admitted(trial, assigned.candidate, assigned.origin, assigned.about)

    def _ask(self, records: list[Record]) -> Admitted:
        """A trial with its origin: a queued one's own, else the first number not yet taken."""
        first = next_origin(records)
        taught = sum(r.outcome in TAUGHT and r.counts and not r.baseline for r in records)
        self._seen.sampler = sampler(self._sampler, self._study.setup.seed, first, taught)
        trial = self._seen.ask()
        _ = trial.relative_params  # chosen while others may write: a model takes its time
        origin: int = trial.user_attrs.get("origin", first)
        with together(self._study.storage):
            trial.set_user_attr("runner", self._runner)
            trial.set_user_attr("origin", origin)
            return Admitted(trial, self._sample(trial), origin)

    def _sample(self, trial: Trial) -> Candidate:
        try:
            candidate = self._space.sample(trial, self._study.setup.task)
        except FrugalError as error:
            self._study.tell(trial, "interrupted", TrialState.FAIL, reason=str(error))
            raise
        for name, value in describe(candidate).items():
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
            reason = (
                f"{parameters:,} parameters, {found.overtakes(parameters)}" if violations else ""
            )
        if not reason and (twin := self._study.register.twin(candidate, number)) is not None:
            reason = f"identical to trial {twin}"
        if not reason:
            return None
        return Rejected(number, candidate.label, parameters, reason, violations)

    def _reject(self, trial: Trial, rejected: Rejected) -> Rejected:
        outcome: Outcome = "over budget" if rejected.violations else "duplicate"
        with together(self._study.storage):
            self._study.tell(trial, outcome, TrialState.PRUNED, reason=rejected.reason)
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
