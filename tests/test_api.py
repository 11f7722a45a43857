import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from search.api import export, load_study, run
from search.data.dataset import load
from search.errors import FrugalError
from search.loop.events import Ended, Opened
from search.seeds import derive
from search.study.study import GONE, create_or_resume
from search.study.user_files import load_objective, load_space
from search.training.trainer import DeviceData, train
from tests.support import tiny
from tests.support.interruptible import start_interruptible

ROOT = Path(__file__).parents[1]
QUICK = {"train_examples": 300, "max_epochs": 2, "window": 1}
EPOCH = b'"intermediate_value"'  # in a journal: an epoch has been recorded


def command(root: Path, **options: object) -> subprocess.Popen:
    """`python -m search run` with these options, as a terminal would start it."""
    given = {**QUICK, "studies": root, "workers": 1, "device": "cpu", **options}
    words = [f"--{name.replace('_', '-')}={value}" for name, value in given.items()]
    return start_interruptible(
        [sys.executable, "-m", "search", "run", *words],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )


def wait_for_an_epoch(process: subprocess.Popen, root: Path) -> None:
    """Until the first epoch of the study is recorded."""
    journal = root / "mnist" / "journal.log"

    def recorded() -> bool:
        assert process.poll() is None, "the run has ended"
        return journal.exists() and EPOCH in journal.read_bytes()

    tiny.until(recorded)


def members(group: int) -> int:
    """Running processes of a process group, with or without a `ps`."""
    if Path("/proc/self/stat").exists():
        rows = [_stat(path).rpartition(")")[2].split() for path in Path("/proc").glob("[0-9]*")]
        return sum(len(row) > 2 and row[0] != "Z" and int(row[2]) == group for row in rows)
    table = subprocess.run(["ps", "-A", "-o", "stat=,pgid="], capture_output=True, check=True)
    rows = [row.split() for row in table.stdout.decode().splitlines()]
    return sum(state[0] != "Z" and int(its) == group for state, its in rows)


def _stat(process: Path) -> str:
    try:
        return (process / "stat").read_text()
    except OSError:  # it has ended meanwhile
        return ""


def retrained(study, record) -> tuple[float, ...]:
    """The accuracies that the record's candidate and seed give when trained outside any study."""
    data = DeviceData(load("mnist", study.setup.train_examples), torch.device("cpu"))
    seed = derive(study.setup.seed, record.origin)
    return tuple(r.validation_accuracy for r in train(record.candidate, seed, data))


@pytest.fixture(scope="module")
def root(tmp_path_factory) -> Path:
    """A study of two candidates of the shipped space on real images, killed once and resumed."""
    root = tmp_path_factory.mktemp("studies")
    process = command(root, trials=2)
    wait_for_an_epoch(process, root)
    assert members(process.pid) > 1
    process.kill()
    process.wait()
    tiny.until(lambda: members(process.pid) == 0)  # its worker has ended too
    run(2, studies=root, workers=1, device="cpu")
    return root


def test_a_killed_study_is_resumed(root):
    """The candidate under way is trained again with the same draws, then the study goes on."""
    study = load_study(studies=root)
    records = [record for record in study.records() if record.outcome != "over budget"]
    assert [record.outcome for record in records] == ["interrupted", "trained", "trained"]
    lost, again, _ = records
    assert lost.reason == GONE
    assert (lost.candidate, lost.origin) == (again.candidate, again.origin)
    assert lost.validation_accuracy == again.validation_accuracy[: lost.epochs]
    assert retrained(study, again) == again.validation_accuracy


def test_what_was_overridden_is_kept(root):
    """The resumed run took the study's own figures, and the study says so."""
    study = load_study(studies=root)
    assert study.setup.overrides == (("epochs", 2), ("window", 1))
    assert study.setup.train_examples == 300
    assert all(record.candidate.recipe.epochs == 2 for record in study.records())
    assert {"epochs overridden: 2", "window overridden: 1"} < set(study.setup.caveats)
    assert any("300 of 50,000" in caveat for caveat in study.setup.caveats)


def test_the_same_call_again_trains_nothing(root):
    """A finished study is told to be complete."""
    before, events = load_study(studies=root).records(), []
    study = run(2, studies=root, workers=1, device="cpu", show=events.append)
    assert [type(event) for event in events] == [Opened, Ended]
    assert (events[-1].ending, events[-1].trained) == ("complete", 2)
    assert any("epochs overridden" in line for line in events[0].notes)
    assert study.records() == before


