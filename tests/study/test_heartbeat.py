"""Heartbeats of runs in a real PostgreSQL database, and what follows if they stop."""

import platform
from pathlib import Path

import pytest

from search.study import heartbeat
from search.study.database import Database, shared_database
from search.study.heartbeat import DatabaseRuns
from search.study.locks import RunLocks
from search.study.storage import open_storage
from tests.support import tiny
from tests.support.postgres_server import PostgresServer

STUDY = 1
FAST = 0.1  # seconds between heartbeats and checks
STALE = 1.0  # seconds


@pytest.fixture(autouse=True)
def _fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heartbeat, "INTERVAL", FAST)
    monkeypatch.setattr(heartbeat, "CHECK", FAST)


@pytest.fixture
def url(postgres: PostgresServer, tmp_path: Path) -> str:
    """The URL of a database with all tables."""
    url = postgres.create(tmp_path.name)
    open_storage(tmp_path, url)
    return url


def opened(url: str, folder: Path) -> tuple[Database, DatabaseRuns]:
    """The runs of a study, as a process with that studies folder sees them."""
    database = shared_database(url)
    assert database is not None
    database.stale = STALE
    return database, DatabaseRuns(database, STUDY, RunLocks(folder), lambda: None)


def _stay(folder: Path, url: str, registered: Path) -> None:
    _, runs = opened(url, folder)
    with runs.registered() as run:
        registered.with_suffix(".new").write_text(run.name)
        registered.with_suffix(".new").rename(registered)
        tiny.until(lambda: False)


def killed(folder: Path, url: str) -> str:
    """Register a run in another process, kill it, and return its name."""
    registered = folder / "registered"
    process = tiny.context.Process(target=_stay, args=(folder, url, registered))
    process.start()
    tiny.until(registered.exists)
    tiny.kill(process)
    return registered.read_text()


def test_a_run_is_alive_while_its_heart_beats(url: str, tmp_path: Path) -> None:
    """It stays alive for other hosts for longer than `stale`, and is gone after its end."""
    _, runs = opened(url, tmp_path / "one")
    database, others = opened(url, tmp_path / "two")
    with runs.registered() as run, others.registered() as other:
        start = database.now()
        tiny.until(lambda: (database.now() - start).total_seconds() > 2 * STALE, pause=FAST)
        assert others.alive({run.name, "unknown"}) == {run.name}
        assert not run.lost
        assert other.pop_dead() == []
    assert others.alive({run.name}) == set()
    assert others.alive(set()) == set()
    assert database.runs(STUDY) == {}


def test_a_killed_run_of_the_same_folder_is_dead_at_once(url: str, tmp_path: Path) -> None:
    """The kernel releases its lock, so there is no need to wait for heartbeats."""
    name = killed(tmp_path, url)
    database, runs = opened(url, tmp_path)
    assert name in database.runs(STUDY)
    assert runs.alive({name}) == set()
    assert database.runs(STUDY) == {}


def test_a_killed_run_of_another_host_is_found_dead(url: str, tmp_path: Path) -> None:
    """Another run removes its entry after `stale` seconds, and reports the host once."""
    (tmp_path / "one").mkdir()
    name = killed(tmp_path / "one", url)
    database, others = opened(url, tmp_path / "two")
    with others.registered() as run:
        assert others.alive({name}) == {name}
        tiny.until(lambda: name not in database.runs(STUDY), pause=FAST)
        tiny.until(lambda: run.pop_dead() == [platform.node()], pause=FAST)
        assert others.alive({name}) == set()
        assert set(database.runs(STUDY)) == {run.name}


def test_a_run_that_was_found_dead_continues_under_another_name(url: str, tmp_path: Path) -> None:
    """It notices that its entry was removed."""
    database, runs = opened(url, tmp_path)
    with runs.registered() as run:
        former = run.name
        assert (run.check(), run.lost) == (True, False)
        database.remove_runs([former])
        assert (run.check(), run.lost) == (False, True)
        run.renew()
        assert run.name != former
        assert (run.check(), run.lost) == (True, False)
        assert set(database.runs(STUDY)) == {run.name}
    assert database.runs(STUDY) == {}


def test_a_new_run_finds_nobody_dead_at_once(url: str, tmp_path: Path) -> None:
    """After an outage all heartbeats are old, so a run first observes for `stale` seconds."""
    database, runs = opened(url, tmp_path)
    database.add_run(STUDY, "old", "host")
    start = database.now()
    tiny.until(lambda: (database.now() - start).total_seconds() > STALE, pause=FAST)
    with runs.registered() as run:
        tiny.until(lambda: "old" not in database.runs(STUDY), pause=FAST)
        tiny.until(run.pop_dead, pause=FAST)
    assert (database.now() - start).total_seconds() > 2 * STALE
