"""One run on a study: accept candidates, train them, score or stop them, record the trials.

A run yields events and prints nothing. `admission` chooses the next candidate, the pool trains it,
and `pruning` decides when to stop it.
"""

import re
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

from optuna.exceptions import UpdateFinishedTrialError

from search.candidates.baselines import Baseline
from search.errors import FailedError, FrugalError
from search.loop.admission import Admission, Admitted
from search.loop.events import (
    Advanced,
    Dropped,
    Ended,
    Ending,
    Finished,
    Note,
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
from search.study.locks import Registration
from search.study.records import COUNTED, Outcome, Record
from search.study.smallest import Frontier, frontier, sampler_value
from search.study.storage import OutageError, one_append, storage_errors
from search.study.study import Study
from search.study.user_files import Objective, Space
from search.training.pool import EpochResult, Failure, Pool, PoolEvent

SHOWN = 5  # the number of candidates in the `best` of an event
SAME_ERRORS = 3  # the run ends after so many training runs in a row with the same error
ANY_ERRORS = 10  # the same for different errors
OUTAGE = 600.0  # seconds to wait for a storage that does not answer
POLL = 1.0  # seconds between attempts, and between looks at the candidates of other runs
LOST = (
    "this run was suspended or without a connection for too long: other runs train its candidates"
)
WAITING = "waiting for the candidates that other runs train; Ctrl-C ends this run"
VARYING = re.compile(r"0x[0-9a-f]+|\d+")  # addresses and numbers, ignored when errors are compared
Result = TypeVar("Result")
CURVES = ("validation_accuracy", "validation_loss", "training_accuracy", "training_loss")


@dataclass
class Progress:
    """A candidate in training and its epochs so far."""

    admitted: Admitted
    results: list[EpochResult] = field(default_factory=list)

    @property
    def number(self) -> int:
        """The number of the trial."""
        return self.admitted.trial.number

    @property
    def epochs(self) -> int:
        """The number of epochs of the full training."""
        return self.admitted.candidate.recipe.epochs

    @property
    def curve(self) -> list[float]:
        """The validation accuracies so far, one per epoch."""
        return [result.validation_accuracy for result in self.results]

    @property
    def complete(self) -> bool:
        """Whether all epochs are trained."""
        return len(self.results) == self.epochs

    def attributes(self) -> Mapping[str, Any]:
        """The user attributes written when its trial ends: curves and seconds of training."""
        curves = {curve: [getattr(r, curve) for r in self.results] for curve in CURVES}
        return {**curves, "seconds": round(sum(r.seconds for r in self.results), 3)}


@dataclass(frozen=True)
class TrialEnd:
    """How a trial ended. reason: in words, if it is not trained to the end.

    score: None if it is not trained to the end. overtaken: see `Record`; None if not known.
    """

    outcome: Outcome
    reason: str = ""
    score: float | None = None
    overtaken: bool | None = None


INTERRUPTED = TrialEnd("interrupted", "stopped by the user")
RUN_ENDED = TrialEnd("interrupted", "the run ended")


@dataclass
class Run:
    """A run that ends when the study has `wanted` trained candidates.

    published: networks that are trained before any proposal. `stop` may be set at any time, also by
    a signal handler: the run then ends after the next epoch.
    """

    study: Study
    space: Space
    objective: Objective
    pool: Pool
    wanted: int
    sampler: SamplerName = "tpe"
    prune: bool = True
    timeout: float | None = None  # seconds; candidates in training are still finished
    published: tuple[Baseline, ...] = ()
    stop: bool = False
    clock: Callable[[], float] = time.monotonic

    def __post_init__(self) -> None:
        self._under_way: dict[int, Progress] = {}
        self._died: set[int] = set()  # origins of candidates whose worker died
        self._trained_seconds = 0.0
        self._errors: list[str] = []  # of the trials since the last one without an error

    def events(self, notes: tuple[str, ...] = ()) -> Iterator[RunEvent]:
        """Yield events until the study has `wanted` trained candidates or the run is stopped.

        notes: of the event `Opened`. FailedError if several training runs in a row end with an
        error. FrugalError if no proposal is accepted, the user's files raise or the storage fails;
        recorded trials are kept.
        """
        self._started = self.clock()
        with self._registered() as self._registration:
            self._admission = admission = Admission(
                self.study,
                space=self.space,
                sampler=self.sampler,
                wanted=self.wanted,
                registration=self._registration,
                published=self.published,
            )
            yield (yield from self._patiently(partial(self._opened, notes)))
            try:
                yield from self._search(admission)
            finally:
                self._interrupt_all()
        yield from self._patiently(admission.check)
        yield (yield from self._patiently(partial(self._ended, admission)))

    @contextmanager
    def _registered(self) -> Iterator[Registration]:
        """Register the run; only errors at the start are those of the storage."""
        with ExitStack() as stack:
            with storage_errors():
                registration = stack.enter_context(self.study.run_locks.registered())
            yield registration

    def _search(self, admission: Admission) -> Iterator[RunEvent]:
        """Train until the study has enough; in a shared storage, also wait for the other runs."""
        waited = False
        while True:
            yield from self._fill(admission)
            yield from self._train(admission)
            if not (yield from self._patiently(partial(self._waits, admission))):
                return
            if not waited:
                yield Note(WAITING)
            waited = True
            time.sleep(POLL)

    def _waits(self, admission: Admission) -> bool:
        """Whether other runs train the last candidates, which this run takes up if they die."""
        if not self.study.run_locks.shared:
            return False
        return self._ending(self.study.records(), admission) == "shared" and admission.others_train

    def _train(self, admission: Admission) -> Iterator[RunEvent]:
        """Handle the events of the pool until no candidate is left."""
        for event in self.pool:
            yield from self._handle(event)
            self._check_errors()
            if self.stop:
                for member in list(self._under_way):
                    yield from self._finish_trial(member, INTERRUPTED)
                return
            yield from self._fill(admission)

    def _fill(self, admission: Admission) -> Iterator[RunEvent]:
        """Start candidates while the pool has room and the study needs more."""
        yield from self._renew()
        for host in self._registration.pop_dead():
            yield Note(f"a run on {host} no longer answers: its candidates are trained again")
            yield from self._patiently(admission.resume_lost)
        while len(self._under_way) < self.pool.capacity and not (self.stop or self._late()):
            proposal = yield from self._patiently(admission.propose)
            if isinstance(proposal, Rejected):
                yield proposal
            elif proposal is not None:
                yield self._start(proposal)
            elif not self._registration.lost:
                return
            else:
                yield from self._renew()

    def _renew(self) -> Iterator[RunEvent]:
        """If other runs found this one dead, drop its candidates, which they train again."""
        if not self._registration.lost:
            return
        yield Note(LOST)
        for member in list(self._under_way):
            yield self._drop(member)
        yield from self._patiently(self._registration.renew)

    def _patiently(self, operation: Callable[[], Result]) -> Generator[RunEvent, None, Result]:
        """Perform a storage operation; during an outage, wait and repeat it.

        The operation must be safe to repeat. FrugalError after OUTAGE seconds, and for errors that
        do not pass by themselves.
        """
        failed: float | None = None
        while True:
            try:
                with storage_errors(passing=True):
                    result = operation()
            except OutageError as outage:
                now = self.clock()
                if failed is None:
                    failed = now
                    yield Note(f"the storage does not answer ({outage}): waiting for it")
                if self.stop or now - failed > OUTAGE:
                    raise outage.final from None
                time.sleep(POLL)
                continue
            if failed is not None:
                yield Note(f"the storage answers again after {self.clock() - failed:.0f} s")
            return result

    def _start(self, admitted: Admitted) -> Started:
        candidate, origin = admitted.candidate, admitted.origin
        member = self.pool.admit(candidate, derive(self.study.setup.seed, origin))
        self._under_way[member] = Progress(admitted)
        names = ("repeat_of", "repeat", "baseline")
        attributes = admitted.attributes
        assigned = {name: attributes[name] for name in names if name in attributes}
        return Started(admitted.trial.number, candidate, origin, **assigned)

    def _handle(self, event: PoolEvent) -> Iterator[RunEvent]:
        progress = self._under_way[event.member]
        if isinstance(event.result, Failure):
            end = self._after_failure(progress.admitted.origin, event.result)
            yield from self._finish_trial(event.member, end)
            return
        yield from self._advance(event.member, event.result)
        if event.member not in self._under_way:
            return
        try:
            end_now = yield from self._patiently(partial(self._score_or_stop, progress))
        except FrugalError as error:  # retrying would raise again: the curve would be the same
            yield from self._finish_trial(event.member, TrialEnd("error", str(error)))
            raise
        if end_now is not None:
            yield from self._finish_trial(event.member, end_now)

    def _after_failure(self, origin: int, failure: Failure) -> TrialEnd:
        """The end of the trial; a candidate is retried once if its worker was killed."""
        if not (failure.error or failure.died):
            return TrialEnd("failed", failure.reason)
        again = failure.died and origin not in self._died
        self._died.add(origin)
        if not again:
            self._errors.append(failure.error or failure.reason)
        return TrialEnd("interrupted" if again else "error", failure.reason)

    def _check_errors(self) -> None:
        """Raise FailedError if the last training runs all ended with an error."""
        alike = {VARYING.sub("#", error) for error in self._errors[-SAME_ERRORS:]}
        same = len(self._errors) >= SAME_ERRORS and len(alike) == 1
        if same or len(self._errors) >= ANY_ERRORS:
            raise FailedError(
                f"{len(self._errors)} training runs in a row ended with an error, the last one "
                f"with {self._errors[-1]}; they do not count as trained: fix the cause and run the "
                "same command again to resume"
            )

    def _advance(self, member: int, result: EpochResult) -> Iterator[RunEvent]:
        """Report an epoch; drop the candidate if another run has ended its trial."""
        progress = self._under_way[member]
        accuracy, seconds = result.validation_accuracy, result.seconds
        trial = progress.admitted.trial
        try:
            yield from self._patiently(lambda: trial.report(accuracy, result.epoch))
        except UpdateFinishedTrialError:
            yield self._drop(member)
            return
        progress.results.append(result)
        self._trained_seconds += seconds
        yield Advanced(progress.number, result.epoch, progress.epochs, accuracy, seconds)

    def _drop(self, member: int) -> Dropped:
        """Stop training a candidate without a result."""
        self.pool.drop(member)
        return Dropped(self._forget(member).number)

    def _forget(self, member: int) -> Progress:
        progress = self._under_way.pop(member)
        self._admission.training.discard(progress.number)
        return progress

    def _score_or_stop(self, progress: Progress) -> TrialEnd | None:
        """Return the end of the trial if it ends now, None if training continues."""
        if progress.complete:
            return TrialEnd("trained", score=self.objective.score(progress.curve))
        if not self.prune:
            return None
        target, trials = self.study.setup.target, self.study.trial_records
        records = trials.with_curve(progress.number, progress.curve)
        if target is not None:
            return self._stop_for_smallest(records[progress.number], records, target)
        curve, epochs = progress.curve, progress.epochs
        reason = stop_reason(curve, epochs, records, self.objective, trials.ranked)
        return TrialEnd("stopped early", reason) if reason else None

    def _stop_for_smallest(
        self, record: Record, records: list[Record], target: float
    ) -> TrialEnd | None:
        reason = stop_reason_for_smallest(record, records, self.objective, target)
        if reason is None:
            return None
        overtaken = frontier(records, target).overtakes(record.parameters)
        return TrialEnd("stopped early", reason, overtaken=overtaken)

    def _finish_trial(self, member: int, end: TrialEnd) -> Iterator[RunEvent]:
        """Remove the candidate from the pool and record its trial."""
        progress = self._under_way[member]
        self.pool.drop(member)
        recorded = yield from self._patiently(partial(self._record, progress, end))
        if not recorded:
            yield self._drop(member)
            return
        self._forget(member)
        if end.outcome in COUNTED:
            self._errors.clear()
        yield (yield from self._patiently(partial(self._finished, progress.number)))

    def _finished(self, number: int) -> Finished:
        records = self.study.records()
        record, successes = records[number], self._frontier(records)
        news = successes.news(record) if successes else ""
        return Finished(record, _counted(records), self._best(), news)

    def _record(self, progress: Progress, end: TrialEnd) -> bool:
        """End the trial; False if another run has ended it, or will do so.

        All attributes are written in one append, so the write is atomic. It may be repeated.
        """
        trial, study = progress.admitted.trial, self.study
        with study.run_locks.admission_lock():
            stored = study.stored_trial(trial)
            if stored.state.is_finished():
                return "process_gone" not in stored.user_attrs  # else it was recorded before
            if not self._registration.check():
                return False
            if end.score is None:
                with one_append(study.storage):
                    self._write_attributes(progress, end)
                    study.finish_trial(trial, end.outcome, reason=end.reason)
                return True
            weights = progress.results[-1].weights or {}
            with study.saving_weights(trial.number, weights), one_append(study.storage):
                self._write_attributes(progress, end)
                study.finish_trial(trial, end.outcome, self._sampler_value(progress, end.score))
        return True

    def _write_attributes(self, progress: Progress, end: TrialEnd) -> None:
        attributes = {
            **progress.attributes(),
            "device": self.pool.device,
            "versions": versions(),
            **({} if end.overtaken is None else {"overtaken": end.overtaken}),
        }
        for name, value in attributes.items():
            progress.admitted.trial.set_user_attr(name, value)

    def _sampler_value(self, progress: Progress, score: float) -> float:
        """The trial's value for samplers: the score, or `sampler_value` if there is a target."""
        setup, candidate = self.study.setup, progress.admitted.candidate
        if setup.target is None:
            return score
        progress.admitted.trial.set_user_attr("consistency", score)
        return sampler_value(score, candidate.architecture.parameters, setup.target, setup.budget)

    def _interrupt_all(self) -> None:
        """End all trials in training as interrupted."""
        for member in list(self._under_way):
            progress = self._forget(member)
            self.pool.drop(member)
            with storage_errors():
                self._record(progress, RUN_ENDED)

    # events about the run as a whole

    def _opened(self, notes: tuple[str, ...]) -> Opened:
        records = self.study.records()
        setup = self.study.setup
        goal = f"; goal: {setup.goal}" if setup.target is not None else ""
        simulated = "; simulated" if setup.simulated else ""
        images = f", {setup.images_text}" if setup.images_text else ""
        return Opened(
            study=self.study.name,
            folder=str(self.study.folder),
            setup=f"{setup.data}{images}, {setup.budget}{goal}{simulated}",
            device=self.pool.device,
            workers=self.pool.capacity,
            trained=_counted(records),
            wanted=self.wanted,
            best=self._best(),
            notes=(*notes, *setup.caveats),
            window=setup.window,
            images=setup.validation_images,
            resumed=bool(records),
            forecast=forecast(
                self.space, setup, len(self.study.trial_records.ranked), prune=self.prune
            ),
        )

    def _ended(self, admission: Admission) -> Ended:
        records = self.study.records()
        successes = self._frontier(records)
        return Ended(
            self._ending(records, admission),
            trained=_counted(records),
            wanted=self.wanted,
            best=self._best(),
            seconds=self.clock() - self._started,
            seconds_training=self._trained_seconds / self.pool.capacity,
            notes=successes.summary if successes else (),
        )

    def _ending(self, records: list[Record], admission: Admission) -> Ending:
        successes = self._frontier(records)
        if _counted(records) >= self.wanted and not (successes and successes.in_question):
            return "complete"
        if self.stop:
            return "interrupted"
        if self._late():
            return "timeout"
        return "exhausted" if admission.exhausted else "shared"

    def _frontier(self, records: list[Record]) -> Frontier | None:
        target = self.study.setup.target
        return None if target is None else frontier(records, target)

    def _best(self) -> tuple[Record, ...]:
        return tuple(self.study.ranking()[:SHOWN])

    def _late(self) -> bool:
        return self.timeout is not None and self.clock() - self._started >= self.timeout


def _counted(records: list[Record]) -> int:
    return sum(record.counts for record in records)
