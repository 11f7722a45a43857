"""Databases that several studies folders share: PostgreSQL, or an SQLite file. Without torch.

Besides Optuna's tables there are two: the runs on each study, with the time of their last
heartbeat, and the weights of its best trials. Both refer to a study by Optuna's number.
"""

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any

from filelock import FileLock
from optuna.exceptions import StorageInternalError
from sqlalchemy import (
    Column,
    Connection,
    DateTime,
    Engine,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    create_engine,
    delete,
    func,
    insert,
    inspect,
    select,
    text,
    update,
)
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.pool import NullPool

STALE = 45.0  # default of `Database.stale`, seconds
CREATION = "creation"  # the lock under which tables and studies are created
POSTGRESQL, SQLITE = "postgresql", "sqlite"
LIBPQ = ("psycopg2", "psycopg")  # drivers that accept the parameters of libpq
# A server that was unplugged is noticed within half a minute instead of after hours.
CONNECTION = {
    "connect_timeout": 10,  # seconds
    "keepalives_idle": 10,  # seconds
    "keepalives_interval": 5,  # seconds
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,  # milliseconds
}
PATIENCE = 60.0  # seconds to wait for a locked SQLite file
# Classes of PostgreSQL's error codes that can pass without a change: connection exceptions,
# transaction rollbacks, insufficient resources, operator intervention.
PASSING = ("08", "40", "53", "57")
IDLE_IN_TRANSACTION = "25P03"
METADATA = MetaData()
RUN_COLUMNS = (
    Column("name", String(64), primary_key=True),
    Column("study", Integer, nullable=False, index=True),
    Column("host", String(255), nullable=False),
    Column("heartbeat", DateTime(timezone=True), nullable=False),
)
WEIGHT_COLUMNS = (
    Column("study", Integer, primary_key=True, autoincrement=False),
    Column("trial", Integer, primary_key=True, autoincrement=False),
    Column("content", LargeBinary, nullable=False),
)
RUNS = Table("frugal_runs", METADATA, *RUN_COLUMNS)
WEIGHTS = Table("frugal_weights", METADATA, *WEIGHT_COLUMNS)


def shared_database(url: str | None) -> "Database | None":
    """Return the database of a storage URL; None for a journal and for other storages."""
    if url is None:
        return None
    try:
        parts = make_url(url)
    except (ArgumentError, ValueError):  # SQLAlchemy raises both for an invalid URL
        return None
    if parts.get_backend_name() == POSTGRESQL or database_file(parts):
        return Database(parts)
    return None


def database_file(url: URL) -> Path | None:
    """The file of an SQLite database; None for other storages."""
    if url.get_backend_name() != SQLITE or url.database in (None, "", ":memory:"):
        return None
    return None if str(url.database).startswith("file:") else Path(str(url.database))


def is_outage(error: BaseException) -> bool:
    """Whether an error of a storage can pass by itself: no answer, a restart, a locked file."""
    cause = error.__cause__ if isinstance(error, StorageInternalError) else error
    if not isinstance(cause, DBAPIError):
        return False
    if cause.connection_invalidated:
        return True
    if not isinstance(cause, OperationalError | InterfaceError):
        return False
    driver = type(cause.orig).__module__.partition(".")[0]
    if driver == "sqlite3":
        return "locked" in str(cause.orig)
    code = getattr(cause.orig, "pgcode", None) or getattr(cause.orig, "sqlstate", None)
    if driver not in LIBPQ:
        return False
    return code is None or code == IDLE_IN_TRANSACTION or code[:2] in PASSING


