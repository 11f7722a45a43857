from pathlib import Path

import pytest
from filelock import Timeout

from search.study.locks import FOLDER, RunLocks
from tests.support import tiny


def _stay(folder: Path, entered: Path) -> None:
    """Enters, tells its name, and waits to be killed."""
    with RunLocks(folder).entered() as name, RunLocks(folder).admission():
        entered.with_suffix(".new").write_text(name)
        entered.with_suffix(".new").rename(entered)
        tiny.until(lambda: False)


@pytest.fixture
def killed(tmp_path):
    """The name of a run that was killed inside, holding the admission lock too."""
    entered = tmp_path / "entered"
    process = tiny.context.Process(target=_stay, args=(tmp_path, entered))
    process.start()
    tiny.until(entered.exists)
    name = entered.read_text()
    assert RunLocks(tmp_path).alive(name)
    with pytest.raises(Timeout):
        RunLocks(tmp_path).admission().acquire(timeout=0)
    tiny.kill(process)
    return name


def test_a_run_is_alive_until_it_leaves(tmp_path):
    """Seen by others and by itself; afterwards nothing of it is left."""
    presence = RunLocks(tmp_path)
    with presence.entered() as name, presence.entered() as other:
        assert name != other
        assert presence.alive(name)
        assert RunLocks(tmp_path).alive(name)
    assert not presence.alive(name)
    assert tiny.names(tmp_path / FOLDER) == []


def test_a_killed_run_is_dead(tmp_path, killed):
    """The kernel releases its locks with the process: nobody waits, and its mark is removed."""
    assert not RunLocks(tmp_path).alive(killed)
    assert tiny.names(tmp_path / FOLDER) == []
    with RunLocks(tmp_path).admission().acquire(timeout=0):
        pass


def test_a_run_without_a_name_is_dead(tmp_path):
    """A trial whose run was killed before it could sign it has no run."""
    assert not RunLocks(tmp_path, shared=True).alive("")


def test_runs_of_another_folder_are_left_alone(tmp_path):
    """In a storage that folders share only a run of this folder can be known to be dead."""
    with RunLocks(tmp_path / "elsewhere").entered() as name:
        pass
    assert RunLocks(tmp_path / "here", shared=True).alive(name)
    assert not RunLocks(tmp_path / "elsewhere", shared=True).alive(name)
    assert not RunLocks(tmp_path / "here").alive(name)
