import multiprocessing
import sys
from contextlib import AbstractContextManager
from pathlib import Path

import optuna
import pytest

from search.errors import FrugalError
from search.study.storage import JOURNAL, JournalLock, one_append, open_storage, storage_errors
from tests.support import tiny

TAIL = b'{"op_code":5,"worker_id":"x","trial_'


@pytest.fixture
def journal(tmp_path: Path) -> Path:
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


def test_a_journal_reads_back(journal: Path) -> None:
    """Another process reads what was written."""
    assert [trial.value for trial in reopened(journal).trials] == [0.1, 0.2, 0.3]


@pytest.mark.parametrize("cut", [1, 9, 40])
def test_an_unterminated_tail_is_cut(journal: Path, cut: int) -> None:
    """A killed writer loses only the record that it was writing."""
    whole = journal.read_bytes()
    journal.write_bytes(whole[:-cut])
    assert len(reopened(journal).trials) == 3
    assert journal.read_bytes() == whole[: whole[:-1].rfind(b"\n") + 1]


def test_a_tail_is_cut_before_anything_is_appended(journal: Path) -> None:
    """Another run may have the journal open when the writer is killed."""
    study = reopened(journal)
    with journal.open("ab") as file:
        file.write(TAIL)
    study.tell(study.ask(), 0.4)
    assert TAIL not in journal.read_bytes()
    assert [trial.value for trial in reopened(journal).trials] == [0.1, 0.2, 0.3, 0.4]


@pytest.mark.parametrize("last", [TAIL + b"\n", b"\x00\xff\n", b"[1]\n"])
def test_a_damaged_last_line_is_cut(journal: Path, last: bytes) -> None:
    """A damaged last line is removed, with or without a line end."""
    whole = journal.read_bytes()
    journal.write_bytes(whole + last)
    assert len(reopened(journal).trials) == 3
    assert journal.read_bytes() == whole


@pytest.mark.parametrize("line", [1, 2, 7])
def test_damage_elsewhere_is_an_error_with_its_line(journal: Path, line: int) -> None:
    """The error has the line number, and the file is not changed."""
    lines = journal.read_bytes().splitlines(keepends=True)
    lines[line - 1] = lines[line - 1][5:]
    damaged = b"".join(lines)
    journal.write_bytes(damaged)
    with pytest.raises(FrugalError, match=rf"journal.log is damaged in line {line}: "):
        open_storage(journal.parent)
    assert journal.read_bytes() == damaged


@pytest.mark.parametrize("line", [b"{}\n", b'{"op_code": 4, "worker_id": "x", "trial_id": 99}\n'])
def test_inconsistent_records_are_an_error(journal: Path, line: bytes) -> None:
    """A line of valid JSON that is not a valid record of this journal is an error."""
    journal.write_bytes(line + journal.read_bytes())
    with pytest.raises(FrugalError, match=r"journal.log is damaged: its records are inconsistent"):
        open_storage(journal.parent)


def _hold(journal: Path, held: "multiprocessing.synchronize.Event") -> None:
    JournalLock(journal).acquire()
    held.set()
    tiny.until(lambda: False)


def test_a_stale_lock_does_not_block(journal: Path) -> None:
    """Neither the lock of a killed process nor a lock file of Optuna blocks a writer."""
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


def test_a_read_only_folder_is_an_error(tmp_path: Path) -> None:
    """The error contains the remedy."""
    (tmp_path / "file").touch()
    with pytest.raises(FrugalError, match=r"cannot write .*; choose another studies folder with"):
        open_storage(tmp_path / "file")


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+psycopg2://127.0.0.1:1/x",
        "sqlite:///{folder}/missing/study.db",
        "nonsense",
        "gopher://127.0.0.1/x",
    ],
)
def test_a_storage_that_does_not_answer_is_an_error(tmp_path: Path, url: str) -> None:
    """A missing server or folder, or an invalid URL, is a one-line error."""
    url = url.format(folder=tmp_path)
    with pytest.raises(FrugalError) as caught:
        open_storage(tmp_path, url)
    assert str(caught.value).startswith(f"the storage {url} does not answer")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "url, remedy",
    [
        ("postgresql+psycopg2://127.0.0.1/x", "pip install psycopg2-binary"),
        ("postgresql+psycopg://127.0.0.1/x", "pip install 'psycopg[binary]'"),
        ("mysql://127.0.0.1/x", "install the package that provides SQLAlchemy's mysql"),
    ],
)
def test_a_missing_driver_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str, remedy: str
) -> None:
    """The error names the module and how to install it."""
    for module in ("psycopg2", "psycopg", "MySQLdb"):
        monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(FrugalError, match="needs a driver that is not installed") as caught:
        open_storage(tmp_path, url)
    assert str(caught.value).endswith(remedy)
    assert "\n" not in str(caught.value)


