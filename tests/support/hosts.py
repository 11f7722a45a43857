"""Runs that share one storage, each in a process and a studies folder of its own, as on hosts."""

import os
from collections import Counter
from collections.abc import Sequence
from multiprocessing.process import BaseProcess
from pathlib import Path

from search import api
from search.study import database, heartbeat
from search.study.records import Record
from search.study.study import Study, load
from tests.support import tiny

STUDY = "shared"
SECONDS = 0.02  # per simulated epoch
STALE, INTERVAL, CHECK = 4.0, 1.0, 0.5  # seconds; see `heartbeat`


def shorten_heartbeats() -> None:
    """Let this process find dead runs within seconds."""
    database.STALE = STALE
    heartbeat.INTERVAL, heartbeat.CHECK = INTERVAL, CHECK


def start_host(folder: Path, url: str, trials: int, seconds: float = SECONDS) -> BaseProcess:
    """Start a simulated run with two workers in another process; its notes go to a file."""
    folder.mkdir(exist_ok=True)
    process = tiny.context.Process(target=_run, args=(folder, url, trials, seconds))
    process.start()
    return process


def _run(folder: Path, url: str, trials: int, seconds: float) -> None:
    os.environ["FRUGAL_SIMULATED_SECONDS"] = str(seconds)
    shorten_heartbeats()
    with (folder / "events").open("a") as file:
        api.run(
            trials,
            study=STUDY,
            studies=folder,
            storage=url,
            device="simulated",
            workers=2,
            prune=False,
            sampler="random",
            show=lambda event: print(event, file=file, flush=True),
        )


def events(folder: Path) -> str:
    """Return the events of the runs in a folder, one per line."""
    file = folder / "events"
    return file.read_text() if file.exists() else ""


def opened(folder: Path, url: str) -> Study:
    """Open the study from a folder."""
    return load(STUDY, folder, url)


def trained(folder: Path, url: str) -> int:
    """Return the number of trained candidates; 0 if there is no study yet."""
    if not (folder / STUDY / "study.json").exists():
        return 0
    return sum(record.counts for record in opened(folder, url).records())


def end(processes: Sequence[BaseProcess]) -> None:
    """Wait for the end of runs and check that they succeeded."""
    for process in processes:
        process.join(tiny.PATIENCE)
    assert [process.exitcode for process in processes] == [0] * len(processes)


def check_complete(records: Sequence[Record], trials: int) -> None:
    """Check that there are `trials` trained candidates, each origin once, and that none is lost."""
    assert sum(record.counts for record in records) == trials
    assert {record.outcome for record in records}.isdisjoint({"running", "waiting"})
    ended = Counter(record.origin for record in records if record.outcome != "interrupted")
    assert set(ended.values()) == {1}
    lost = {record.origin for record in records if record.outcome == "interrupted"}
    assert lost <= set(ended)
