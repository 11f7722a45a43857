"""Runs on several hosts that share a study in a database: killed, suspended, without a server."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from search.api import run
from search.errors import FrugalError
from search.loop.events import Finished, Note, RunEvent
from tests.support import hosts, tiny
from tests.support.postgres_server import PostgresServer, running_server

TRIALS = 60


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database without tables."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/trials.db"
    server: PostgresServer = request.getfixturevalue("postgres")
    return server.create(tmp_path.name)


@pytest.fixture
def folders(tmp_path: Path) -> list[Path]:
    """The studies folders of four hosts."""
    return [tmp_path / f"host-{number}" for number in range(4)]


def test_four_runs_start_at_once_and_one_is_killed(folders: list[Path], url: str) -> None:
    """On a database without tables, the study becomes complete, with each candidate once.

    The candidates of the killed run are trained by the others, also if they have nothing else to
    do. The weights can be read from every folder.
    """
    processes = [hosts.start_host(folder, url, TRIALS) for folder in folders]
    tiny.until(lambda: hosts.trained(folders[1], url) >= TRIALS // 4, pause=0.05)
    tiny.kill(processes.pop(1))
    hosts.end(processes)
    studies = [hosts.opened(folder, url) for folder in folders]
    hosts.check_complete(studies[0].records(), TRIALS)
    best = studies[0].best().number
    (expected,) = studies[0].weights(best).values()
    assert [study.weights(best)["seed"] for study in studies] == [expected] * len(folders)
    assert len({study.identity for study in studies}) == 1


def test_the_last_candidate_is_of_a_killed_run(folders: list[Path], url: str) -> None:
    """A run waits for the last candidates of other runs, and takes them up if those die."""
    slow = hosts.start_host(folders[0], url, 2, seconds=20.0)
    tiny.until(lambda: hosts.events(folders[0]).count("Started") == 2, pause=0.05)
    fast = hosts.start_host(folders[1], url, 2)
    tiny.until(lambda: "waiting for the candidates" in hosts.events(folders[1]), pause=0.05)
    tiny.kill(slow)
    hosts.end([fast])
    hosts.check_complete(hosts.opened(folders[1], url).records(), 2)


def test_a_suspended_run_drops_its_candidates(
    folders: list[Path], postgres: PostgresServer, tmp_path: Path
) -> None:
    """A host that returns after it was found dead records nothing for its former candidates."""
    url = postgres.create(tmp_path.name)
    processes = [hosts.start_host(folder, url, TRIALS, seconds=0.1) for folder in folders[:2]]
    tiny.until(lambda: hosts.trained(folders[0], url) >= 4, pause=0.05)
    pid = processes[0].pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    tiny.until(lambda: "no longer answers" in hosts.events(folders[1]), pause=0.05)
    time.sleep(1)
    os.kill(pid, signal.SIGCONT)
    hosts.end(processes)
    assert "Dropped" in hosts.events(folders[0])
    hosts.check_complete(hosts.opened(folders[0], url).records(), TRIALS)


@pytest.fixture
def own_server() -> Iterator[PostgresServer]:
    """A server that the test may stop."""
    with running_server() as server:
        yield server


def test_a_server_that_stays_away_ends_a_run(
    folders: list[Path], own_server: PostgresServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The error says how to resume; the same command does when the server is back."""
    monkeypatch.setattr("search.loop.run.OUTAGE", 2.0)
    url, notes = own_server.create(tmp_path.name), []
    given: dict[str, Any] = {"study": hosts.STUDY, "studies": folders[0], "storage": url}
    given |= {"device": "simulated", "workers": 2, "prune": False}

    def stop(event: RunEvent) -> None:
        if isinstance(event, Note):
            notes.append(event.text)
        if isinstance(event, Finished) and event.trained == 3:
            own_server.stop()

    with pytest.raises(FrugalError, match=r"^the storage failed .* same command again to resume"):
        run(6, show=stop, **given)
    assert [note.partition("(")[0] for note in notes] == ["the storage does not answer "]
    own_server.start()
    hosts.check_complete(run(6, **given).records(), 6)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_eight_runs_two_killed_and_a_restart(own_server: PostgresServer, tmp_path: Path) -> None:
    """With real commands and heartbeats: 200 candidates, each once, and nothing left running.

    The server is away for a minute.
    """
    url, trials = own_server.create(tmp_path.name), 200
    folders = [tmp_path / f"host-{number}" for number in range(8)]
    environment = {**os.environ, "FRUGAL_SIMULATED_SECONDS": "0.15", "FRUGAL_STORAGE": url}
    command = [sys.executable, *["-m", "search", "run", "--device", "simulated", "--workers", "2"]]
    command += ["--study", hosts.STUDY, "--trials", str(trials), "--pruner", "none"]
    runs = [
        subprocess.Popen(
            [*command, "--studies", folder], env=environment, stdout=subprocess.DEVNULL
        )
        for folder in folders
    ]
    tiny.until(lambda: hosts.trained(folders[0], url) >= trials // 5, pause=1)
    for killed in (2, 5):
        runs[killed].kill()
    tiny.until(lambda: hosts.trained(folders[0], url) >= trials // 3, pause=1)
    own_server.stop()
    time.sleep(60)
    own_server.start()
    codes = [process.wait(tiny.PATIENCE) for process in runs]
    assert codes == [0, 0, -signal.SIGKILL, 0, 0, -signal.SIGKILL, 0, 0]
    hosts.check_complete(hosts.opened(folders[7], url).records(), trials)


def test_runs_wait_for_a_server_that_is_away(
    folders: list[Path], own_server: PostgresServer, tmp_path: Path
) -> None:
    """No candidate is lost and no run is found dead, although all heartbeats are old."""
    url = own_server.create(tmp_path.name)
    processes = [hosts.start_host(folder, url, TRIALS, seconds=0.05) for folder in folders]
    tiny.until(lambda: hosts.trained(folders[0], url) >= 10, pause=0.05)
    own_server.stop()
    time.sleep(3 * hosts.STALE)
    own_server.start()
    hosts.end(processes)
    records = hosts.opened(folders[0], url).records()
    hosts.check_complete(records, TRIALS)
    assert not [record for record in records if record.process_gone and record.candidate]
    logs = [hosts.events(folder) for folder in folders]
    assert all("the storage does not answer" in log for log in logs)
    assert all("the storage answers again after 1" in log for log in logs)
    assert not any("no longer answers" in log for log in logs)
