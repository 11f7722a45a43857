"""Runs the contestants of the throughput benchmark, each in its own process, with their memory."""

import json
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from benchmarks.environment import ROOT
from benchmarks.throughput.contestants import NETWORKS, Contestant, TrialTiming
from benchmarks.throughput.energy import gpu_memory
from benchmarks.throughput.hardware_floor import Peak
from benchmarks.throughput.table import ContestantRun

MODULE = "benchmarks.throughput.throughput"  # run with python -m from the checkout
SAMPLING = 1.0  # seconds between memory readings; a reading takes milliseconds per process


@dataclass(frozen=True)
class Bench:
    """Settings common to all contestants.

    count: training images. epochs: counted epochs. networks: the names of those to train.
    """

    device: str
    count: int
    epochs: int
    networks: tuple[str, ...] = NETWORKS

    def measure(self, contestant: Contestant) -> ContestantRun | None:
        """Run a contestant in a new process; print a message and return None if it fails."""
        run = self._run(contestant, f"--run={contestant.name}")
        if run:
            click.echo(f"{contestant.title}: {run.epoch:.3g} s per epoch", err=True)
        return run

    def fastest_plain_loop(self, tried: list[Contestant]) -> Contestant:
        """Return the plain loop with the fastest epoch of the first network; see `calibrate`.

        If only one is tried, it is returned without a measurement.
        """
        if len(tried) == 1:
            return tried[0]
        seconds = {}
        for contestant in tried:
            run = self._run(contestant, f"--run={contestant.name}", "--calibrate")
            if run:
                seconds[contestant] = run.epoch
                click.echo(f"{contestant.title}: {run.epoch:.3g} s for the first network", err=True)
        if not seconds:
            raise click.ClickException(
                "the plain loop failed with every number of loader workers; see the errors above"
            )
        return min(seconds, key=lambda contestant: seconds[contestant])

    def measure_peaks(self) -> dict[int, Peak]:
        """Measure the device's peak rates in a new process, by number of cores."""
        command = [*self._command(), "--peaks"]
        output = subprocess.run(
            command, stdout=subprocess.PIPE, text=True, check=True, cwd=ROOT
        ).stdout
        return {int(cores): Peak(*peak) for cores, peak in _last_line(output).items()}

    def _run(self, contestant: Contestant, *arguments: str) -> ContestantRun | None:
        gpu_before = gpu_memory()
        command = [*self._command(), *arguments, f"--launched={time.perf_counter()}"]
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, text=True, env=contestant.environment, cwd=ROOT
        ) as process:
            peak = (0.0, 0.0, 0.0)
            while process.poll() is None:
                now = (*process_memory(process.pid), gpu_memory() - gpu_before)
                peak = tuple(map(max, peak, now))  # type: ignore[assignment] # three floats
                time.sleep(SAMPLING)
            assert process.stdout is not None
            output = process.stdout.read()
        if process.returncode:
            click.echo(f"{contestant.title} failed with exit code {process.returncode}", err=True)
            return None
        result = _last_line(output)
        timings = [TrialTiming(*timing) for timing in result["timings"]]
        rss, pss, gpu = (size or None for size in peak)
        return ContestantRun(timings, result["joules"], rss=rss, pss=pss, gpu=gpu)

    def _command(self) -> list[str]:
        options = (f"--device={self.device}", f"--images={self.count}", f"--epochs={self.epochs}")
        networks = [f"--network={name}" for name in self.networks]
        return [sys.executable, "-m", MODULE, *options, *networks]


def _last_line(output: str) -> dict[str, Any]:
    """Parse the JSON in the last line."""
    result: dict[str, Any] = json.loads(output.splitlines()[-1])
    return result


def process_memory(process: int) -> tuple[float, float]:
    """Return (RSS, PSS) in MiB of a process and all its descendants; zeros without /proc."""
    rss = pss = 0.0
    for number in [process, *descendants(process)]:
        try:
            lines = Path(f"/proc/{number}/smaps_rollup").read_text().splitlines()[1:]
        except OSError:  # the process has ended in the meantime
            continue
        sizes = {line.split()[0]: int(line.split()[1]) / 1024 for line in lines}
        rss, pss = rss + sizes.get("Rss:", 0.0), pss + sizes.get("Pss:", 0.0)
    return rss, pss


def descendants(process: int) -> list[int]:
    """Return the ids of all direct and indirect child processes."""
    try:
        tasks = Path(f"/proc/{process}/task").glob("*/children")
        children = [int(child) for task in tasks for child in task.read_text().split()]
    except OSError:
        return []
    return children + [number for child in children for number in descendants(child)]
