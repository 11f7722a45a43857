"""How a study gives out its next candidate: take up, count, ask, admit or reject. Trains nothing.

Several runs may share a study: each proposes under the study's admission lock, so that no two ask
for the same, and takes up the candidates of runs whose process is gone.
"""

from collections import Counter
from dataclasses import dataclass
from itertools import count

from optuna.trial import FrozenTrial, Trial, TrialState

from search.candidate import Candidate
from search.errors import FrugalError
from search.events import Rejected
from search.record import COUNTED, TAUGHT, Outcome, Record, describe
from search.samplers import SamplerName, sampler
from search.study import GONE, Study
from search.userfiles import Space

REJECTED = 500  # proposals in a row that may be rejected before the run gives up

REMEDIES = {
    "parameters": "begin another study with a higher --max-params",
    "epochs": "begin another study with a higher --max-epochs",
}


@dataclass(frozen=True)
class Admitted:
    """A proposal that keeps the budget. origin: the number that its draws descend from."""

    trial: Trial
    candidate: Candidate
    origin: int


class Admission:
    """Gives out candidates until the study holds `wanted`. runner: this run's name (`Presence`)."""

    def __init__(
        self, study: Study, space: Space, sampler: SamplerName, wanted: int, runner: str
    ) -> None:
        self._study, self._space = study, space
        self._sampler, self._wanted, self._runner = sampler, wanted, runner
        self._rejections: list[Rejected] = []

    @property
    def exhausted(self) -> bool:
        """Whether so many proposals in a row were rejected that it is pointless to go on."""
        return len(self._rejections) >= REJECTED

    def check(self) -> None:
        """FrugalError where the proposals are exhausted, with the smallest figure seen."""
        if self.exhausted:
            raise FrugalError(self._why())

    def propose(self) -> Admitted | Rejected | None:
        """The next candidate, or a rejected one; None when the study has enough of them.

        FrugalError where the user's space raises; its trial ends without being counted.
        """
        with self._study.presence.admission():
            self._take_up()
            records = self._study.records()
            taken = sum(r.outcome in COUNTED or r.outcome == "running" for r in records)
            if taken >= self._wanted:
                return None
            trial, origin = self._ask(records)
            candidate = self._sample(trial)
            if (rejected := self._refusal(trial.number, candidate, records)) is not None:
                return self._reject(trial, rejected)
        self._rejections.clear()
        return Admitted(trial, candidate, origin)

    def _take_up(self) -> None:
        """Marks trials whose run is gone, and queues every interrupted candidate once more."""
        trials = self._study.optuna.get_trials(deepcopy=False)
        for trial in trials:
            if trial.state is TrialState.RUNNING and not self._lives(trial):
                self._study.interrupt(trial, GONE)
        for record in lost(self._study.records()):
            params = trials[record.number].params
            self._study.optuna.enqueue_trial(params, user_attrs={"origin": record.origin})

    def _lives(self, trial: FrozenTrial) -> bool:
        runner = trial.user_attrs.get("runner", "")
        return runner == self._runner or self._study.presence.alive(runner)

    def _ask(self, records: list[Record]) -> tuple[Trial, int]:
        """A trial with its origin: a queued one's own, else the first number not yet taken.

        So proposals and draws stay those of a study that was never interrupted.
        """
        taken = {record.origin for record in records if not _unborn(record)}
        first = next(number for number in count() if number not in taken)
        taught = sum(record.outcome in TAUGHT for record in records)
        seed = self._study.setup.seed
        self._study.optuna.sampler = sampler(self._sampler, seed, first, taught)
        trial = self._study.optuna.ask()
        origin: int = trial.user_attrs.get("origin", first)
        trial.set_user_attr("runner", self._runner)
        trial.set_user_attr("origin", origin)
        return trial, origin

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
        violations = self._study.setup.budget.violations(candidate)
        reason = "; ".join(
            f"{violation.value:,} {_words(violation.limit)}, {violation.excess:,} over the "
            f"{violation.allowed:,} allowed"
            for violation in violations
        )
        for record in records:
            twin = record.candidate == candidate and record.outcome in COUNTED | {"running"}
            if twin and record.number != number and not reason:
                reason = f"identical to trial {record.number}"
        if not reason:
            return None
        parameters = candidate.architecture.parameters
        return Rejected(number, candidate.label, parameters, reason, violations)

    def _reject(self, trial: Trial, rejected: Rejected) -> Rejected:
        outcome: Outcome = "over budget" if rejected.violations else "duplicate"
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


def lost(records: list[Record]) -> list[Record]:
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


def _words(limit: str) -> str:
    return limit.replace("_", " ")
