import multiprocessing
from contextlib import AbstractContextManager
from pathlib import Path

import optuna
import pytest

from search.errors import FrugalError
from search.study.storage import JOURNAL, JournalLock, one_append, open_storage, storage_errors
from tests.support import tiny

TAIL = b'{"op_code":5,"worker_id":"x","trial_'


@pytest.fixture
def journal(tmp_path) -> Path:
    """A journal of a study with three trials."""
    study = optuna.create_study(study_name="s", storage=open_storage(tmp_path))
    for value in (0.1, 0.2, 0.3):
        trial = study.ask()
        trial.suggest_float("x", 0, 1)
        study.tell(trial, value)
    return tmp_path / JOURNAL


def reopened(journal: Path) -> optuna.Study:
    """The study, read again from its file."""
    return optuna.load_study(study_name="s", storage=open_storage(journal.parent))


def test_a_journal_reads_back(journal):
    """What one process wrote the next one reads."""
    assert [trial.value for trial in reopened(journal).trials] == [0.1, 0.2, 0.3]


@pytest.mark.parametrize("cut", [1, 9, 40])
def test_an_unterminated_tail_is_cut(journal, cut):
    """A killed writer loses the record that it was writing, nothing else."""
    whole = journal.read_bytes()
    journal.write_bytes(whole[:-cut])
    assert len(reopened(journal).trials) == 3
    assert journal.read_bytes() == whole[: whole[:-1].rfind(b"\n") + 1]


def test_a_tail_is_cut_before_anything_is_appended(journal):
    """Also when the writer is killed while another run has the journal open."""
    study = reopened(journal)
    with journal.open("ab") as file:
        file.write(TAIL)
    study.tell(study.ask(), 0.4)
    assert TAIL not in journal.read_bytes()
    assert [trial.value for trial in reopened(journal).trials] == [0.1, 0.2, 0.3, 0.4]


@pytest.mark.parametrize("last", [TAIL + b"\n", b"\x00\xff\n", b"[1]\n"])
def test_a_damaged_last_line_is_cut(journal, last):
    """Terminated or not."""
    whole = journal.read_bytes()
    journal.write_bytes(whole + last)
    assert len(reopened(journal).trials) == 3
    assert journal.read_bytes() == whole


@pytest.mark.parametrize("line", [1, 2, 7])
def test_damage_elsewhere_is_told_by_its_line(journal, line):
    """And nothing is cut or appended."""
    lines = journal.read_bytes().splitlines(keepends=True)
    lines[line - 1] = lines[line - 1][5:]
    damaged = b"".join(lines)
    journal.write_bytes(damaged)
    with pytest.raises(FrugalError, match=rf"journal.log is damaged in line {line}: "):
        open_storage(journal.parent)
    assert journal.read_bytes() == damaged


@pytest.mark.parametrize("line", [b"{}\n", b'{"op_code": 4, "worker_id": "x", "trial_id": 99}\n'])
def test_records_that_do_not_follow_are_told(journal, line):
    """A line that is JSON and yet no record of this journal."""
    journal.write_bytes(line + journal.read_bytes())
    with pytest.raises(FrugalError, match=r"journal.log is damaged: its records are inconsistent"):
        open_storage(journal.parent)


def _hold(journal: Path, held: "multiprocessing.synchronize.Event") -> None:
    JournalLock(journal).acquire()
    held.set()
    tiny.until(lambda: False)


def test_a_lock_that_was_left_behind_stalls_nobody(journal):
    """Neither ours, held by a process that is killed, nor one of Optuna's own."""
    held = tiny.context.Event()
    process = tiny.context.Process(target=_hold, args=(journal, held))
    process.start()
    assert held.wait(tiny.PATIENCE)
    tiny.kill(process)
    journal.with_name("journal.log.lock").symlink_to(journal)
    study = reopened(journal)
    JournalLock(journal)._lock.acquire(timeout=0)
    study.tell(study.ask(), 0.4)
    assert len(reopened(journal).trials) == 4


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    """With the way out."""
    (tmp_path / "file").touch()
    with pytest.raises(FrugalError, match=r"cannot write .*; choose another studies folder with"):
        open_storage(tmp_path / "file")


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://127.0.0.1:1/x",
        "mysql://127.0.0.1:1/x",
        "sqlite:///{folder}/missing/study.db",
        "nonsense",
        "gopher://127.0.0.1/x",
    ],
)
def test_a_storage_that_does_not_answer_is_told(tmp_path, url):
    """Without a driver, without a server, without a folder, without sense: in one line."""
    url = url.format(folder=tmp_path)
    with pytest.raises(FrugalError) as caught:
        open_storage(tmp_path, url)
    assert str(caught.value).startswith(f"the storage {url} does not answer")
    assert "\n" not in str(caught.value)


