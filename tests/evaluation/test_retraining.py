"""Repeats trained in a real pool: what is told, kept, dropped and given up."""

from dataclasses import replace

import pytest

from search import Architecture, Block, Candidate, Recipe, Schedule
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
def begun(tmp_path, small_mnist):
    """Makes a training of repeats for a plan, in a pool of two."""
    dataset = tiny.few(small_mnist)
    scored = ScoredOn("validation", len(dataset.validation), len(dataset.train))

    def make(plan, **options):
        pool = InProcessPool(dataset, "cpu", 2)
        return RepeatTraining(pool, plan, RepeatFile(tmp_path / "repeats.jsonl"), scored, **options)

    return make


def test_every_job_is_trained_and_shelved(begun):
    """Each with its own draws; the shelf holds it by the time that its end is told."""
    weights_of = {}
    repeating = begun(FixedPlan(JOBS), keep=lambda job, weights: weights_of.update({job: weights}))
    for event in repeating.events():
        if isinstance(event, RepeatFinished):
            assert event.repeat in repeating.repeat_file.read()
            assert event.job in weights_of  # no repeat is recorded without its weights
    repeats = repeating.repeat_file.of("trial 1", "validation")
    assert [repeat.seed for repeat in repeats] == [100, 101, 102]
    assert len({repeat.loss for repeat in repeats}) == 3
    assert all(len(repeat.accuracy) == EPOCHS for repeat in repeats)
    assert {repeat.images for repeat in repeats} == {tiny.VALIDATION}


def test_the_same_seed_gives_the_same_repeat(begun):
    """Whatever is trained beside it."""
    twins = [
        RepeatJob("a", 0, CANDIDATE, 7),
        RepeatJob("b", 0, CANDIDATE, 7),
        RepeatJob("c", 0, CANDIDATE, 8),
    ]
    repeating = begun(FixedPlan(twins))
    list(repeating.events())
    first, second, other = (repeating.repeat_file.of(key, "validation")[0] for key in "abc")
    assert first.loss == second.loss != other.loss


def test_one_that_diverges_is_shelved_with_its_reason(begun):
    """A failure is a result, and the others go on."""
    repeating = begun(FixedPlan([RepeatJob("wild", 0, DIVERGING, 1), JOBS[0]]))
    list(repeating.events())
    (wild,) = repeating.repeat_file.of("wild", "validation")
    assert "loss became" in wild.failure
    assert repeating.repeat_file.of("trial 1", "validation")


def test_stopped_it_ends_at_the_next_epoch(begun):
    """What was under way is lost, nothing else."""
    repeating = begun(FixedPlan(JOBS))
    events = []
    for event in repeating.events():
        events.append(event)
        repeating.stop = isinstance(event, RepeatEpoch)
    assert isinstance(events[-1], RepeatEpoch)
    assert repeating.repeat_file.read() == ()


class OneIsEnough(FixedPlan):
    """A plan that wants nothing more once a repeat has ended."""

    repeat_file: RepeatFile

    def wanted(self, job: RepeatJob) -> bool:  # noqa: ARG002 (the protocol's)
        """Not after the first."""
        return not self.repeat_file.read()

    def next(self, under_way):
        """None after the first."""
        return None if self.repeat_file.read() else super().next(under_way)


def test_what_no_longer_matters_is_given_up(begun):
    """A repeat under way is dropped as soon as the plan has no use for it."""
    plan = OneIsEnough([JOBS[0], RepeatJob("long", 0, longer(CANDIDATE), 5)])
    repeating = begun(plan)
    plan.repeat_file = repeating.repeat_file
    events = list(repeating.events())
    assert RepeatDropped(RepeatJob("long", 0, longer(CANDIDATE), 5)) in events
    assert [repeat.key for repeat in repeating.repeat_file.read()] == ["trial 1"]


def longer(candidate: Candidate) -> Candidate:
    """The same over more epochs."""
    return replace(candidate, recipe=replace(candidate.recipe, epochs=9))


class Dying(InProcessPool):
    """A pool whose member's process is killed so many times."""

    deaths = 1

    def __iter__(self):
        """Its deaths, then what a pool has to tell."""
        while self.deaths:
            self.deaths -= 1
            yield PoolEvent(min(self._members), Failure("killed", died=True))
        yield from super().__iter__()


@pytest.mark.parametrize("deaths", [1, 2])
def test_a_killed_worker_begins_again_once(begun, deaths):
    """Being killed from outside is no verdict; being killed again and again is told."""
    repeating = begun(FixedPlan(JOBS[:1]))
    repeating.pool.__class__ = Dying
    repeating.pool.deaths = deaths
    if deaths == 2:
        with pytest.raises(FailedError, match="ended 2 times with an error: killed"):
            list(repeating.events())
        return
    events = list(repeating.events())
    assert [type(event) for event in events[:2]] == [RepeatStarted, RepeatStarted]
    assert isinstance(events[-1], RepeatFinished)
