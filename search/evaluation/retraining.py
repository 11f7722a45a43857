"""Trains repeats in a pool and appends each to a repeat file as it ends. Uses no Optuna itself.

After every repeat, a plan decides what to train next. So a race can use its repeats for the
candidates with an undecided rank.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from search.candidates.candidate import Candidate
from search.errors import FailedError, FrugalError
from search.evaluation.repeats import Repeat, RepeatFile, SplitName
from search.study.environment import versions, versions_text
from search.study.study import Study
from search.training.pool import EpochResult, Failure, Pool, PoolEvent, Weights

if TYPE_CHECKING:
    from search.data.dataset import Dataset

DEATHS = 2  # kills of a repeat's worker process from outside until the training fails


@dataclass(frozen=True)
class RepeatJob:
    """A repeat to train; fields as in `Repeat`. name: its name in displays, "" for the key."""

    key: str
    number: int
    candidate: Candidate
    seed: int
    name: str = ""


@dataclass(frozen=True)
class ScoredOn:
    """The split used for scoring, its number of images and the number of training images."""

    split: SplitName
    images: int
    train_examples: int


@dataclass(frozen=True)
class RepeatStarted:
    """A repeat has started."""

    job: RepeatJob


@dataclass(frozen=True)
class RepeatEpoch:
    """A repeat has finished an epoch. accuracy: on the scored split. seconds: time of the epoch."""

    job: RepeatJob
    epoch: int
    accuracy: float
    seconds: float


@dataclass(frozen=True)
class RepeatFinished:
    """A repeat has ended and is recorded in the repeat file."""

    job: RepeatJob
    repeat: Repeat


@dataclass(frozen=True)
class RepeatDropped:
    """A repeat was stopped because it is no longer needed; it is not recorded."""

    job: RepeatJob


@dataclass(frozen=True)
class RepeatsPlanned:
    """The number of repeats to train, known before the first of them starts."""

    total: int


@dataclass(frozen=True)
class FilesSetAside:
    """Files of other studies were set aside. lines: which files were moved, and where to."""

    lines: tuple[str, ...]


RepeatEvent = RepeatStarted | RepeatEpoch | RepeatFinished | RepeatDropped | FilesSetAside


class Plan(Protocol):
    """Decides what to train next as repeats finish."""

    def next(self, under_way: Collection[RepeatJob]) -> RepeatJob | None:
        """The next repeat to train, None if there is none."""

    def wanted(self, job: RepeatJob) -> bool:
        """Whether a repeat in training is still needed."""


class FixedPlan:
    """A fixed list of jobs, in order."""

    def __init__(self, jobs: Sequence[RepeatJob]) -> None:
        self._waiting = list(jobs)

    def next(self, under_way: Collection[RepeatJob]) -> RepeatJob | None:  # noqa: ARG002 (the protocol's)
        """The first job that has not been returned yet."""
        return self._waiting.pop(0) if self._waiting else None

    def wanted(self, job: RepeatJob) -> bool:  # noqa: ARG002 (the protocol's)
        """True: a fixed plan needs all its jobs."""
        return True


@dataclass
class RepeatTraining:
    """Training of a plan's repeats.

    keep: called with the weights of a repeat before the repeat is recorded, so that every recorded
    repeat has its weights. stop: may be set at any time to end the training at the next epoch.
    """

    pool: Pool
    plan: Plan
    repeat_file: RepeatFile
    scored: ScoredOn
    keep: Callable[[RepeatJob, Weights], None] | None = None
    stop: bool = False
    _under_way: dict[int, RepeatJob] = field(default_factory=dict)
    _results: dict[int, list[EpochResult]] = field(default_factory=dict)
    _deaths: list[RepeatJob] = field(default_factory=list)

    def events(self) -> Iterator[RepeatEvent]:
        """Train and yield events until the plan has no more repeats or `stop` is set.

        FailedError if the program fails or a repeat's worker process is killed DEATHS times; that
        repeat is not recorded.
        """
        yield from self._fill()
        for event in self.pool:
            yield self._handle(event)
            if self.stop:
                break
            yield from self._drop_unwanted()
            yield from self._fill()
        for member in list(self._under_way):
            self._drop(member)

    def _fill(self) -> Iterator[RepeatEvent]:
        while len(self._under_way) < self.pool.capacity:
            job = self.plan.next(self._under_way.values())
            if job is None:
                return
            self._begin(job)
            yield RepeatStarted(job)

    def _begin(self, job: RepeatJob) -> None:
        member = self.pool.admit(job.candidate, job.seed)
        self._under_way[member], self._results[member] = job, []

    def _drop_unwanted(self) -> Iterator[RepeatEvent]:
        for member, job in list(self._under_way.items()):
            if not self.plan.wanted(job):
                self._drop(member)
                yield RepeatDropped(job)

    def _drop(self, member: int) -> None:
        self.pool.drop(member)
        del self._under_way[member], self._results[member]

    def _handle(self, event: PoolEvent) -> RepeatEvent:
        job, results = self._under_way[event.member], self._results[event.member]
        if isinstance(event.result, Failure):
            if event.result.died:
                return self._restart(event.member, event.result)
            if event.result.error:
                raise self._error(job, event.result)
            return self._finish(event.member, event.result.reason)
        results.append(event.result)
        if event.result.epoch == job.candidate.recipe.epochs:
            return self._finish(event.member)
        return RepeatEpoch(
            job, event.result.epoch, event.result.validation_accuracy, event.result.seconds
        )

    def _restart(self, member: int, failure: Failure) -> RepeatEvent:
        """Restart a repeat after its worker was killed; FailedError after DEATHS kills."""
        job = self._under_way[member]
        self._deaths.append(job)
        if self._deaths.count(job) >= DEATHS:
            raise self._error(job, failure)
        self._drop(member)
        self._begin(job)
        return RepeatStarted(job)

    def _error(self, job: RepeatJob, failure: Failure) -> FailedError:
        times = f" {DEATHS} times" if failure.died else ""
        return FailedError(
            f"repeat {job.number + 1} of {job.key} ended{times} with an error: {failure.reason}; "
            "it is not recorded: fix the cause and run the same command again to resume"
        )

    def _finish(self, member: int, failure: str = "") -> RepeatFinished:
        job, results = self._under_way.pop(member), self._results.pop(member)
        self.pool.drop(member)
        repeat = self._repeat(job, results, failure)
        weights = results[-1].weights if results else None
        if self.keep and weights is not None:
            self.keep(job, weights)
        self.repeat_file.add(repeat)
        return RepeatFinished(job, repeat)

    def _repeat(self, job: RepeatJob, results: Sequence[EpochResult], failure: str) -> Repeat:
        return Repeat(
            key=job.key,
            number=job.number,
            seed=job.seed,
            split=self.scored.split,
            images=self.scored.images,
            train_examples=self.scored.train_examples,
            accuracy=tuple(result.validation_accuracy for result in results),
            loss=tuple(result.validation_loss for result in results),
            training_accuracy=tuple(result.training_accuracy for result in results),
            training_loss=tuple(result.training_loss for result in results),
            seconds=round(sum(result.seconds for result in results), 3),
            device=self.pool.device,
            versions=versions_text(versions()),
            time=datetime.now(UTC).isoformat(timespec="seconds"),
            failure=failure,
            identity=self.repeat_file.identity,
            candidate=job.candidate if self.repeat_file.identity else None,
        )


def load_study_data(
    study: Study, data: str | None = None, *, everything: bool = False
) -> "Dataset":
    """The images that the study was made from; FrugalError if the data has changed.

    data: their new location, None for the recorded one. everything: use all training images as the
    train split, as the final runs of a confirmation do, instead of the study's own split. Never
    reads test images.
    """
    # imports torch, which displays of repeats do not need
    from search.data.dataset import all_training_images, load

    read, setup = all_training_images if everything else load, study.setup
    dataset = read(data_place(study, data), setup.train_examples, rules=setup.rules)
    check_same_data(study, dataset)
    return dataset


def data_place(study: Study, data: str | None = None) -> str:
    """The location of the study's images: `data` or the recorded one; FrugalError if missing."""
    from search.data.sources import is_there

    if not data and not is_there(study.setup.data):
        raise FrugalError(
            f"study {study.name} was made from {study.setup.data}, which does not exist: pass "
            "its new location with --data"
        )
    return data or study.setup.data


def check_same_data(study: Study, dataset: "Dataset") -> None:
    """Raise FrugalError if the images differ from those that the study was made from."""
    if dataset.digest != study.setup.digest:
        raise FrugalError(
            f"study {study.name} was made from {study.setup.data} (images "
            f"{study.setup.digest[:8]}), but {dataset.name} now contains other images "
            f"({dataset.digest[:8]}): pass the location of the study's images with --data"
        )