def test_a_failure_on_the_way_is_told():
    """A disk that is full in the middle of a study ends the run with one line."""
    full = OSError(28, "No space left on device")
    with pytest.raises(FrugalError, match=r"failed .*No space left"), storage_errors():
        raise full


def test_other_faults_are_not_blamed_on_the_storage():
    """A fault of the program stays visible as what it is."""
    with pytest.raises(ZeroDivisionError), storage_errors():
        _ = 1 / 0


def test_a_database_that_fails_on_the_way_is_told(tmp_path):
    """Here one whose table is gone."""
    storage = open_storage(tmp_path, f"sqlite:///{tmp_path}/study.db")
    study = optuna.create_study(storage=storage)
    (tmp_path / "study.db").write_bytes(b"")
    with pytest.raises(FrugalError, match=r"the storage failed "), storage_errors():
        study.ask()


def together_in(study: optuna.Study) -> AbstractContextManager[None]:
    """A block that is written at once."""
    return one_append(study._storage)


def test_what_is_written_together_is_one_append(journal):
    """Seen at once by the one who writes, in the file when the block ends, the same when read."""
    study, before = reopened(journal), journal.read_bytes()
    with together_in(study):
        trial = study.ask()
        trial.suggest_float("x", 0, 1)
        trial.set_user_attr("curve", (0.5, 0.6))
        study.tell(trial, 0.4)
        assert study.trials[-1].value == 0.4
        assert journal.read_bytes() == before
    assert journal.read_bytes().startswith(before)
    assert reopened(journal).trials == study.trials
    study.tell(study.ask(), 0.5)
    assert [t.value for t in reopened(journal).trials] == [0.1, 0.2, 0.3, 0.4, 0.5]


def test_a_block_that_fails_keeps_what_it_wrote(journal):
    """As if every operation had been written by itself."""
    study = reopened(journal)

    def write() -> None:
        with together_in(study):
            study.tell(study.ask(), 0.4)
            _ = 1 / 0

    with pytest.raises(ZeroDivisionError):
        write()
    assert len(reopened(journal).trials) == 4


def test_blocks_of_two_writers_do_not_mix(journal):
    """Each sees what the other wrote before, within its block and after it."""
    first, second = reopened(journal), reopened(journal)
    for study, other in ((first, second), (second, first), (first, second)):
        other.tell(other.ask(), 0.7)
        with together_in(study):
            count = len(study.trials)
            study.tell(study.ask(), 0.8)
        assert count == len(other.trials) - 1
    assert first.trials == second.trials == reopened(journal).trials


def test_an_empty_block_writes_nothing(journal):
    """And what follows it is written as ever."""
    study, before = reopened(journal), journal.read_bytes()
    with together_in(study):
        assert len(study.trials) == 3
    assert journal.read_bytes() == before
    study.tell(study.ask(), 0.4)
    assert len(study.trials) == len(reopened(journal).trials) == 4


def test_a_block_that_cannot_be_written_ends_it(journal, monkeypatch):
    """Optuna counts its lines as read: nothing may follow them that the file lacks."""
    study = reopened(journal)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    def write() -> None:
        with together_in(study):
            study.ask()
            monkeypatch.setattr("os.fsync", full)

    with pytest.raises(OSError, match="No space"):
        write()
    monkeypatch.undo()
    with pytest.raises(OSError, match="No space"):
        study.ask()


def _write_slowly(journal: Path, held: "multiprocessing.synchronize.Event") -> None:
    study = reopened(journal)
    with together_in(study):
        study.tell(study.ask(), 0.4)
        held.set()
        tiny.until(lambda: False)


def test_a_writer_killed_in_its_block_leaves_nothing(journal):
    """All of it or nothing: the journal is as it was, and nobody waits for the dead."""
    before, held = journal.read_bytes(), tiny.context.Event()
    process = tiny.context.Process(target=_write_slowly, args=(journal, held))
    process.start()
    assert held.wait(tiny.PATIENCE)
    tiny.kill(process)
    assert journal.read_bytes() == before
    study = reopened(journal)
    study.tell(study.ask(), 0.5)
    assert len(reopened(journal).trials) == 4


def test_other_storages_write_as_they_are_told(tmp_path):
    """A database keeps each operation when it comes."""
    storage = open_storage(tmp_path, f"sqlite:///{tmp_path}/study.db")
    study = optuna.create_study(study_name="s", storage=storage)
    with one_append(storage):
        study.tell(study.ask(), 0.5)
        assert len(optuna.load_study(study_name="s", storage=storage).trials) == 1