@pytest.mark.parametrize(
    "option, value, told",
    [
        ("max_params", 5_000, "budget: 10,000 parameters"),
        ("max_epochs", 3, "2 epochs in the study, 10,000 parameters, 3 epochs now"),
        ("window", 2, "window: 1 in the study, 2 now"),
        ("train_examples", 500, "train examples: 300 in the study, 500 now"),
        ("seed", 1, "seed: 0 in the study, 1 now"),
        ("space", tiny.SPACE, "space.py: "),
        ("objective", tiny.OBJECTIVE, "objective.py: "),
    ],
)
def test_another_setup_is_refused(root, option, value, told):
    """With the difference and the way out; nothing is lost or added."""
    before = (root / "mnist" / "journal.log").read_bytes()
    with pytest.raises(FrugalError, match=rf"({told}).*begin another with --study mnist-2"):
        run(3, studies=root, workers=1, device="cpu", **{option: value})
    assert (root / "mnist" / "journal.log").read_bytes() == before


def test_the_trials_are_a_table(root):
    """One row per trial, a column per choice."""
    table = load_study(studies=root).trials
    assert list(table["outcome"]).count("trained") == 2
    assert set(table["recipe.epochs"]) == {2}


def test_ctrl_c_ends_at_the_next_epoch(tmp_path):
    """Marked, nothing left running; the next start trains the same candidate, same draws."""
    options = {"space": tiny.SPACE, "trials": 1, "max_epochs": 5}
    process = command(tmp_path, **options)
    wait_for_an_epoch(process, tmp_path)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to workers too
    process.wait(tiny.PATIENCE)
    tiny.until(lambda: members(process.pid) == 0)
    study = load_study(studies=tmp_path)
    stopped = study.records()[-1]
    assert (stopped.outcome, stopped.reason) == ("interrupted", "stopped by the user")
    assert 1 <= stopped.epochs < 5
    assert tiny.names(study.folder / "running") == []
    study = run(1, studies=tmp_path, space=tiny.SPACE, workers=1, device="cpu")
    again = study.best()
    assert (again.candidate, again.origin) == (stopped.candidate, stopped.origin)
    assert retrained(study, again) == again.validation_accuracy


BAD = {
    "no trials": ({"trials": 0}, "--trials 0: at least 1"),
    "negative trials": ({"trials": -3}, "--trials -3: at least 1"),
    "no time": ({"timeout": 0}, "--timeout 0: a number of seconds above 0"),
    "no workers": ({"workers": 0}, "--workers 0: at least 1"),
    "unknown sampler": ({"sampler": "tpo"}, 'no sampler "tpo": one of tpe, random'),
    "unknown device": ({"device": "tpu"}, 'no device "tpu": one of auto, cpu'),
    "unknown data": ({"data": "mnits"}, "unknown data 'mnits'"),
    "too few epochs": ({"max_epochs": 4}, "4 epochs are fewer than the window of 5"),
    "no budget": ({"max_params": 0}, "parameters is a whole number of at least 1"),
    "too few images": ({"train_examples": 3}, "at least 10, one per class"),
    "no such space": ({"space": "nowhere.py"}, "cannot read nowhere.py"),
    "a name that is no folder": ({"study": "../mnist"}, "cannot name a study"),
}


@pytest.mark.parametrize("options, told", BAD.values(), ids=BAD)
def test_bad_input_is_told(tmp_path, options, told):
    """In one line, before anything is written."""
    with pytest.raises(FrugalError) as caught:
        run(studies=tmp_path, **{"device": "cpu", **options})
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)
    assert tiny.names(tmp_path) == []


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_a_gpu_that_is_not_there_is_told(tmp_path):
    """With the way out."""
    with pytest.raises(FrugalError, match=r"no cuda device .*--device cpu"):
        run(studies=tmp_path, device="cuda")


def test_a_storage_that_does_not_answer_is_told(tmp_path):
    """Before anything is trained."""
    with pytest.raises(FrugalError, match="does not answer"):
        run(studies=tmp_path, device="cpu", storage=f"sqlite:///{tmp_path}/no/study.db")


def test_an_export_needs_a_finished_trial(tmp_path):
    """A study without one says how to get one, and nothing is written."""
    files = load_space(tiny.SPACE), load_objective(tiny.OBJECTIVE)
    setup = tiny.setup_of(load("mnist", 100), *files)
    create_or_resume("mnist", tmp_path / "studies", setup)
    with pytest.raises(FrugalError, match=r"no candidate trained to the end .* run --study mnist"):
        export(studies=tmp_path / "studies", out=tmp_path / "best.py")
    assert tiny.names(tmp_path) == ["studies"]
