"""Repeats trained in a real pool: events, recorded results, dropped repeats and failures."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from search import Architecture, Block, Candidate, Recipe, Schedule
from search.data.dataset import Dataset
from search.errors import FailedError
from search.evaluation.repeats import RepeatFile
from search.evaluation.retraining import (
    FixedPlan,
    RepeatDropped,
    RepeatEpoch,
    RepeatFinished,
    RepeatJob,
    RepeatStarted,
    RepeatTraining,
    ScoredOn,
)
from search.training.engines.in_process import InProcessPool
from search.training.pool import Failure, PoolEvent
from tests.support import tiny

EPOCHS = 2
CANDIDATE = Candidate(
    Architecture((1, 28, 28), 10, (Block(4, 5, pool=4),)),
    Recipe(epochs=EPOCHS, batch=32, schedule=Schedule("constant"), ema=0.0),
)
DIVERGING = Candidate(
    Architecture((1, 28, 28), 10, (Block(4, 5, pool=4, order=("relu", "pool")),)),
    replace(CANDIDATE.recipe, rate=1e30),
)
JOBS = [RepeatJob("trial 1", number, CANDIDATE, 100 + number) for number in range(3)]


@pytest.fixture
def started(tmp_path: Path, small_mnist: Dataset) -> Callable[..., Any]:
    """A function that makes the training of a plan, in a pool of capacity 2."""
    dataset = tiny.few(small_mnist)
    scored = ScoredOn("validation", len(dataset.validation), len(dataset.train))

    def make(plan: "FixedPlan | OneIsEnough", **options: Any) -> RepeatTraining:
        pool = InProcessPool(dataset, "cpu", 2)
        return RepeatTraining(pool, plan, RepeatFile(tmp_path / "repeats.jsonl"), scored, **options)

    return make


def test_every_job_is_trained_and_recorded(started: Callable[..., Any]) -> None:
    """Each job has its own seed and is recorded before its `RepeatFinished` event."""
    weights_of = {}
    repeating = started(
        FixedPlan(JOBS), keep=lambda job, weights: weights_of.update({job: weights})
    )
    for event in repeating.events():
        if isinstance(event, RepeatFinished):
            assert event.repeat in repeating.repeat_file.read()
            assert event.job in weights_of  # no repeat is recorded without its weights
    repeats = repeating.repeat_file.of("trial 1", "validation")
    assert [repeat.seed for repeat in repeats] == [100, 101, 102]
    assert len({repeat.loss for repeat in repeats}) == 3
    assert all(len(repeat.accuracy) == EPOCHS for repeat in repeats)
    assert {repeat.images for repeat in repeats} == {tiny.VALIDATION}


def test_the_same_seed_gives_the_same_repeat(started: Callable[..., Any]) -> None:
    """A repeat depends on its seed, not on the repeats trained at the same time."""
    twins = [
        RepeatJob("a", 0, CANDIDATE, 7),
        RepeatJob("b", 0, CANDIDATE, 7),
        RepeatJob("c", 0, CANDIDATE, 8),
    ]
    repeating = started(FixedPlan(twins))
    list(repeating.events())
    first, second, other = (repeating.repeat_file.of(key, "validation")[0] for key in "abc")
    assert first.loss == second.loss != other.loss


def test_a_diverging_repeat_is_recorded_with_its_reason(started: Callable[..., Any]) -> None:
    """A failed repeat is recorded, and the other repeats continue."""
    repeating = started(FixedPlan([RepeatJob("wild", 0, DIVERGING, 1), JOBS[0]]))
    list(repeating.events())
    (wild,) = repeating.repeat_file.of("wild", "validation")
    assert "loss became" in wild.failure
    assert repeating.repeat_file.of("trial 1", "validation")


def test_stop_ends_the_training_at_the_next_epoch(started: Callable[..., Any]) -> None:
    """After `stop` the training ends with the current epoch; unfinished repeats are lost."""
    repeating = started(FixedPlan(JOBS))
    events = []
    for event in repeating.events():
        events.append(event)
        repeating.stop = isinstance(event, RepeatEpoch)
    assert isinstance(events[-1], RepeatEpoch)
    assert repeating.repeat_file.read() == ()


class OneIsEnough(FixedPlan):
    """A plan that needs no repeat after the first has ended."""

    repeat_file: RepeatFile

    def wanted(self, job: RepeatJob) -> bool:  # noqa: ARG002 (the protocol's)
        """Whether no repeat has ended yet."""
        return not self.repeat_file.read()

    def next(self, under_way: Collection[RepeatJob]) -> RepeatJob | None:
        """The next job, None after the first repeat has ended."""
        return None if self.repeat_file.read() else super().next(under_way)


def test_an_unnecessary_repeat_is_dropped(started: Callable[..., Any]) -> None:
    """A repeat in training is dropped and not recorded once the plan no longer needs it."""
    plan = OneIsEnough([JOBS[0], RepeatJob("long", 0, longer(CANDIDATE), 5)])
    repeating = started(plan)
    plan.repeat_file = repeating.repeat_file
    events = list(repeating.events())
    assert RepeatDropped(RepeatJob("long", 0, longer(CANDIDATE), 5)) in events
    assert [repeat.key for repeat in repeating.repeat_file.read()] == ["trial 1"]


def longer(candidate: Candidate) -> Candidate:
    """The same candidate with more epochs."""
    return replace(candidate, recipe=replace(candidate.recipe, epochs=9))


class Dying(InProcessPool):
    """A pool that reports `deaths` killed worker processes before its own events."""

    deaths = 1

    def __iter__(self) -> Iterator[PoolEvent]:
        """Yield the deaths, then the events of the pool."""
        while self.deaths:
            self.deaths -= 1
            yield PoolEvent(min(self._members), Failure("killed", died=True))
        yield from super().__iter__()


@pytest.mark.parametrize("deaths", [1, 2])
def test_a_repeat_is_restarted_once_after_its_worker_was_killed(
    started: Callable[..., Any], deaths: int
) -> None:
    """The first kill of a worker restarts its repeat, the second one is an error."""
    repeating = started(FixedPlan(JOBS[:1]))
    repeating.pool.__class__ = Dying
    repeating.pool.deaths = deaths
    if deaths == 2:
        with pytest.raises(FailedError, match="ended 2 times with an error: killed"):
            list(repeating.events())
        return
    events = list(repeating.events())
    assert [type(event) for event in events[:2]] == [RepeatStarted, RepeatStarted]
    assert isinstance(events[-1], RepeatFinished)
