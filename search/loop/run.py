"""One run on a study: admit, train, report, tell. Unfolds as events; prints nothing.

What is given out next is `admission`'s business, how candidates are trained the pool's.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from optuna.trial import TrialState

from search.candidates.baselines import Baseline
from search.errors import FrugalError
from search.loop.admission import Admission, Admitted
from search.loop.events import (
    Advanced,
    Ended,
    Ending,
    Finished,
    Opened,
    Rejected,
    RunEvent,
    Started,
)
from search.loop.pruning import stop_reason, stop_reason_for_smallest
from search.loop.samplers import SamplerName
from search.loop.time_left import forecast
from search.seeds import derive
from search.study.environment import versions
from search.study.records import Outcome, Record
from search.study.smallest import Frontier, frontier, sampler_value
from search.study.storage import one_append, storage_errors
from search.study.study import Study
from search.study.user_files import Objective, Space
from search.training.pool import EpochResult, Failure, Pool
from search.training.pool import PoolEvent as Trained

SHOWN = 5  # candidates in "the best so far"
CURVES = ("validation_accuracy", "validation_loss", "training_accuracy", "training_loss")


@dataclass
class Progress:
    """An admitted candidate and its epochs."""

    admitted: Admitted
    results: list[EpochResult] = field(default_factory=list)

    @property
    def number(self) -> int:
        """Of the trial."""
        return self.admitted.trial.number

    @property
    def epochs(self) -> int:
        """Epochs in full."""
        return self.admitted.candidate.recipe.epochs

    @property
    def curve(self) -> list[float]:
        """Validation accuracies so far."""
        return [result.validation_accuracy for result in self.results]

    @property
    def complete(self) -> bool:
        """Whether it is trained to the end."""
        return len(self.results) == self.epochs

    def known(self) -> Mapping[str, Any]:
        """What the trial keeps as user attributes: the curves and the seconds."""
        curves = {curve: [getattr(r, curve) for r in self.results] for curve in CURVES}
        return {**curves, "seconds": round(sum(r.seconds for r in self.results), 3)}


@dataclass
class Run:
    """The loop. wanted: trained candidates in the study. published: networks that come first.

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
    published: tuple[Baseline, ...] = ()
    stop: bool = False
    clock: Callable[[], float] = time.monotonic

    def __post_init__(self) -> None:
        self._under_way: dict[int, Progress] = {}
        self._died: set[int] = set()  # origins
        self._trained_seconds = 0.0

    def events(self, told: tuple[str, ...] = ()) -> Iterator[RunEvent]:
        """All that happens until the study holds `wanted` trained candidates or the run is stopped.

        FrugalError where no proposal is admitted, the user's files raise or the storage fails;
        what was recorded stays.
        """
        started = self.clock()
        with self.study.presence.entered() as runner:
            admission = Admission(
                self.study,
                space=self.space,
                sampler=self.sampler,
                wanted=self.wanted,
                runner=runner,
                published=self.published,
            )
            yield self._opened(told)
            try:
                yield from self._search(admission, started)
            finally:
                self._interrupt_all()
        admission.check()
        yield self._ended(started, admission)

    def _search(self, admission: Admission, started: float) -> Iterator[RunEvent]:
        yield from self._fill(admission, started)
        for event in self.pool:
            yield from self._hear(event)
            if self.stop:
                for member in list(self._under_way):
                    yield self._close(member, "interrupted", "stopped by the user")
                return
            yield from self._fill(admission, started)

    def _fill(self, admission: Admission, started: float) -> Iterator[RunEvent]:
        """Admits candidates while there is room in the pool and the study wants more."""
        while len(self._under_way) < self.pool.capacity and not (self.stop or self._late(started)):
            with storage_errors():
                proposed = admission.propose()
            if proposed is None:
                return
            yield proposed if isinstance(proposed, Rejected) else self._start(proposed)

    def _start(self, admitted: Admitted) -> Started:
        candidate, origin, about = admitted.candidate, admitted.origin, admitted.about
        member = self.pool.admit(candidate, derive(self.study.setup.seed, origin))
        self._under_way[member] = Progress(admitted)
        which = {name: about[name] for name in ("repeat_of", "repeat", "baseline") if name in about}
        return Started(admitted.trial.number, candidate, origin, **which)

    def _hear(self, event: Trained) -> Iterator[RunEvent]:
        progress = self._under_way[event.member]
        if isinstance(event.result, Failure):
            outcome = self._outcome(progress.admitted.origin, event.result)
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
        with storage_errors():
            progress.admitted.trial.report(result.validation_accuracy, result.epoch)
        accuracy, seconds = result.validation_accuracy, result.seconds
        return Advanced(progress.number, result.epoch, progress.epochs, accuracy, seconds)

    def _verdict(self, progress: Progress) -> tuple[Outcome, str, float | None] | None:
        """How the trial ends now, with reason and score; None while it goes on."""
        if progress.complete:
            return "trained", "", self.objective.score(progress.curve)
        if not self.prune:
            return None
        target = self.study.setup.target
        records = self.study.trial_records.with_curve(progress.number, progress.curve)
        if target is None:
            best = self.study.trial_records.ranked
            reason = stop_reason(progress.curve, progress.epochs, records, self.objective, best)
        else:
            reason = stop_reason_for_smallest(
                records[progress.number], records, self.objective, target
            )
        return ("stopped early", reason, None) if reason else None

    def _close(
        self, member: int, outcome: Outcome, reason: str = "", score: float | None = None
    ) -> Finished:
        """Writes what is known of a trial, tells the study, and frees the place in the pool."""
        progress = self._under_way.pop(member)
        self.pool.drop(member)
        with storage_errors():
            self._tell(progress, outcome, reason, score)
            records = self.study.records()
        record, found = records[progress.number], self._frontier(records)
        news = found.news(record) if found else ""
        return Finished(record, _counted(records), self._best(), news)

    def _tell(self, progress: Progress, outcome: Outcome, reason: str, score: float | None) -> None:
        """Ends the trial with all that is known of it, at once: it is there whole or not at all."""
        trial, study = progress.admitted.trial, self.study
        if outcome == "trained" and score is not None:
            weights = progress.results[-1].weights or {}
            with study.saving_weights(trial.number, weights), one_append(study.storage):
                self._write(progress)
                study.tell(trial, outcome, TrialState.COMPLETE, self._value(progress, score))
            return
        state = TrialState.PRUNED if outcome == "stopped early" else TrialState.FAIL
        with one_append(study.storage):
            self._write(progress)
            study.tell(trial, outcome, state, reason=reason)

    def _write(self, progress: Progress) -> None:
        about = {"device": self.pool.device, "versions": versions()}
        for name, value in {**progress.known(), **about}.items():
            progress.admitted.trial.set_user_attr(name, value)

    def _value(self, progress: Progress, score: float) -> float:
        """What the sampler is told: what the goal makes of the score."""
        setup, candidate = self.study.setup, progress.admitted.candidate
        if setup.target is None:
            return score
        progress.admitted.trial.set_user_attr("consistency", score)
        return sampler_value(score, candidate.architecture.parameters, setup.target, setup.budget)

    def _interrupt_all(self) -> None:
        """Whatever ended the run, its trials do not stay behind as running."""
        for member in list(self._under_way):
            self._close(member, "interrupted", "the run ended")

    # what is told

    def _opened(self, told: tuple[str, ...]) -> Opened:
        records = self.study.records()
        setup = self.study.setup
        goal = f"; goal: {setup.goal}" if setup.target is not None else ""
        simulated = "; simulated" if setup.simulated else ""
        return Opened(
            study=self.study.name,
            folder=str(self.study.folder),
            setup=f"{setup.data}, {setup.budget}{goal}{simulated}",
            device=self.pool.device,
            workers=self.pool.capacity,
            trained=_counted(records),
            wanted=self.wanted,
            best=self._best(),
            notes=(*told, *setup.caveats),
            window=setup.window,
            images=setup.validation_images,
            forecast=forecast(
                self.space, setup, len(self.study.trial_records.ranked), prune=self.prune
            ),
        )

    def _ended(self, started: float, admission: Admission) -> Ended:
        records = self.study.records()
        found = self._frontier(records)
        return Ended(
            self._ending(started, records, admission),
            trained=_counted(records),
            wanted=self.wanted,
            best=self._best(),
            seconds=self.clock() - started,
            seconds_training=self._trained_seconds / self.pool.capacity,
            notes=found.told if found else (),
        )

    def _ending(self, started: float, records: list[Record], admission: Admission) -> Ending:
        found = self._frontier(records)
        if _counted(records) >= self.wanted and not (found and found.in_question):
            return "complete"
        if self.stop:
            return "interrupted"
        if self._late(started):
            return "timeout"
        return "exhausted" if admission.exhausted else "shared"

    def _frontier(self, records: list[Record]) -> Frontier | None:
        target = self.study.setup.target
        return None if target is None else frontier(records, target)

    def _best(self) -> tuple[Record, ...]:
        return tuple(self.study.ranking()[:SHOWN])

    def _late(self, started: float) -> bool:
        return self.timeout is not None and self.clock() - started >= self.timeout


def _counted(records: list[Record]) -> int:
    return sum(record.counts for record in records)