def test_a_failure_during_a_run_is_an_error() -> None:
    """A full disk during a run is a one-line error."""
    full = OSError(28, "No space left on device")
    with pytest.raises(FrugalError, match=r"failed .*No space left"), storage_errors():
        raise full


def test_other_faults_are_not_blamed_on_the_storage() -> None:
    """Errors of the program are not reported as errors of the storage."""
    with pytest.raises(ZeroDivisionError), storage_errors():
        _ = 1 / 0


def test_a_failing_database_is_an_error(tmp_path: Path) -> None:
    """A database with a missing table is a one-line error."""
    storage = open_storage(tmp_path, f"sqlite:///{tmp_path}/study.db")
    study = optuna.create_study(storage=storage)
    (tmp_path / "study.db").write_bytes(b"")
    with pytest.raises(FrugalError, match=r"the storage failed "), storage_errors():
        study.ask()


def together_in(study: optuna.Study) -> AbstractContextManager[None]:
    """A block that is written in one append."""
    return one_append(study._storage)


def test_what_is_written_together_is_one_append(journal: Path) -> None:
    """The writer sees the lines at once; the file gets them together at the end of the block."""
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


def test_a_block_that_fails_keeps_what_it_wrote(journal: Path) -> None:
    """After an error in the block, its operations are written as if each were written alone."""
    study = reopened(journal)

    def write() -> None:
        with together_in(study):
            study.tell(study.ask(), 0.4)
            _ = 1 / 0

    with pytest.raises(ZeroDivisionError):
        write()
    assert len(reopened(journal).trials) == 4


def test_blocks_of_two_writers_do_not_mix(journal: Path) -> None:
    """Within and after its block, each writer sees the earlier lines of the other."""
    first, second = reopened(journal), reopened(journal)
    for study, other in ((first, second), (second, first), (first, second)):
        other.tell(other.ask(), 0.7)
        with together_in(study):
            count = len(study.trials)
            study.tell(study.ask(), 0.8)
        assert count == len(other.trials) - 1
    assert first.trials == second.trials == reopened(journal).trials


def test_an_empty_block_writes_nothing(journal: Path) -> None:
    """Later operations are written as usual."""
    study, before = reopened(journal), journal.read_bytes()
    with together_in(study):
        assert len(study.trials) == 3
    assert journal.read_bytes() == before
    study.tell(study.ask(), 0.4)
    assert len(study.trials) == len(reopened(journal).trials) == 4


def test_a_failed_append_prevents_later_writes(
    journal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No line may follow lines that Optuna counts as read but the file does not have."""
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


def test_a_writer_killed_in_its_block_leaves_nothing(journal: Path) -> None:
    """The journal is unchanged and other writers are not blocked."""
    before, held = journal.read_bytes(), tiny.context.Event()
    process = tiny.context.Process(target=_write_slowly, args=(journal, held))
    process.start()
    assert held.wait(tiny.PATIENCE)
    tiny.kill(process)
    assert journal.read_bytes() == before
    study = reopened(journal)
    study.tell(study.ask(), 0.5)
    assert len(reopened(journal).trials) == 4


def test_other_storages_write_at_once(tmp_path: Path) -> None:
    """A database stores each operation at once."""
    storage = open_storage(tmp_path, f"sqlite:///{tmp_path}/study.db")
    study = optuna.create_study(study_name="s", storage=storage)
    with one_append(storage):
        study.tell(study.ask(), 0.5)
        assert len(optuna.load_study(study_name="s", storage=storage).trials) == 1
