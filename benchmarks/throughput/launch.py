"""Launching a side of `throughput.py` in a process of its own, its memory watched from outside."""

import json
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from benchmarks.throughput.contestants import Course, Side
from benchmarks.throughput.energy import gpu_memory
from benchmarks.throughput.hardware_floor import Peak
from benchmarks.throughput.table import Run

SCRIPT = Path(__file__).with_name("throughput.py")
SAMPLING = 1.0  # seconds between two looks at the memory: looking costs milliseconds per process


@dataclass(frozen=True)
class Bench:
    """What every side is measured with. count: training images. epochs: counted ones."""

    device: str
    count: int
    epochs: int

    def side(self, side: Side) -> Run | None:
        """One side in a fresh process; None if it failed, as is said."""
        run = self._run(side, f"--side={side.name}")
        if run:
            click.echo(f"{side.title}: {run.epoch:.3g} s per epoch", err=True)
        return run

    def best(self, tried: list[Side]) -> Side:
        """Of plain loops the one with the fastest epoch of one network, so many images at most."""
        found = {}
        for side in tried:
            run = self._run(side, f"--side={side.name}", "--calibrate")
            if run:
                found[side] = run.epoch
                click.echo(f"{side.title}: {run.epoch:.3g} s for the first network", err=True)
        if not found:
            raise click.ClickException("the plain loop failed with any number of loader workers")
        return min(found, key=lambda side: found[side])

    def peaks(self) -> dict[int, Peak]:
        """The device's peaks by number of cores."""
        command = [*self._command(), "--peaks"]
        output = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
        return {int(cores): Peak(*peak) for cores, peak in _last(output).items()}

    def _run(self, side: Side, *arguments: str) -> Run | None:
        before = gpu_memory()
        command = [*self._command(), *arguments, f"--began={time.perf_counter()}"]
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, text=True, env=side.environment
        ) as process:
            most = (0.0, 0.0, 0.0)
            while process.poll() is None:
                now = (*held(process.pid), gpu_memory() - before)
                most = tuple(map(max, most, now))  # type: ignore[assignment]
                time.sleep(SAMPLING)
            assert process.stdout is not None
            output = process.stdout.read()
        if process.returncode:
            click.echo(f"{side.title} failed, exit code {process.returncode}", err=True)
            return None
        told = _last(output)
        courses = [Course(*course) for course in told["courses"]]
        return Run(courses, told["joules"], *(size or None for size in most))

    def _command(self) -> list[str]:
        told = (f"--device={self.device}", f"--images={self.count}", f"--epochs={self.epochs}")
        return [sys.executable, str(SCRIPT), *told]


def _last(output: str) -> dict[str, Any]:
    """The JSON in the last line."""
    told: dict[str, Any] = json.loads(output.splitlines()[-1])
    return told


def held(process: int) -> tuple[float, float]:
    """(RSS, PSS) in MiB of a process and all its descendants, zeros where /proc is not Linux's."""
    rss = pss = 0.0
    for number in [process, *descendants(process)]:
        try:
            lines = Path(f"/proc/{number}/smaps_rollup").read_text().splitlines()[1:]
        except OSError:  # it has just ended
            continue
        sizes = {line.split()[0]: int(line.split()[1]) / 1024 for line in lines}
        rss, pss = rss + sizes.get("Rss:", 0.0), pss + sizes.get("Pss:", 0.0)
    return rss, pss


def descendants(process: int) -> list[int]:
    """Ids of all processes that it started, and that those started."""
    try:
        tasks = Path(f"/proc/{process}/task").glob("*/children")
        children = [int(child) for task in tasks for child in task.read_text().split()]
    except OSError:
        return []
    return children + [number for child in children for number in descendants(child)]
