"""The runs on a study in a PostgreSQL database, which may run on several hosts. Without torch.

Every run writes a heartbeat. A run without one for `Database.stale` seconds is dead: another run
removes its entry and takes up its candidates. A run that finds its own entry removed was suspended
or cut off from the database. It must drop its candidates, because other runs train them again.
"""

import platform
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError

from search.study.database import Database
from search.study.locks import Registration, RunLocks

INTERVAL = 15.0  # seconds between heartbeats
CHECK = 5.0  # seconds between searches for dead runs, and between attempts without an answer
LONGEST_GAP = 0.5  # of Database.stale, between two checks; then nobody is found dead for that time


class DatabaseRuns:
    """The runs on one study; see `locks.RunRegistry`.

    study: Optuna's number of the study. local: the runs that use the same folder on this host,
    whose end is noticed at once.
    """

    shared = True

    def __init__(
        self, database: Database, study: int, local: RunLocks, check: Callable[[], None]
    ) -> None:
        self._database, self._study, self._local, self._check = database, study, local, check

    @contextmanager
    def registered(self) -> Iterator[Registration]:
        """Yield the entry of this run, which has heartbeats until the block ends."""
        with Heartbeat(self._database, self._study, self._local).beating() as heartbeat:
            yield heartbeat

    def alive(self, names: set[str]) -> set[str]:
        """Return those of the runs that are alive."""
        if not names:
            return set()
        registered = names & set(self._database.runs(self._study))
        killed = {name for name in registered if self._local.is_killed(name)}
        if killed:
            self._database.remove_runs(killed)
        return registered - killed

    @contextmanager
    def admission_lock(self) -> Iterator[None]:
        """Hold the lock under which a run counts the trials, adds the next and ends others."""
        self._check()
        with self._database.lock(f"study {self._study}"):
            yield


class Heartbeat:
    """The entry of a run, with a thread that writes its heartbeats and removes dead runs.

    name: of the run. All times are by the database's clock.
    """

    def __init__(self, database: Database, study: int, local: RunLocks) -> None:
        self._database, self._study, self._local = database, study, local
        self._ended = threading.Event()
        self._lost = threading.Event()
        self._found_dead: list[str] = []
        self._entry = ExitStack()
        self._checked: datetime | None = None  # the last check
        self._since: datetime | None = None  # the first check of a sequence without a long gap
        self._written: datetime | None = None  # the last heartbeat
        self.name = ""

    @contextmanager
    def beating(self) -> Iterator["Heartbeat"]:
        """Add the entry and write heartbeats until the block ends."""
        thread = threading.Thread(target=self._work, name="heartbeat", daemon=True)
        self._add_entry()
        thread.start()
        try:
            yield self
        finally:
            self._ended.set()
            thread.join()
            self._entry.close()

    def _add_entry(self) -> None:
        """Add the entry to the database and to the runs of the folder, with a new name."""
        with ExitStack() as entry:
            self.name = entry.enter_context(self._local.registered()).name
            self._database.add_run(self._study, self.name, platform.node())
            entry.callback(self._remove_entry, self.name)
            self._entry = entry.pop_all()

    def _remove_entry(self, name: str) -> None:
        with suppress(SQLAlchemyError):  # without an answer, it becomes stale
            self._database.remove_runs([name])

    @property
    def lost(self) -> bool:
        """Whether this run was found dead, as of its last heartbeat."""
        return self._lost.is_set()

    def check(self) -> bool:
        """Write a heartbeat now. Returns whether the run still has its entry."""
        if not self.lost and not self._database.beat(self.name):
            self._lost.set()
        return not self.lost

    def renew(self) -> None:
        """Continue under a new name, after the run was found dead."""
        self._entry.close()
        self._add_entry()
        self._lost.clear()

    def pop_dead(self) -> list[str]:
        """Return the hosts of the runs that were found dead since the last call."""
        found, self._found_dead = self._found_dead, []
        return found

    def _work(self) -> None:
        while not self._ended.wait(CHECK):
            with suppress(SQLAlchemyError):  # no answer: repeat
                self._beat_and_check()

    def _beat_and_check(self) -> None:
        now = self._database.now()
        if self._written is None or _seconds(self._written, now) >= INTERVAL:
            self.check()
            self._written = now
        stale = self._database.stale
        if self._checked is None or _seconds(self._checked, now) > LONGEST_GAP * stale:
            self._since = now  # the database, or all hosts, may have been down
        self._checked = now
        if self._since and _seconds(self._since, now) >= stale:
            self._found_dead += self._database.remove_stale_runs(self._study)


def _seconds(start: datetime, end: datetime) -> float:
    return (end - start).total_seconds()
