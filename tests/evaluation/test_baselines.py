"""Training of a published network: recorded repeats, ledger entries, interruption and errors."""

import signal
from dataclasses import replace
from pathlib import Path

import pytest

from search.candidates.architecture import Architecture
from search.candidates.baselines import Baseline, find_baseline, lowest_of_window
from search.candidates.blocks import Block
from search.candidates.candidate import Candidate
from search.candidates.recipe import Recipe, Schedule
from search.data.dataset import Dataset
from search.data.test_ledger import LEDGER, read_openings
from search.errors import FrugalError
from search.evaluation.baselines import BaselineTraining
from search.evaluation.repeats import RepeatFile
from search.evaluation.results import BASELINE_REPEATS_FILE, measured_repeats
from search.evaluation.retraining import RepeatEpoch, RepeatEvent, RepeatFinished, RepeatStarted
from search.seeds import derive
from search.training.engines.in_process import InProcessPool
from search.training.interrupts import Stopping
from tests.support import digits_folder as digits

SMALL = Architecture((1, 28, 28), 10, (Block(4, 5, pool=4), Block(12, 3)))
EPOCHS = 2
SHORT = replace(
    find_baseline("ev8-5"),
    parameters=SMALL.parameters,
    candidate=Candidate(SMALL, Recipe(EPOCHS, 32, schedule=Schedule("constant"), ema=0.0)),
)


@pytest.fixture(scope="module")
def images(small_mnist: Dataset, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A folder of real digits, 600 to train and 200 to test."""
    return str(digits.folder(tmp_path_factory.mktemp("digits"), small_mnist))


def training(
    studies: Path, images: str, seeds: int = 2, baseline: Baseline = SHORT
) -> BaselineTraining:
    """The training of a tiny network under the name of a published one."""
    return BaselineTraining(baseline, studies, seeds, images)


def here(dataset: Dataset) -> InProcessPool:
    """A pool in this process, which needs no start of a worker."""
    return InProcessPool(dataset, "cpu", 1)


def test_repeats_are_recorded_and_logged_in_the_ledger(tmp_path: Path, images: str) -> None:
    """Every repeat is recorded with its own seed; the ledger has one entry for all of them.

    A second call trains nothing and adds no entry; a call for one more repeat trains only that one.
    """
    events = list(training(tmp_path, images).events(here))
    repeats = RepeatFile(tmp_path / BASELINE_REPEATS_FILE).of("ev8-5", "test")
    assert [repeat.number for repeat in repeats] == [0, 1]
    assert [repeat.seed for repeat in repeats] == [derive(n, "baseline", "ev8-5") for n in (0, 1)]
    assert {(len(r.accuracy), r.images, r.train_examples, r.failure) for r in repeats} == {
        (EPOCHS, digits.TEST, digits.TRAIN, "")
    }
    assert [kind for kind in map(type, events) if kind is not RepeatEpoch] == [
        RepeatStarted,
        RepeatFinished,
    ] * 2
    (opening,) = read_openings(tmp_path / LEDGER)
    assert (opening.candidate, opening.data) == ("ev8-5", images)
    assert opening.reason.startswith("baselines: 2 repeats")
    assert measured_repeats(tmp_path)["ev8-5"][:2] == repeats

    assert list(training(tmp_path, images).events(here)) == []
    assert len(read_openings(tmp_path / LEDGER)) == 1

    third = training(tmp_path, images, seeds=3).events(here)
    assert [event.job.number for event in third if isinstance(event, RepeatFinished)] == [2]
    assert len(training(tmp_path, images).repeats()) == 2


def test_an_interrupted_training_resumes(tmp_path: Path, images: str) -> None:
    """Finished repeats are kept, and the result equals that of an uninterrupted training."""
    first = training(tmp_path, images)
    for event in first.events(here):
        first.stop = isinstance(event, RepeatFinished)
    assert [repeat.number for repeat in first.repeats()] == [0]
    second = training(tmp_path, images)
    assert [job.number for job in second.missing()] == [1]
    list(second.events(here))
    whole = training(tmp_path / "other", images)
    list(whole.events(here))
    assert [r.accuracy for r in second.repeats()] == [r.accuracy for r in whole.repeats()]
    assert all(0 < lowest_of_window(repeat.accuracy) < 1 for repeat in whole.repeats())


def test_ctrl_c_ends_at_the_next_epoch(tmp_path: Path, images: str) -> None:
    """Ctrl-C is reported as an event, and `train` returns that repeats are missing."""
    events = []

    def interrupt(event: RepeatEvent | Stopping) -> None:
        events.append(type(event))
        if isinstance(event, RepeatStarted):
            signal.raise_signal(signal.SIGINT)

    first = training(tmp_path, images, seeds=1)
    assert not first.train("cpu", 1, interrupt)
    assert events == [RepeatStarted, Stopping, RepeatEpoch]
    assert first.repeats() == ()


def test_a_second_training_is_refused_during_the_first(tmp_path: Path, images: str) -> None:
    """Two trainings cannot write the same repeat file at once; after the first the second can."""
    for event in training(tmp_path, images, seeds=1).events(here):
        if isinstance(event, RepeatStarted):
            with pytest.raises(FrugalError, match=r"trained in .* already"):
                list(training(tmp_path, images).events(here))
    assert list(training(tmp_path, images, seeds=1).events(here)) == []


def test_a_failed_repeat_is_recorded(tmp_path: Path, images: str) -> None:
    """A repeat that diverges is recorded with its reason and not trained again."""
    assert SHORT.candidate is not None
    wild = replace(SHORT, candidate=replace(SHORT.candidate, recipe=Recipe(1, 32, rate=1e20)))
    list(training(tmp_path, images, 1, wild).events(here))
    assert "loss became" in training(tmp_path, images, 1, wild).repeats()[0].failure
    assert training(tmp_path, images, 1, wild).missing() == ()


def test_invalid_requests_are_refused(tmp_path: Path, images: str) -> None:
    """An unpublished network, 0 repeats, 0 workers and an unwritable folder are errors."""
    with pytest.raises(FrugalError, match=r"session-5-1 cannot be trained.*published"):
        BaselineTraining(find_baseline("session-5-1"), tmp_path)
    with pytest.raises(FrugalError, match="--seeds 0: must be at least 1"):
        training(tmp_path, images, 0)
    with pytest.raises(FrugalError, match="--workers 0"):
        training(tmp_path, images).train("cpu", 0)
    (tmp_path / "file").touch()
    with pytest.raises(FrugalError, match=r"cannot write .*file.*--studies"):
        list(training(tmp_path / "file", images).events(here))
    assert not (tmp_path / LEDGER).exists()
