from collections import Counter
from collections.abc import Generator, Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
import torch

from search.data.dataset import Dataset
from search.errors import FailedError, FrugalError, TrainingError
from search.loop.events import Advanced, Ended, Finished, Opened, Rejected, RunEvent, Started
from search.loop.run import CURVES, Run
from search.loop.samplers import NAMES, STARTUP
from search.seeds import derive
from search.study.records import COUNTED, Record
from search.study.study import Study
from search.training.engines import in_process
from search.training.engines.in_process import InProcessPool
from search.training.pool import EpochResult, Failure, Pool, PoolEvent
from search.training.pool import PoolEvent as Trained
from search.training.trainer import DeviceData, train
from tests.support import tiny

WANTED = 14  # candidates: a model proposes the last ones


@pytest.fixture(scope="session")
def images(small_mnist: Dataset) -> Dataset:
    """A few hundred real images."""
    return tiny.few(small_mnist)


@pytest.fixture(scope="session")
def file(images: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same images in a file, for other processes."""
    path = tmp_path_factory.mktemp("images") / "images.pt"
    torch.save(images, path)
    return path


@pytest.fixture(scope="session")
def undisturbed(images: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Study:
    """A study without interruption."""
    return tiny.search(tmp_path_factory.mktemp("undisturbed"), images, WANTED)


def trained(study: Study) -> list[Record]:
    """The records that count."""
    return [record for record in study.records() if record.outcome in COUNTED]


def retrained(study: Study, record: Record, images: Dataset) -> tuple[float, ...]:
    """The accuracies of the record's candidate and seed when trained alone."""
    seed = derive(study.setup.seed, record.origin)
    assert record.candidate is not None
    results = train(record.candidate, seed, DeviceData(images, torch.device("cpu")))
    return tuple(result.validation_accuracy for result in results)


# what a run does
def test_wanted_counts_trained_candidates(undisturbed: Study) -> None:
    """Proposals over the budget are recorded too and do not count."""
    counts = Counter(tiny.outcomes(undisturbed))
    assert counts.pop("trained") == WANTED
    assert set(counts) == {"over budget"}


def test_a_finished_study_is_not_changed(undisturbed: Study, images: Dataset) -> None:
    """The same call again trains and proposes nothing and reports that it is complete."""
    before, events = undisturbed.records(), []
    root = undisturbed.folder.parent
    tiny.search(root, images, WANTED, show=lambda event, _: events.append(event))
    tiny.search(root, images, WANTED - 3)
    assert [type(event) for event in events] == [Opened, Ended]
    assert isinstance(events[-1], Ended)
    assert events[-1].ending == "complete"
    assert undisturbed.records() == before


def test_every_trial_has_all_attributes(undisturbed: Study) -> None:
    """Everything is a plain user attribute, for pandas, a dashboard and other users."""
    proposed = {"architecture", "recipe", "label", "parameters", "macs", "origin", "outcome"}
    measured = {"seconds", "device", "versions", "runner"}
    for trial in undisturbed.optuna.trials:
        known = trial.user_attrs
        if known["outcome"] == "trained":
            assert set(known) == proposed | measured | set(CURVES)
            assert all(len(known[curve]) == 2 for curve in CURVES)
            assert known["validation_accuracy"] == list(trial.intermediate_values.values())
        else:
            assert set(known) == proposed | {"runner", "reason"}


def test_a_rejection_has_the_excess(undisturbed: Study) -> None:
    """The reason has the count and the excess; no network was built."""
    over = [record for record in undisturbed.records() if record.outcome == "over budget"]
    for record in over:
        excess = record.parameters - 1_200
        assert record.reason == (
            f"{record.parameters:,} parameters, {excess:,} over the 1,200 allowed"
        )
        assert record.epochs == 0


def test_a_score_depends_on_candidate_and_seed_alone(undisturbed: Study, images: Dataset) -> None:
    """Trained again outside the study, the best candidate has the same accuracies."""
    best = undisturbed.best()
    assert retrained(undisturbed, best, images) == best.validation_accuracy
    assert best.consistency == min(best.validation_accuracy)


def test_the_events_are_in_order(tmp_path: Path, images: Dataset) -> None:
    """The order is: opened; then started, advanced and finished, or rejected; then ended."""
    events = []
    tiny.search(tmp_path, images, 3, show=lambda event, _: events.append(event))
    kinds = [type(event) for event in events if not isinstance(event, Rejected)]
    assert kinds == [Opened, *[Started, Advanced, Advanced, Finished] * 3, Ended]
    assert [event.trained for event in events if isinstance(event, Finished)] == [1, 2, 3]
    assert isinstance(events[-1], Ended)
    assert (events[-1].ending, events[-1].trained) == ("complete", 3)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_resuming_changes_nothing(tmp_path: Path, images: Dataset, name: str) -> None:
    """With every sampler, two runs propose and score like one run with all candidates."""
    roomy = tmp_path / "roomy.py"  # GP does not learn the budget and would propose for minutes
    roomy.write_text(tiny.OBJECTIVE.read_text().replace("1_200", "9_000"))
    options: dict[str, Any] = {
        "sampler": name,
        "objective": roomy if name == "gp" else tiny.OBJECTIVE,
    }
    first = STARTUP + 1
    whole = tiny.search(tmp_path / "whole", images, first + 2, **options)
    tiny.search(tmp_path / "parts", images, first, **options)
    parts = tiny.search(tmp_path / "parts", images, first + 2, **options)
    assert tiny.course(parts) == tiny.course(whole)


def test_resuming_changes_nothing_for_the_shipped_sampler(
    tmp_path: Path, images: Dataset, undisturbed: Study
) -> None:
    """Start-up and TPE's proposals are the same after a resume."""
    tiny.search(tmp_path, images, STARTUP + 1)
    study = tiny.search(tmp_path, images, WANTED)
    assert tiny.course(study) == tiny.course(undisturbed)


def test_pruning_stops_and_counts(tmp_path: Path, images: Dataset) -> None:
    """A candidate that cannot be among the best is stopped, counts, and keeps its curve."""
    every = tmp_path / "every.py"  # one bad epoch decides: the bound stops many
    text = tiny.OBJECTIVE.read_text()
    every.write_text(text.replace("epochs=2", "epochs=3").replace("WINDOW = 2", "WINDOW = 3"))
    study = tiny.search(tmp_path, images, 18, objective=every, prune=True)
    counts = Counter(record.outcome for record in trained(study))
    assert counts.total() == 18
    assert counts["stopped early"] >= 1
    for record in trained(study):
        if record.outcome == "stopped early":
            assert 1 <= record.epochs < 3
            assert record.reason
            assert record.consistency is None


def test_an_objective_that_is_not_monotone(tmp_path: Path, images: Dataset) -> None:
    """For the spread of the last two epochs, the bound is not used and scores are correct."""
    objective = tmp_path / "spread.py"
    objective.write_text(
        tiny.OBJECTIVE.read_text()
        .replace("min(accuracies[-WINDOW:])", "-abs(accuracies[-1] - accuracies[-2])")
        .replace("WINDOW = 2", "WINDOW = 2\nMONOTONE = False")
    )
    study = tiny.search(tmp_path, images, 7, objective=objective, prune=True)
    assert tiny.outcomes(study).count("trained") == 7
    for record in study.ranking():
        first, last = record.validation_accuracy
        assert record.consistency == -abs(last - first)


def test_another_window(tmp_path: Path, images: Dataset) -> None:
    """The score uses the given window."""
    one = tmp_path / "one.py"
    one.write_text(tiny.OBJECTIVE.read_text().replace("WINDOW = 2", "WINDOW = 1"))
    study = tiny.search(tmp_path, images, 3, objective=one)
    for record in study.ranking():
        assert record.consistency == record.validation_accuracy[-1]


def test_weights_are_those_that_were_scored(undisturbed: Study, images: Dataset) -> None:
    """The stored weights of each of the best reproduce its last validation accuracy."""
    from search.training.network import build_network

    data = DeviceData(images, torch.device("cpu"))
    for record in undisturbed.ranking()[:5]:
        assert record.candidate is not None
        network = build_network(record.candidate.architecture).eval()
        arrays = undisturbed.weights(record.number)
        network.load_state_dict(
            {name: torch.from_numpy(array) for name, array in arrays.items()}, strict=False
        )
        with torch.inference_mode():
            guesses = network(data.validation_images).argmax(1)
        share = (guesses == data.validation_labels).double().mean().item()
        assert share == record.validation_accuracy[-1]
    assert len(tiny.names(undisturbed.folder / "weights")) == 5


def test_a_study_in_a_database(tmp_path: Path, images: Dataset) -> None:
    """Proposals and scores equal those with a journal, also after a resume."""
    url = f"sqlite:///{tmp_path}/study.db"
    tiny.search(tmp_path, images, 2, storage=url, sampler="random")
    database = tiny.search(tmp_path, images, 4, storage=url, sampler="random")
    journal = tiny.search(tmp_path / "journal", images, 4, sampler="random")
    assert tiny.course(database) == tiny.course(journal)


# what ends a run
NARROW = """
from search import Architecture, Block, Candidate, Head, Recipe

def sample(trial, task):
    width = trial.suggest_int("width", 2, 3)
    blocks = (Block(width, 5, pool=4),)
    return Candidate(Architecture(task.image, task.classes, blocks), Recipe(epochs=2, ema=0.0))
"""


def space(folder: Path, text: str = NARROW) -> Path:
    """A space file."""
    folder.mkdir(exist_ok=True)
    (folder / "mine.py").write_text(text)
    return folder / "mine.py"


def test_a_candidate_is_trained_once(
    tmp_path: Path, images: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A space of two candidates gives two trials; then the run reports that it is exhausted."""
    monkeypatch.setattr("search.loop.admission.REJECTED", 20)
    with pytest.raises(FrugalError, match=r"20 proposals in a row were .* \(20 duplicates\): "):
        tiny.search(tmp_path, images, 3, space=space(tmp_path), sampler="random")
    study, *_ = tiny.opened(tmp_path, images, space=space(tmp_path))
    assert tiny.outcomes(study).count("trained") == 2
    assert tiny.outcomes(study)[-20:] == ["duplicate"] * 20
    twin = next(record for record in study.records() if record.outcome == "duplicate")
    assert twin.reason.startswith("identical to trial ")


@pytest.mark.parametrize(
    "change, reported",
    [
        (("1_200", "60"), r"60 parameters.* has 74 parameters; .*higher --max-params"),
        (("1_200", "1_200, macs=10"), r"10 MACs has 28,8.. macs; .*larger budget"),
        (("epochs=2", "epochs=1"), r"1 epochs has 2 epochs; .*higher --max-epochs"),
    ],
)
def test_a_budget_that_no_proposal_meets(
    tmp_path: Path,
    images: Dataset,
    monkeypatch: pytest.MonkeyPatch,
    change: tuple[str, str],
    reported: str,
) -> None:
    """After a limited number of proposals the run ends and reports the smallest value."""
    monkeypatch.setattr("search.loop.admission.REJECTED", 20)
    tight = tmp_path / "tight.py"
    text = tiny.OBJECTIVE.read_text().replace(*change)
    tight.write_text(text.replace("WINDOW = 2", "WINDOW = 1"))
    with pytest.raises(FrugalError, match=reported):
        tiny.search(tmp_path, images, 1, space=space(tmp_path), objective=tight)
    study, *_ = tiny.opened(tmp_path, images, space=space(tmp_path), objective=tight)
    assert tiny.outcomes(study) == ["over budget"] * 20


def test_a_space_that_raises_now_and_then(tmp_path: Path, images: Dataset) -> None:
    """The error has line and message, records remain, and the next run continues after it."""
    raising = space(
        tmp_path,
        tiny.SPACE.read_text().replace(
            "    head = ", "    if trial.number == 2:\n        raise ValueError('two')\n    head = "
        ),
    )
    with pytest.raises(FrugalError, match=r"mine.py, line 14: ValueError: two"):
        tiny.search(tmp_path, images, 5, space=raising)
    study, *_ = tiny.opened(tmp_path, images, space=raising)
    assert tiny.outcomes(study) == ["trained", "trained", "interrupted"]
    assert study.records()[2].reason.endswith("ValueError: two")
    study = tiny.search(tmp_path, images, 5, space=raising)
    assert tiny.outcomes(study).count("trained") == 5
    assert tiny.outcomes(study).count("interrupted") == 1


def test_an_objective_that_raises_in_the_middle(tmp_path: Path, images: Dataset) -> None:
    """The error has line and message; the trial has the outcome error and does not count."""
    objective = tmp_path / "late.py"
    objective.write_text(
        tiny.OBJECTIVE.read_text().replace("min(", "1 / (accuracies[0] == 0.5) * min(")
    )
    with pytest.raises(FrugalError, match=r"late.py, line 13: ZeroDivisionError"):
        tiny.search(tmp_path, images, 2, objective=objective, capacity=2)
    study, *_ = tiny.opened(tmp_path, images, objective=objective)
    assert sorted(tiny.outcomes(study)) == ["error", "interrupted"]
    assert "line 13" in next(r.reason for r in study.records() if r.outcome == "error")


def test_a_stopped_run_is_resumed(tmp_path: Path, images: Dataset, undisturbed: Study) -> None:
    """Interrupted candidates are resumed with the same random draws; the study is the same."""

    def stop(event: Any, run: Run) -> None:
        run.stop = run.stop or (isinstance(event, Advanced) and event.number == 3)

    ends = []
    study = tiny.search(tmp_path, images, WANTED, show=stop)
    assert tiny.outcomes(study)[-1] == "interrupted"
    assert study.records()[-1].epochs == 1
    tiny.search(tmp_path, images, WANTED, show=lambda event, _: ends.append(event))
    assert isinstance(ends[-1], Ended)
    assert ends[-1].ending == "complete"
    assert tiny.course(study) == tiny.course(undisturbed)


def test_an_abandoned_run_leaves_nothing_running(tmp_path: Path, images: Dataset) -> None:
    """Closing the generator early, as by a break in a loop, ends all trials."""
    study, space, objective = tiny.opened(tmp_path, images)
    with InProcessPool(images, capacity=2) as pool:
        events = Run(study, space, objective, pool, 5).events()
        assert isinstance(events, Generator)
        assert any(isinstance(event, Advanced) for event in events)
        events.close()
    assert tiny.outcomes(study) == ["interrupted", "interrupted"]
    assert tiny.names(study.folder / "running") == []


def test_a_time_limit(tmp_path: Path, images: Dataset) -> None:
    """Candidates in training at the limit are finished."""
    study, space, objective = tiny.opened(tmp_path, images)
    times = iter(range(1_000))
    with InProcessPool(images) as pool:
        run = Run(study, space, objective, pool, 99, timeout=4.5, clock=lambda: next(times))
        *_, ended = run.events()
    assert isinstance(ended, Ended)
    assert ended.ending == "timeout"
    assert tiny.outcomes(study).count("trained") == ended.trained >= 1
    assert set(tiny.outcomes(study)) <= {"trained", "over budget"}


def test_a_storage_that_fails_in_the_middle(tmp_path: Path, images: Dataset) -> None:
    """The error is one line; the next run finds everything except the trial in training."""

    def break_off(event: RunEvent, _: Run) -> None:
        if isinstance(event, Started) and event.number == 2:
            (tmp_path / "tiny" / "journal.log").rename(tmp_path / "journal.log")
            (tmp_path / "tiny" / "journal.log").mkdir()

    with pytest.raises(FrugalError, match="the storage failed"):
        tiny.search(tmp_path, images, 5, show=break_off)
    (tmp_path / "tiny" / "journal.log").rmdir()
    (tmp_path / "journal.log").rename(tmp_path / "tiny" / "journal.log")
    study = tiny.search(tmp_path, images, 3)
    assert tiny.outcomes(study)[:3] == ["trained", "trained", "interrupted"]
    assert len(trained(study)) == 3


ERRORS = {  # errors by letter; A and B differ only in numbers
    "A": RuntimeError("expected 3 channels at 0x7f01"),
    "B": RuntimeError("expected 4 channels at 0x8e02"),
    "C": ValueError("expected 3 channels at 0x7f01"),
    "D": TrainingError("out of memory on cpu"),
}


class Dying:
    """A pool with a given fate per member, one letter each; the rest train for one epoch."""

    capacity, device, note = 1, "cpu", ""

    def __init__(self, fates: str) -> None:
        self._fates, self._member = iter(fates), 0

    def admit(self, *_: Any, **__: Any) -> int:
        """Add a member."""
        self._member += 1
        return self._member

    def drop(self, member: int) -> None:
        """Forget a member that ended."""

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def __iter__(self) -> Iterator[PoolEvent]:
        for fate in self._fates:
            if fate == "d":
                yield Trained(self._member, Failure("exit code -9", died=True))
            elif fate in ERRORS:
                yield Trained(self._member, Failure.of(ERRORS[fate]))
            elif fate == "n":
                yield Trained(self._member, Failure("the loss became nan in epoch 1"))
            else:
                weights = {"w": torch.zeros(1).numpy()} if fate == "e" else None
                yield Trained(
                    self._member,
                    EpochResult(
                        1,
                        training_accuracy=0.1,
                        training_loss=1.0,
                        validation_accuracy=0.1,
                        validation_loss=1.0,
                        seconds=0.1,
                        weights=weights,
                    ),
                )


def errors(study: Study) -> list[str]:
    """The reasons of the trials with the outcome error."""
    return [record.reason for record in study.records() if record.outcome == "error"]


@pytest.mark.parametrize("fates", ["AAA", "ABA", "nAAA", "ACAAA", "AnAAA"])
def test_the_same_error_three_times_in_a_row_ends_a_run(
    tmp_path: Path, images: Dataset, fates: str
) -> None:
    """The error has the cause; numbers and addresses are ignored; no trial counts."""
    study, space, objective = tiny.opened(tmp_path, images)
    run = Run(study, space, objective, Dying(fates + "nnnn"), 9)
    message = r"runs in a row ended with an error, the last one with RuntimeError: expected \d ch"
    with pytest.raises(FailedError, match=message) as caught:
        list(run.events())
    assert caught.value.exit_code == 1
    assert "\n" not in str(caught.value)
    assert len(errors(study)) == sum(fate in ERRORS for fate in fates)
    assert len(trained(study)) == fates.count("n")


def test_errors_that_differ_end_a_run_later(tmp_path: Path, images: Dataset) -> None:
    """Ten different errors in a row end a run too."""
    study, space, objective = tiny.opened(tmp_path, images)
    with pytest.raises(FailedError, match="10 training runs in a row"):
        list(Run(study, space, objective, Dying("AC" * 20), 9).events())
    assert len(errors(study)) == 10


def test_single_errors_do_not_count_and_do_not_end_a_run(tmp_path: Path, images: Dataset) -> None:
    """The run trains the wanted number of candidates, and a new run continues after the errors."""
    study, space, objective = tiny.opened(tmp_path, images)
    events = list(Run(study, space, objective, Dying("AAnDDnAAn"), 3).events())
    assert isinstance(events[-1], Ended)
    assert (events[-1].ending, events[-1].trained) == ("complete", 3)
    assert tiny.outcomes(study).count("error") == 6
    assert errors(study)[2] == "out of memory on cpu"
    list(Run(study, space, objective, Dying("n"), 4).events())
    assert len(trained(study)) == 4


def test_what_training_raises_is_an_error_of_its_member(
    tmp_path: Path, images: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Unexpected errors in training keep type and message."""

    def raising(*_: Any) -> Iterator[None]:
        yield from ()  # a generator, as the trainer is
        raise RuntimeError("expected input in one piece of memory")

    message = "RuntimeError: expected input in one piece of memory"
    study, space, objective = tiny.opened(tmp_path, images)
    monkeypatch.setattr(in_process, "train", raising)
    with (
        InProcessPool(images, "cpu", 1) as pool,
        pytest.raises(FailedError, match=message),
    ):
        list(Run(study, space, objective, pool, 2).events())
    assert errors(study) == [message] * 3


def test_a_loss_that_is_no_number_has_failed(tmp_path: Path, images: Dataset) -> None:
    """The trial has a reason, counts as trained and is not tried again."""
    study, space, objective = tiny.opened(tmp_path, images)
    list(Run(study, space, objective, Dying("1n1n"), 2).events())
    first, second = trained(study)
    assert first.outcome == second.outcome == "failed"
    assert first.reason == "the loss became nan in epoch 1"
    assert first.epochs == 1
    assert first.candidate != second.candidate


def test_a_candidate_of_a_killed_worker_is_retried_once(tmp_path: Path, images: Dataset) -> None:
    """The candidate is retried once with the same random draws; a second kill is an error."""
    study, space, objective = tiny.opened(tmp_path, images)
    list(Run(study, space, objective, Dying("d1d1n"), 1).events())
    assert tiny.outcomes(study) == ["interrupted", "error", "failed"]
    assert [record.origin for record in study.records()] == [0, 0, 1]
    assert study.records()[0].candidate == study.records()[1].candidate


# kill -9, and two runs in parallel
SEEDS = [pytest.param(seed, marks=pytest.mark.slow) for seed in range(12)]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_killed_study_has_the_same_result(
    tmp_path: Path, images: Dataset, file: Path, undisturbed: Study, seed: int
) -> None:
    """Two kills, one with an incomplete line written, do not change the study."""
    random = Random(seed)
    journal = tmp_path / "tiny" / "journal.log"
    for _ in range(2):
        process = tiny.started(tmp_path, file, WANTED)
        tiny.kill_after(process, journal, random.randint(1, 150))
    with journal.open("ab") as tail:
        tail.write(b'{"op_code":8,"worker_id":"x","tri')
    study = tiny.search(tmp_path, images, WANTED)
    assert tiny.course(study) == tiny.course(undisturbed)
    assert tiny.outcomes(study).count("interrupted") <= 2
    assert not {"running", "waiting"} & set(tiny.outcomes(study))


def shared(study: Study, wanted: int) -> None:
    """Check what must be true of a study that several runs shared."""
    done = trained(study)
    assert len(done) == wanted
    assert len({record.candidate for record in done}) == wanted
    assert len({record.origin for record in done}) == wanted
    assert not {"running", "waiting"} & set(tiny.outcomes(study))


def test_two_runs_share_a_study(tmp_path: Path, images: Dataset, file: Path) -> None:
    """The wanted number is that of the study, and nothing is trained twice."""
    runs = [tiny.started(tmp_path, file, 8) for _ in range(2)]
    for run in runs:
        run.join(tiny.PATIENCE)
    assert [run.exitcode for run in runs] == [0, 0]
    study, *_ = tiny.opened(tmp_path, images)
    shared(study, 8)


@pytest.mark.parametrize("capacity", [1, 2])
def test_a_run_resumes_trials_of_a_killed_one(
    tmp_path: Path, images: Dataset, file: Path, capacity: int
) -> None:
    """Both runs train when one is killed, with one and with two candidates each."""
    journal = tmp_path / "tiny" / "journal.log"
    runs = [tiny.started(tmp_path, file, 10, capacity=capacity) for _ in range(2)]
    tiny.until(lambda: tiny.lines(journal) > 80)
    tiny.kill(runs[0])
    runs[1].join(tiny.PATIENCE)
    study = tiny.search(tmp_path, images, 10)
    shared(study, 10)
    for record in trained(study)[-2:]:
        assert retrained(study, record, images) == record.validation_accuracy


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_two_runs_on_a_database(tmp_path: Path, images: Dataset, file: Path, seed: int) -> None:
    """The same holds in SQLite, with one run killed at an arbitrary moment."""
    url = f"sqlite:///{tmp_path}/study.db"
    runs = [tiny.started(tmp_path, file, 14, storage=url) for _ in range(2)]
    runs[0].join(Random(seed).uniform(0.2, 2))
    tiny.kill(runs[0])
    runs[1].join(tiny.PATIENCE)
    shared(tiny.search(tmp_path, images, 14, storage=url), 14)


# rejections by the space itself
SHRINKING = """
import optuna
from search import Architecture, Block
from tests.support.tiny import space

def sample(trial, task):
    candidate = space.sample(trial, task)
    if trial.params["first"] > {least}:
        {rejection}
    return candidate
"""
REJECTIONS = {
    "rejected by the space": "raise optuna.TrialPruned('too wide')",
    "impossible": "Architecture((1, 8, 8), 10, (Block(4, 9),)).parameters",
}


@pytest.mark.parametrize("outcome", REJECTIONS)
def test_a_rejection_by_the_space_is_recorded_and_does_not_count(
    tmp_path: Path, images: Dataset, outcome: str
) -> None:
    """The run trains the wanted number of candidates, and a resumed study proposes the same."""
    path = tmp_path / "mine.py"
    path.write_text(SHRINKING.format(least=4, rejection=REJECTIONS[outcome]))
    whole = tiny.search(tmp_path / "whole", images, 8, space=path)
    rejected = [record for record in whole.records() if record.outcome == outcome]
    assert rejected
    assert all(record.candidate is None and record.reason for record in rejected)
    assert len(trained(whole)) == 8
    for wanted in (2, 8):
        parts = tiny.search(tmp_path / "parts", images, wanted, space=path)
    assert tiny.course(parts) == tiny.course(whole)


@pytest.mark.parametrize("outcome", REJECTIONS)
def test_a_space_that_rejects_everything_ends_the_run(
    tmp_path: Path, images: Dataset, outcome: str
) -> None:
    """The error after many rejections contains the most common reason."""
    path = tmp_path / "mine.py"
    path.write_text(SHRINKING.format(least=0, rejection=REJECTIONS[outcome]))
    message = rf"500 proposals in a row were rejected \(500 {outcome}\): the most common reason"
    with pytest.raises(FrugalError, match=message):
        tiny.search(tmp_path, images, 1, space=path, sampler="random")
