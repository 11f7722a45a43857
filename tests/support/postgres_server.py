"""A real PostgreSQL server on the loopback interface, run by an unprivileged user."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from tests.support import tiny

PROGRAMS = Path("/usr/lib/postgresql")  # of Debian, by version
USERS = ("postgres", "nobody")  # PostgreSQL refuses to run as root
NAME = "frugal"  # of the database user
SETTINGS = {"fsync": "off", "max_connections": "200", "listen_addresses": "127.0.0.1"}


@dataclass
class PostgresServer:
    """A running server. folder: with the data and the socket. user: arguments of Popen."""

    programs: Path
    folder: Path
    port: int
    user: dict[str, Any]

    def url(self, database: str = "postgres") -> str:
        """Return the storage URL of a database."""
        return f"postgresql+psycopg2://{NAME}@127.0.0.1:{self.port}/{database}"

    def create(self, database: str) -> str:
        """Create an empty database and return its URL."""
        engine = create_engine(self.url(), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f'CREATE DATABASE "{database}"'))
        engine.dispose()
        return self.url(database)

    def start(self) -> None:
        """Start the server and wait until it answers."""
        options = {**SETTINGS, "port": self.port, "unix_socket_directories": self.folder}
        settings = [f"--{name}={value}" for name, value in options.items()]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self.programs / "postgres", "-D", self.folder / "data", *settings],
                stdout=log,
                stderr=log,
                **self.user,
            )
        tiny.until(self._answers, pause=0.05)

    def _answers(self) -> bool:
        assert self._process.poll() is None, (self.folder / "log").read_text()
        ready = f"{self.programs}/pg_isready -q -h 127.0.0.1 -p {self.port}"
        return subprocess.run(ready.split(), check=False).returncode == 0

    def stop(self) -> None:
        """Stop the server immediately, without waiting for its clients."""
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait(tiny.PATIENCE)


@contextmanager
def running_server() -> Iterator[PostgresServer]:
    """Start a server with an empty data folder; skip the test if it is not installed."""
    versions = sorted(PROGRAMS.glob("*/bin/postgres"))
    if not versions:
        pytest.skip("PostgreSQL is not installed")
    programs, user = versions[-1].parent, _unprivileged()
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    if user:
        os.chown(folder, pwd.getpwnam(user["user"]).pw_uid, -1)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    try:
        initdb = f"{programs}/initdb -D {folder}/data --username {NAME} --auth trust --no-sync"
        output = subprocess.DEVNULL
        subprocess.run(initdb.split(), check=True, stdout=output, cwd=folder, **user)
        server = PostgresServer(programs, folder, port, user)
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder)


def _unprivileged() -> dict[str, Any]:
    """Arguments of Popen for another user, if this one is root."""
    if os.geteuid() != 0:
        return {}
    known = {entry.pw_name for entry in pwd.getpwall()}
    return {"user": next(user for user in USERS if user in known), "extra_groups": []}
