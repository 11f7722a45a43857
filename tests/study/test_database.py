"""Databases that hosts share: locks, runs and weights, on real SQLite files and PostgreSQL."""

import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError

from search.study.database import Database, is_outage, shared_database
from search.study.storage import open_storage
from tests.support import tiny
from tests.support.postgres_server import PostgresServer


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    """A database with all tables."""
    url = f"sqlite:///{tmp_path}/trials.db"
    if request.param == "postgresql":
        server: PostgresServer = request.getfixturevalue("postgres")
        url = server.create(tmp_path.name)
    return created(tmp_path, url)


@pytest.fixture
def on_server(postgres: PostgresServer, tmp_path: Path) -> Database:
    """A PostgreSQL database with all tables."""
    return created(tmp_path, postgres.create(tmp_path.name))


def created(folder: Path, url: str) -> Database:
    """Create all tables of a database."""
    open_storage(folder, url)
    database = shared_database(url)
    assert database is not None
    return database


@pytest.mark.parametrize(
    "url", [None, "sqlite://", "sqlite:///:memory:", "redis://localhost", "mysql://host/x", "x"]
)
def test_other_storages_are_not_shared(url: str | None) -> None:
    """Only PostgreSQL and SQLite files have locks and tables of this program."""
    assert shared_database(url) is None


def test_parameters_in_the_url_take_precedence() -> None:
    """The connection has time limits, unless the URL sets them."""
    database = shared_database("postgresql+psycopg2://host/x?connect_timeout=3")
    assert database is not None
    arguments = database.engine_arguments["connect_args"]
    assert "connect_timeout" not in arguments
    assert arguments["keepalives_idle"] == 10


def test_a_lock_is_held_by_one_at_a_time(database: Database) -> None:
    """Twenty blocks in four threads do not overlap; other locks are independent."""
    inside, most = 0, 0

    def hold() -> None:
        nonlocal inside, most
        for _ in range(5):
            with database.lock("one"):
                inside += 1
                most = max(most, inside)
                time.sleep(0.002)
                inside -= 1

    threads = [threading.Thread(target=hold) for _ in range(4)]
    with database.lock("other"):
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(tiny.PATIENCE)
    assert most == 1


def test_a_lost_lock_is_an_error(on_server: Database) -> None:
    """If the server ended the session of the lock, the block raises and must be repeated."""
    holder = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"

    def end_holder() -> None:
        with on_server.engine.begin() as connection:
            assert connection.execute(text(holder)).scalars().all() == [True]

    with pytest.raises(DBAPIError) as caught, on_server.lock("one"):
        end_holder()
    assert is_outage(caught.value)


def test_a_suspended_holder_loses_the_lock(on_server: Database) -> None:
    """The server releases a lock whose holder does not end the block in time."""
    on_server.stale = 0.5
    with pytest.raises(DBAPIError) as caught, on_server.lock("one"), on_server.lock("one"):
        pass
    assert is_outage(caught.value)


def test_runs(on_server: Database) -> None:
    """A run has an entry until it is removed, and then no heartbeat."""
    database = on_server
    database.add_run(1, "a", "first host")
    database.add_run(1, "b", "second host")
    database.add_run(2, "c", "third host")
    assert database.runs(1) == {"a": "first host", "b": "second host"}
    assert database.beat("a")
    database.remove_runs(["a"])
    assert not database.beat("a")
    assert database.runs(1) == {"b": "second host"}


def test_a_run_without_heartbeats_is_removed(on_server: Database) -> None:
    """Age is measured by the clock of the database; runs of other studies are kept."""
    on_server.add_run(1, "old", "host")
    on_server.add_run(2, "other", "host")
    time.sleep(0.3)
    on_server.add_run(1, "new", "host")
    on_server.stale = 0.2
    assert on_server.remove_stale_runs(1) == ["host"]
    assert set(on_server.runs(1)) == {"new"}
    assert set(on_server.runs(2)) == {"other"}


def test_weights(database: Database) -> None:
    """Weights are replaced, read and deleted by study and trial."""
    database.write_weights(1, 7, b"first")
    database.write_weights(1, 7, b"second")
    database.write_weights(1, 8, b"third")
    database.write_weights(2, 7, b"of another study")
    assert database.read_weights(1, 7) == b"second"
    database.keep_weights(1, [8])
    assert database.read_weights(1, 7) is None
    assert database.read_weights(1, 8) == b"third"
    assert database.read_weights(2, 7) == b"of another study"


def test_a_database_of_an_earlier_version_has_no_weights(tmp_path: Path) -> None:
    """Reading does not create tables."""
    database = shared_database(f"sqlite:///{tmp_path}/empty.db")
    assert database is not None
    assert database.read_weights(1, 1) is None


# errors
def error_of(url: str, statement: str) -> DBAPIError:
    """Return the error of a statement."""
    engine = create_engine(url)
    with pytest.raises(DBAPIError) as caught, engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()
    return caught.value


def test_a_missing_server_is_an_outage() -> None:
    """A refused connection may pass."""
    error = error_of("postgresql+psycopg2://127.0.0.1:1/x", "SELECT 1")
    assert isinstance(error, OperationalError)
    assert is_outage(error)


def test_a_locked_file_is_an_outage(tmp_path: Path) -> None:
    """A lock of another writer may pass."""
    url = f"sqlite:///{tmp_path}/trials.db"
    writer = create_engine(url)
    with writer.connect() as connection:
        connection.exec_driver_sql("BEGIN EXCLUSIVE")
        assert is_outage(error_of(f"{url}?timeout=0.1", "CREATE TABLE x (y)"))
    writer.dispose()


def test_wrong_statements_and_full_disks_are_no_outages(
    postgres: PostgresServer, tmp_path: Path
) -> None:
    """They do not pass by themselves."""
    error = error_of(postgres.url(), "SELECT * FROM missing")
    assert isinstance(error, ProgrammingError)
    assert not is_outage(error)
    assert not is_outage(error_of(f"sqlite:///{tmp_path}/missing/x.db", "SELECT 1"))
    assert not is_outage(OSError("no space left on device"))
