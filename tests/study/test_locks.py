"""Locks between processes: exclusive, in turn, and of the runs on a study."""

from pathlib import Path

import pytest

from search.errors import FrugalError
from search.study.locks import ADMISSION, RUNNING, RunLocks, exclusive_lock, waiting_lock
from tests.support import tiny


def _stay(folder: Path, registered: Path) -> None:
    """Register a run, write its name to a file, and wait to be killed."""
    with RunLocks(folder).registered() as run, RunLocks(folder).admission_lock():
        registered.with_suffix(".new").write_text(run.name)
        registered.with_suffix(".new").rename(registered)
        tiny.until(lambda: False)


@pytest.fixture
def killed(tmp_path: Path) -> str:
    """The name of a run that was killed while it also held the admission lock."""
    registered = tmp_path / "registered"
    process = tiny.context.Process(target=_stay, args=(tmp_path, registered))
    process.start()
    tiny.until(registered.exists)
    name = registered.read_text()
    assert RunLocks(tmp_path).is_alive(name)
    with (
        pytest.raises(FrugalError, match=r"^a run is admitting already: wait$"),
        exclusive_lock(tmp_path / ADMISSION, "a run is admitting", "wait"),
    ):
        pass
    tiny.kill(process)
    return name


def test_a_run_is_alive_until_it_ends(tmp_path: Path) -> None:
    """A registered run is alive for itself and others; afterwards its file is removed."""
    locks = RunLocks(tmp_path)
    with locks.registered() as run, locks.registered() as other:
        name = run.name
        assert name != other.name
        assert locks.is_alive(name)
        assert RunLocks(tmp_path).is_alive(name)
    assert not locks.is_alive(name)
    assert tiny.names(tmp_path / RUNNING) == []


def test_a_killed_run_is_dead(tmp_path: Path, killed: str) -> None:
    """The locks of a killed run are released and its file is removed."""
    assert not RunLocks(tmp_path).is_alive(killed)
    assert tiny.names(tmp_path / RUNNING) == []
    with exclusive_lock(tmp_path / ADMISSION, "a run is admitting"):
        pass


def test_a_run_without_a_name_is_dead(tmp_path: Path) -> None:
    """A trial without a run name belongs to a run that was killed before it wrote one."""
    assert not RunLocks(tmp_path, foreign=True).is_alive("")


def test_runs_of_another_folder_count_as_alive(tmp_path: Path) -> None:
    """In a shared storage, only runs of this folder can be found dead."""
    with RunLocks(tmp_path / "elsewhere").registered() as run:
        name = run.name
    assert RunLocks(tmp_path / "here", foreign=True).is_alive(name)
    assert not RunLocks(tmp_path / "elsewhere", foreign=True).is_alive(name)
    assert not RunLocks(tmp_path / "here").is_alive(name)


def test_an_exclusive_lock_is_held_by_one_at_a_time(tmp_path: Path) -> None:
    """A second holder gets an error that names the activity; an error releases the lock."""
    path = tmp_path / "lock"
    with (
        pytest.raises(FrugalError, match=r"^study a is being confirmed already: wait for the"),
        waiting_lock(path),
        exclusive_lock(path, "study a is being confirmed"),
    ):
        pass
    with pytest.raises(KeyError), exclusive_lock(path, "study a is being confirmed"):
        raise KeyError
    with waiting_lock(path):
        pass
