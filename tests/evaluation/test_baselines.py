"""A published network trained again: what is shelved, what is written to the ledger, what ends."""

import signal
from dataclasses import replace

import pytest

from search.candidates.architecture import Architecture, Block
from search.candidates.baselines import find_baseline, lowest_of_window
from search.candidates.candidate import Candidate
from search.candidates.recipe import Recipe, Schedule
from search.data.test_ledger import LEDGER, read_openings
from search.errors import FrugalError
from search.evaluation.baselines import BaselineTraining
from search.evaluation.repeats import RepeatFile
from search.evaluation.results import BASELINE_REPEATS_FILE, measured_repeats
from search.evaluation.retraining import RepeatEpoch, RepeatFinished, RepeatStarted
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
def images(small_mnist, tmp_path_factory):
    """A folder of real digits, 600 to train and 200 to test."""
    return str(digits.folder(tmp_path_factory.mktemp("digits"), small_mnist))


def training(studies, images, seeds=2, baseline=SHORT):
    """Of a tiny network under the name of a published one."""
    return BaselineTraining(baseline, studies, seeds, images)


def here(dataset):
    """A pool in this process: it costs no start."""
    return InProcessPool(dataset, "cpu", 1)


def test_trains_shelves_and_tells_the_ledger(tmp_path, images):
    """Every repeat is kept with its own draws; the test images are opened once, and that is told.

    Asked again, nothing is trained and nothing opened; one repeat more trains that one alone.
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


def test_goes_on_where_it_was_ended(tmp_path, images):
    """What was finished stays, and the same again gives what it would have given at once."""
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


def test_ctrl_c_ends_at_the_next_epoch(tmp_path, images):
    """The command's way, in processes of its own: it is told, and says that some are missing."""
    events = []

    def interrupt(event):
        events.append(type(event))
        if isinstance(event, RepeatStarted):
            signal.raise_signal(signal.SIGINT)

    first = training(tmp_path, images, seeds=1)
    assert not first.train("cpu", 1, interrupt)
    assert events == [RepeatStarted, Stopping, RepeatEpoch]
    assert first.repeats() == ()


def test_two_at_a_time_are_told_apart(tmp_path, images):
    """While one trains, another that would write the same shelf is sent away; then it may."""
    for event in training(tmp_path, images, seeds=1).events(here):
        if isinstance(event, RepeatStarted):
            with pytest.raises(FrugalError, match=r"trained in .* already"):
                list(training(tmp_path, images).events(here))
    assert list(training(tmp_path, images, seeds=1).events(here)) == []


def test_a_failed_repeat_is_kept_as_such(tmp_path, images):
    """A recipe that diverges is told, not trained again and again."""
    wild = replace(SHORT, candidate=replace(SHORT.candidate, recipe=Recipe(1, 32, rate=1e20)))
    list(training(tmp_path, images, 1, wild).events(here))
    assert "loss became" in training(tmp_path, images, 1, wild).repeats()[0].failure
    assert training(tmp_path, images, 1, wild).missing() == ()


def test_what_cannot_be_trained_is_said(tmp_path, images):
    """Nothing published to train, no repeats, no workers, nowhere to write: one line each."""
    with pytest.raises(FrugalError, match=r"session-5-1 cannot be trained.*published"):
        BaselineTraining(find_baseline("session-5-1"), tmp_path)
    with pytest.raises(FrugalError, match="--seeds 0: at least 1"):
        training(tmp_path, images, 0)
    with pytest.raises(FrugalError, match="--workers 0"):
        training(tmp_path, images).train("cpu", 0)
    (tmp_path / "file").touch()
    with pytest.raises(FrugalError, match=r"cannot write .*file.*--studies"):
        list(training(tmp_path / "file", images).events(here))
    assert not (tmp_path / LEDGER).exists()