class Database:
    """A database that several studies folders share.

    file: of an SQLite database, else None. lock_folder: the folder next to it with lock files.
    stale: seconds without a heartbeat, by the database's clock, after which a run is dead.
    """

    def __init__(self, url: URL) -> None:
        self._url = url
        self.stale = STALE
        self.file = database_file(url)
        self._engine: Engine | None = None

    @property
    def lock_folder(self) -> Path:
        """The folder of the lock files, next to an SQLite file."""
        assert self.file is not None
        return self.file.absolute().with_name(f"{self.file.name}.locks")

    @property
    def engine_arguments(self) -> dict[str, Any]:
        """Arguments of SQLAlchemy's engine; parameters in the URL take precedence."""
        if self.file:
            return {"connect_args": {"timeout": PATIENCE}}
        if self._url.get_driver_name() not in LIBPQ:
            return {}
        given = {name: value for name, value in CONNECTION.items() if name not in self._url.query}
        return {"connect_args": given}

    @property
    def engine(self) -> Engine:
        """An engine of its own, so that Optuna's transactions are separate."""
        if self._engine is None:
            pool: dict[str, Any] = (
                {"poolclass": NullPool} if self.file else {"pool_size": 2, "pool_pre_ping": True}
            )
            self._engine = create_engine(self._url, **self.engine_arguments, **pool)
        return self._engine

    @contextmanager
    def lock(self, name: str) -> Iterator[None]:
        """Hold a lock within the block; other processes and hosts wait.

        It is an advisory lock of PostgreSQL, or a locked file next to an SQLite file. Both are
        released when the process ends. PostgreSQL also releases it if the holder does not end the
        block within `stale` seconds, so that a suspended host does not block the others. The end of
        the block raises an error of SQLAlchemy if the lock was lost; the block must then be
        repeated.
        """
        if self.file:
            self.lock_folder.mkdir(exist_ok=True)
            with FileLock(self.lock_folder / f"{name}.lock"):
                yield
            return
        with self.engine.begin() as connection:
            _limit_idle_time(connection, self.stale)
            connection.execute(select(func.pg_advisory_xact_lock(_key(name))))
            yield
            connection.execute(select(1))

    def create_tables(self) -> None:
        """Create this program's tables unless they exist. Needs the creation lock."""
        METADATA.create_all(self.engine)

    # the runs on a study

    def add_run(self, study: int, name: str, host: str) -> None:
        """Add a run, with a first heartbeat."""
        with self.engine.begin() as connection:
            connection.execute(
                insert(RUNS).values(name=name, study=study, host=host, heartbeat=_now())
            )

    def remove_runs(self, names: Iterable[str]) -> None:
        """Remove runs that ended or are known to be dead."""
        with self.engine.begin() as connection:
            connection.execute(delete(RUNS).where(RUNS.c.name.in_(list(names))))

    def beat(self, name: str) -> bool:
        """Write a heartbeat. Returns whether the run still has its entry."""
        with self.engine.begin() as connection:
            changed = connection.execute(
                update(RUNS).where(RUNS.c.name == name).values(heartbeat=_now())
            )
            return changed.rowcount > 0

    def now(self) -> datetime:
        """Return the current time of the database."""
        with self.engine.connect() as connection:
            found: datetime = connection.execute(select(_now())).scalar_one()
            return found

    def runs(self, study: int) -> dict[str, str]:
        """Return the hosts of the runs on a study, by the name of the run."""
        with self.engine.connect() as connection:
            rows = connection.execute(select(RUNS.c.name, RUNS.c.host).where(RUNS.c.study == study))
            return {row.name: row.host for row in rows}

    def remove_stale_runs(self, study: int) -> list[str]:
        """Remove the runs on a study without a recent heartbeat, and return their hosts."""
        stale = RUNS.c.heartbeat < _now() - text(f"interval '{self.stale} seconds'")
        with self.engine.begin() as connection:
            removed = connection.execute(
                delete(RUNS).where(RUNS.c.study == study, stale).returning(RUNS.c.host)
            )
            return [row.host for row in removed]

    # weights

    def write_weights(self, study: int, trial: int, content: bytes) -> None:
        """Store the weights of a trial, in place of earlier ones."""
        key = {"study": study, "trial": trial}
        with self.engine.begin() as connection:
            connection.execute(delete(WEIGHTS).filter_by(**key))
            connection.execute(insert(WEIGHTS).values(**key, content=content))

    def read_weights(self, study: int, trial: int) -> bytes | None:
        """Return the weights of a trial; None if none are stored."""
        with self.engine.connect() as connection:
            if not inspect(connection).has_table(WEIGHTS.name):
                return None  # a study of an earlier version
            found = connection.execute(
                select(WEIGHTS.c.content).filter_by(study=study, trial=trial)
            ).scalar_one_or_none()
            return None if found is None else bytes(found)

    def keep_weights(self, study: int, trials: Collection[int]) -> None:
        """Delete the weights of all other trials of a study."""
        with self.engine.begin() as connection:
            connection.execute(
                delete(WEIGHTS).where(WEIGHTS.c.study == study, WEIGHTS.c.trial.not_in(trials))
            )


def _now() -> Any:
    """The current time by the database's clock, also within a transaction."""
    return func.clock_timestamp()


def _key(name: str) -> int:
    """The 64-bit key of an advisory lock."""
    digest = blake2b(f"frugal {name}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def _limit_idle_time(connection: Connection, seconds: float) -> None:
    """End the transaction, and with it its lock, if it is idle for that time."""
    limit = f"SET LOCAL idle_in_transaction_session_timeout = {round(1000 * seconds)}"
    connection.execute(text(limit))
