"""One run on a study: admit, train, report, tell. Unfolds as events; prints nothing.

What is given out next is `admission`'s business, how candidates are trained the pool's.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from optuna.trial import Trial, TrialState

from search.admission import Admission, Admitted
from search.candidate import Candidate
from search.environment import versions
from search.errors import FrugalError
from search.events import Advanced, Ended, Ending, Event, Finished, Opened, Rejected, Started
from search.pruning import hopeless
from search.randomness import derive
from search.record import COUNTED, Outcome, Record, ranked
from search.samplers import SamplerName
from search.storage import answering
from search.study import Study
from search.training import EpochResult, Failure, Pool
from search.training import Event as Trained
from search.userfiles import Objective, Space

SHOWN = 5  # candidates in "the best so far"
CURVES = ("validation_accuracy", "validation_loss", "training_accuracy", "training_loss")


@dataclass
class Progress:
    """A trial under way in this run."""

    trial: Trial
    candidate: Candidate
    origin: int
    results: list[EpochResult] = field(default_factory=list)

    @property
    def curve(self) -> list[float]:
        """Validation accuracies so far."""
        return [result.validation_accuracy for result in self.results]

    @property
    def complete(self) -> bool:
        """Whether it is trained to the end."""
        return len(self.results) == self.candidate.recipe.epochs


@dataclass
class Run:
    """The loop. wanted: trained candidates in the study.

    `stop` may be set at any time, by a signal handler too: the run ends at the next epoch.
    """

    study: Study
    space: Space
    objective: Objective
    pool: Pool
    wanted: int
    sampler: SamplerName = "tpe"
    prune: bool = True
    timeout: float | None = None  # seconds; what is under way then is still finished
    stop: bool = False
    clock: Callable[[], float] = time.monotonic

    def __post_init__(self) -> None:
        self._under_way: dict[int, Progress] = {}
        self._died: set[int] = set()  # origins
        self._trained_seconds = 0.0

    def events(self, told: tuple[str, ...] = ()) -> Iterator[Event]:
        """All that happens until the study holds `wanted` trained candidates or the run is stopped.

        FrugalError where no proposal is admitted, the user's files raise or the storage fails;
        what was recorded stays.
        """
        started = self.clock()
        with self.study.presence.entered() as runner:
            admission = Admission(self.study, self.space, self.sampler, self.wanted, runner)
            yield self._opened(told)
            try:
                yield from self._search(admission, started)
            finally:
                self._interrupt_all()
        admission.check()
        yield self._ended(started)

    def _search(self, admission: Admission, started: float) -> Iterator[Event]:
        yield from self._fill(admission, started)
        for event in self.pool:
            yield from self._hear(event)
            if self.stop:
                for member in list(self._under_way):
                    yield self._close(member, "interrupted", "stopped by the user")
                return
            yield from self._fill(admission, started)

    def _fill(self, admission: Admission, started: float) -> Iterator[Event]:
        """Admits candidates while there is room in the pool and the study wants more."""
        while len(self._under_way) < self.pool.capacity and not (
            self.stop or self._late(started) or admission.exhausted
        ):
            with answering():
                proposed = admission.propose()
            if proposed is None:
                return
            yield proposed if isinstance(proposed, Rejected) else self._start(proposed)

    def _start(self, admitted: Admitted) -> Started:
        trial, candidate, origin = admitted.trial, admitted.candidate, admitted.origin
        member = self.pool.admit(candidate, derive(self.study.setup.seed, origin))
        self._under_way[member] = Progress(trial, candidate, origin)
        return Started(trial.number, candidate, origin)

    def _hear(self, event: Trained) -> Iterator[Event]:
        progress = self._under_way[event.member]
        if isinstance(event.result, Failure):
            outcome = self._outcome(progress.origin, event.result)
            yield self._close(event.member, outcome, event.result.reason)
            return
        yield self._advance(progress, event.result)
        try:
            ended = self._verdict(progress)
        except FrugalError as error:  # the objective raises, and would on the same curve again
            self._close(event.member, "failed", str(error))
            raise
        if ended is not None:
            yield self._close(event.member, *ended)

    def _outcome(self, origin: int, failure: Failure) -> Outcome:
        """Killed from outside is no verdict on a candidate: it runs again, once."""
        again = failure.died and origin not in self._died
        self._died.add(origin)
        return "interrupted" if again else "failed"

    def _advance(self, progress: Progress, result: EpochResult) -> Advanced:
        progress.results.append(result)
        self._trained_seconds += result.seconds
        with answering():
            progress.trial.report(result.validation_accuracy, result.epoch)
        return Advanced(
            progress.trial.number,
            result.epoch,
            progress.candidate.recipe.epochs,
            result.validation_accuracy,
            result.seconds,
        )

    def _verdict(self, progress: Progress) -> tuple[Outcome, str, float | None] | None:
        """How the trial ends now, with reason and score; None while it goes on."""
        if progress.complete:
            return "trained", "", self.objective.score(progress.curve)
        if not self.prune:
            return None
        reason = hopeless(
            progress.curve,
            progress.candidate.recipe.epochs,
            self.study.records(),
            self.objective,
        )
        return ("stopped early", reason, None) if reason else None

    def _close(
        self, member: int, outcome: Outcome, reason: str = "", score: float | None = None
    ) -> Finished:
        """Writes what is known of a trial, tells the study, and frees the place in the pool."""
        progress = self._under_way.pop(member)
        self.pool.drop(member)
        with answering():
            self._write(progress)
            self._tell(progress, outcome, reason, score)
            records = self.study.records()
        return Finished(records[progress.trial.number], _counted(records), _best(records))

    def _write(self, progress: Progress) -> None:
        known = {curve: [getattr(r, curve) for r in progress.results] for curve in CURVES}
        seconds = sum(result.seconds for result in progress.results)
        about = {"seconds": round(seconds, 3), "device": self.pool.device, "versions": versions()}
        for name, value in {**known, **about}.items():
            progress.trial.set_user_attr(name, value)

    def _tell(self, progress: Progress, outcome: Outcome, reason: str, score: float | None) -> None:
        trial = progress.trial
        if outcome == "trained":
            weights = progress.results[-1].weights or {}
            with self.study.keeping_weights(trial.number, weights):
                self.study.tell(trial, outcome, TrialState.COMPLETE, score)
            return
        state = TrialState.PRUNED if outcome == "stopped early" else TrialState.FAIL
        self.study.tell(trial, outcome, state, reason=reason)

    def _interrupt_all(self) -> None:
        """Whatever ended the run, its trials do not stay behind as running."""
        for member in list(self._under_way):
            self._close(member, "interrupted", "the run ended")

    # what is told

    def _opened(self, told: tuple[str, ...]) -> Opened:
        records = self.study.records()
        setup = self.study.setup
        return Opened(
            self.study.name,
            str(self.study.folder),
            f"{setup.data}, {setup.budget}",
            self.pool.device,
            self.pool.capacity,
            _counted(records),
            self.wanted,
            _best(records),
            (*told, *setup.caveats),
            setup.window,
            setup.validation_images,
        )

    def _ended(self, started: float) -> Ended:
        records = self.study.records()
        trained = _counted(records)
        return Ended(
            self._ending(started, trained),
            trained,
            self.wanted,
            _best(records),
            self.clock() - started,
            self._trained_seconds / self.pool.capacity,
        )

    def _ending(self, started: float, trained: int) -> Ending:
        if trained >= self.wanted:
            return "complete"
        if self.stop:
            return "interrupted"
        return "timeout" if self._late(started) else "shared"

    def _late(self, started: float) -> bool:
        return self.timeout is not None and self.clock() - started >= self.timeout


def _counted(records: list[Record]) -> int:
    return sum(record.outcome in COUNTED for record in records)


def _best(records: list[Record]) -> tuple[Record, ...]:
    return tuple(ranked(records)[:SHOWN])
