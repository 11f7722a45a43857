"""Locks between processes: exclusive, in turn, and of the runs on a study."""

from pathlib import Path

import pytest

from search.errors import FrugalError
from search.study.locks import ADMISSION, RUNNING, RunLocks, exclusive_lock, waiting_lock
from tests.support import tiny


def _stay(folder: Path, registered: Path) -> None:
    """Registers a run, writes its name to a file, and waits to be killed."""
    with RunLocks(folder).registered() as name, RunLocks(folder).admission_lock():
        registered.with_suffix(".new").write_text(name)
        registered.with_suffix(".new").rename(registered)
        tiny.until(lambda: False)


@pytest.fixture
def killed(tmp_path):
    """The name of a run that was killed while it held the admission lock too."""
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


def test_a_run_is_alive_until_it_leaves(tmp_path):
    """Seen by others and by itself; afterwards nothing of it is left."""
    locks = RunLocks(tmp_path)
    with locks.registered() as name, locks.registered() as other:
        assert name != other
        assert locks.is_alive(name)
        assert RunLocks(tmp_path).is_alive(name)
    assert not locks.is_alive(name)
    assert tiny.names(tmp_path / RUNNING) == []


def test_a_killed_run_is_dead(tmp_path, killed):
    """The kernel releases its locks with the process: nobody waits, and its file is removed."""
    assert not RunLocks(tmp_path).is_alive(killed)
    assert tiny.names(tmp_path / RUNNING) == []
    with exclusive_lock(tmp_path / ADMISSION, "a run is admitting"):
        pass


def test_a_run_without_a_name_is_dead(tmp_path):
    """A trial whose run was killed before it could sign it has no run."""
    assert not RunLocks(tmp_path, shared=True).is_alive("")


def test_runs_of_another_folder_are_left_alone(tmp_path):
    """In a storage that folders share only a run of this folder can be known to be dead."""
    with RunLocks(tmp_path / "elsewhere").registered() as name:
        pass
    assert RunLocks(tmp_path / "here", shared=True).is_alive(name)
    assert not RunLocks(tmp_path / "elsewhere", shared=True).is_alive(name)
    assert not RunLocks(tmp_path / "here").is_alive(name)


def test_an_exclusive_lock_is_held_by_one_at_a_time(tmp_path):
    """A second one is an error that says what is going on; it is free again after an error too."""
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
