"""Trains repeats in a pool and appends each to a repeat file as it ends. Uses no Optuna itself.

After every repeat, a plan decides what is trained next, so that a race can spend its repeats on the
candidates that are not ranked yet.
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

DEATHS = 2  # times that a repeat's worker process may be killed from outside before we give up


@dataclass(frozen=True)
class RepeatJob:
    """A repeat to be trained; see `Repeat`. name: what displays call it, "" for the key."""

    key: str
    number: int
    candidate: Candidate
    seed: int
    name: str = ""


@dataclass(frozen=True)
class ScoredOn:
    """The split that the repeats of a pool are scored on, and the number of training images."""

    split: SplitName
    images: int
    train_examples: int


@dataclass(frozen=True)
class RepeatStarted:
    """A repeat has started."""

    job: RepeatJob


@dataclass(frozen=True)
class RepeatEpoch:
    """A repeat has finished an epoch. accuracy: of the scored split. seconds: of this epoch."""

    job: RepeatJob
    epoch: int
    accuracy: float
    seconds: float


@dataclass(frozen=True)
class RepeatFinished:
    """A repeat has ended and is in the repeat file."""

    job: RepeatJob
    repeat: Repeat


@dataclass(frozen=True)
class RepeatDropped:
    """A repeat was stopped early because it is no longer needed; it is not recorded."""

    job: RepeatJob


@dataclass(frozen=True)
class RepeatsPlanned:
    """The number of repeats that are still to be trained, known before the first of them starts."""

    total: int


@dataclass(frozen=True)
class FilesSetAside:
    """Files of other studies were moved out of the way. lines: what went where."""

    lines: tuple[str, ...]


RepeatEvent = RepeatStarted | RepeatEpoch | RepeatFinished | RepeatDropped | FilesSetAside


class Plan(Protocol):
    """Decides what to train next as repeats finish."""

    def next(self, under_way: Collection[RepeatJob]) -> RepeatJob | None:
        """The next repeat, None if no more is needed."""

    def wanted(self, job: RepeatJob) -> bool:
        """Whether a repeat in training is still needed."""


class FixedPlan:
    """A fixed list of jobs, in order."""

    def __init__(self, jobs: Sequence[RepeatJob]) -> None:
        self._waiting = list(jobs)

    def next(self, under_way: Collection[RepeatJob]) -> RepeatJob | None:  # noqa: ARG002 (the protocol's)
        """The first job that was not returned yet."""
        return self._waiting.pop(0) if self._waiting else None

    def wanted(self, job: RepeatJob) -> bool:  # noqa: ARG002 (the protocol's)
        """Always."""
        return True


@dataclass
class RepeatTraining:
    """Trains a plan's repeats. `stop` may be set at any time: it ends at the next epoch.

    keep: called with the weights of a repeat before it is recorded, so that none lacks them.
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
        """Yields events until the plan has no more repeats or `stop` is set.

        FailedError where the program fails, or a worker process is killed again and again; the
        repeat is then not recorded.
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
        """Restarts a repeat whose worker was killed; FailedError where that happens again."""
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
            "it is not recorded: correct the cause and run the same command again to resume"
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

    data: their new location. everything: all training images as the train split, as the final
    runs of a confirmation learn from them; else the study's own split. Opens no test image.
    """
    # needs torch, which the displays of repeats do without
    from search.data.dataset import all_training_images, load

    read, setup = all_training_images if everything else load, study.setup
    dataset = read(data_place(study, data), setup.train_examples, rules=setup.rules)
    check_same_data(study, dataset)
    return dataset


def data_place(study: Study, data: str | None = None) -> str:
    """Where the study's images are: data, else the study's own; FrugalError if they have moved."""
    from search.data.sources import is_there

    if not data and not is_there(study.setup.data):
        raise FrugalError(
            f"study {study.name} was made from {study.setup.data}, which is not there: name its "
            "new place with --data"
        )
    return data or study.setup.data


def check_same_data(study: Study, dataset: "Dataset") -> None:
    """FrugalError where the images differ from those that the study was made from."""
    if dataset.digest != study.setup.digest:
        raise FrugalError(
            f"study {study.name} was made from {study.setup.data} (images "
            f"{study.setup.digest[:8]}), {dataset.name} now holds others (images "
            f"{dataset.digest[:8]}): name the study's own with --data"
        )
