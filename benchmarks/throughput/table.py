"""Computes the rows and tables of the throughput benchmark from the timings of all contestants.

The duration of an epoch is the time from the end of the previous epoch to its own end, including
pauses. The first epoch of each candidate is not counted. The epoch duration of a contestant is the
mean, over the networks, of the median per network.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from statistics import fmean, median
from typing import Any, NamedTuple

from rich.console import Console
from rich.table import Table

from benchmarks.throughput.contestants import (
    NETWORKS,
    WHOLE,
    Contestant,
    TrialTiming,
    candidate,
    validation_count,
)
from benchmarks.throughput.hardware_floor import Peak, epoch_cost

TRIAL = 15  # epochs of a candidate
HOUR = 3_600  # seconds
DIGITS = 4  # significant digits of the results: more than their spread justifies
Row = dict[str, Any]
WIDTH = 132  # columns of the tables if the output is not a terminal
BUSY = 0.5  # load average above which a machine is not idle
TIME = ("epoch", "trial", "trials/h", "x plain", "x good")
COST = ("x floor", "floor", "start", "begin", "RSS MiB", "PSS MiB", "GPU MiB", "J/trial")


class ContestantRun(NamedTuple):
    """One run of a contestant.

    joules: energy of the whole run. rss, pss: peak MiB of all its processes together; pss counts
    shared memory once. gpu: peak MiB in use on the GPUs, minus the memory in use before the run.
    None: not measured.
    """

    timings: list[TrialTiming]
    joules: float | None = None
    rss: float | None = None
    pss: float | None = None
    gpu: float | None = None

    @property
    def networks(self) -> dict[str, float]:
        """The median seconds of an epoch, by network."""
        seconds: dict[str, list[float]] = {}
        for timing in self.timings:
            seconds.setdefault(timing.network, []).extend(counted_epochs(timing))
        return {name: median(epochs) for name, epochs in seconds.items()}

    @property
    def epoch(self) -> float:
        """The seconds of an epoch, as the mean over the networks."""
        return fmean(self.networks.values())

    @property
    def start(self) -> float:
        """The seconds from the launch of the process to the first epoch, including warm-up."""
        return max(self._first_epoch_excess(first=True, since=lambda _: 0.0), 0.0)

    @property
    def warm_up(self) -> float:
        """The seconds to start a candidate in a place in which another candidate ran before."""
        excess = self._first_epoch_excess(first=False, since=lambda timing: timing.admitted)
        return max(excess, 0.0)

    @property
    def idle_share(self) -> float | None:
        """The share of the counted time without training or scoring; None if not measured."""
        busy = sum(sum(timing.training[1:]) for timing in self.timings)
        whole = sum(sum(counted_epochs(timing)) for timing in self.timings)
        return 1 - busy / whole if busy else None

    def _first_epoch_excess(self, *, first: bool, since: Callable[[TrialTiming], float]) -> float:
        networks = self.networks
        excess = [
            timing.ends[0] - since(timing) - networks[timing.network]
            for timing in self.timings
            if timing.first == first
        ]
        return median(excess) if excess else 0.0


def counted_epochs(timing: TrialTiming) -> list[float]:
    """Return the seconds of each epoch except the first."""
    return [end - begin for begin, end in pairwise(timing.ends)]


def trial_seconds(run: ContestantRun, at_once: int, count: int) -> float:
    """Return the seconds per candidate for TRIAL epochs of all images, including its start."""
    return (TRIAL * run.epoch * WHOLE / count + run.warm_up) / at_once


def floor_seconds(peak: Peak) -> float:
    """Return the floor for an epoch of all images, as the mean over the networks."""
    networks = (candidate(name, 1).architecture for name in NETWORKS)
    costs = (epoch_cost(network, WHOLE, validation_count(WHOLE)) for network in networks)
    return fmean(cost.seconds(peak) for cost in costs)


def result_rows(
    runs: dict[Contestant, list[ContestantRun]], peaks: dict[int, Peak], device: str, count: int
) -> list[Row]:
    """Return the results of each contestant. runs: one per round, in order, for all contestants."""
    trials = {
        contestant: [trial_seconds(run, contestant.at_once, count) for run in rounds]
        for contestant, rounds in runs.items()
    }
    opponents = {
        kind: next((trials[one] for one in runs if (one.kind, one.at_once) == (kind, 1)), None)
        for kind in ("plain", "good")
    }
    floors = {contestant: floor_seconds(peaks[contestant.cores(device)]) for contestant in runs}
    return [
        {
            "side": contestant.name,  # the key is "side" in all result files
            "title": contestant.title,
            "at_once": contestant.at_once,
            "cores": contestant.cores(device) if device == "cpu" else None,
            "n": len(rounds),
            **epoch_results(rounds, contestant.at_once, count),
            "seconds_per_trial": spread(trials[contestant]),
            "trials_per_hour": spread([HOUR / seconds for seconds in trials[contestant]]),
            "times_plain": ratio(opponents["plain"], trials[contestant]),
            "times_good": ratio(opponents["good"], trials[contestant]),
            "floor_seconds_per_epoch": rounded(floors[contestant]),
            "times_floor": spread(
                [
                    run.epoch * WHOLE / count / contestant.at_once / floors[contestant]
                    for run in rounds
                ]
            ),
            **cost_results(rounds, count),
        }
        for contestant, rounds in runs.items()
    ]


def epoch_results(rounds: Sequence[ContestantRun], at_once: int, count: int) -> Row:
    """Return the seconds per epoch of all images: of a candidate, and per candidate at a time."""
    scale = WHOLE / count
    return {
        "seconds_per_epoch": spread([scale * run.epoch / at_once for run in rounds]),
        "seconds_per_epoch_of_each": spread([scale * run.epoch for run in rounds]),
        "seconds_per_epoch_by_network": {
            name: spread([scale * run.networks[name] / at_once for run in rounds])
            for name in NETWORKS
        },
    }


def cost_results(rounds: Sequence[ContestantRun], count: int) -> Row:
    """Return start-up times, memory, energy and accuracy.

    joules_per_trial includes a share of the start and of the first epochs.
    """
    epochs = [sum(len(timing.ends) for timing in run.timings) for run in rounds]
    joules = [
        TRIAL * WHOLE / count * run.joules / trained
        for run, trained in zip(rounds, epochs, strict=True)
        if run.joules is not None
    ]
    idle = [run.idle_share for run in rounds if run.idle_share is not None]
    return {
        "seconds_to_start": spread([run.start for run in rounds]),
        "seconds_to_begin_a_candidate": spread([run.warm_up for run in rounds]),
        "share_not_training": spread(idle) if idle else None,
        "peak_rss_mib": largest(run.rss for run in rounds),
        "peak_pss_mib": largest(run.pss for run in rounds),
        "peak_gpu_mib": largest(run.gpu for run in rounds),
        "joules_per_trial": spread(joules) if joules else None,
        "validation_accuracy": spread(
            [fmean(timing.accuracy for timing in run.timings) for run in rounds]
        ),
    }


def largest(values: Iterable[float | None]) -> int | None:
    """Return the largest known value, rounded; None if none is known."""
    return round(max((value for value in values if value), default=0)) or None


def spread(values: Sequence[float]) -> dict[str, float]:
    """Return the median, the lowest and the highest value."""
    figures = {"median": median(values), "lowest": min(values), "highest": max(values)}
    return {name: rounded(value) for name, value in figures.items()}


def ratio(one: Sequence[float] | None, other: Sequence[float]) -> dict[str, float] | None:
    """Return how many times faster `other` is, compared round by round."""
    return spread([a / b for a, b in zip(one, other, strict=True)]) if one else None


def rounded(value: float) -> float:
    """Round to DIGITS significant digits."""
    return float(f"{value:.{DIGITS}g}")


def show(results: dict[str, Any]) -> None:
    """Print tables and notes. results: content of a result file."""
    console = Console()
    console = console if console.is_terminal else Console(width=WIDTH)
    titles = [f"{network['parameters']:,}" for network in results["networks"]]
    rows = results["rows"]
    console.print(time_table(rows, titles), cost_table(rows), sep="\n")
    for line in notes(results):
        console.print(line, highlight=False)


def time_table(rows: list[Row], titles: list[str]) -> Table:
    """Return the table of seconds per candidate. titles: one column title per network."""
    epoch, *rest = TIME
    table = _table("Seconds per candidate", epoch, *titles, *rest)
    for row in rows:
        table.add_row(
            row["title"],
            format_figure(row["seconds_per_epoch"]),
            *map(format_figure, row["seconds_per_epoch_by_network"].values()),
            format_figure(row["seconds_per_trial"]),
            format_figure(row["trials_per_hour"]),
            format_figure(row["times_plain"], with_range=True),
            format_figure(row["times_good"], with_range=True),
        )
    return table


def cost_table(rows: list[Row]) -> Table:
    """Return the table of distance from the floor, start-up time, memory and energy."""
    table = _table("Floor, start, memory and energy", *COST)
    for row in rows:
        table.add_row(
            row["title"],
            format_figure(row["times_floor"], with_range=True),
            format_figure(row["floor_seconds_per_epoch"]),
            format_figure(row["seconds_to_start"]),
            format_figure(row["seconds_to_begin_a_candidate"]),
            *(format_figure(row[f"peak_{kind}_mib"]) for kind in ("rss", "pss", "gpu")),
            format_figure(row["joules_per_trial"]),
        )
    return table


def notes(results: dict[str, Any]) -> list[str]:
    """Return the notes below the tables: machine, versions and meaning of the columns."""
    lines = [
        f"{results['device']}, {results['cores']} cores, torch {results['torch']}, Python "
        f"{results['python']}, {results['date']}. Medians (lowest to highest) of n = "
        f"{results['rounds']} rounds, with {results['counted_epochs']} counted epochs of each "
        "network per round.",
        "Seconds are divided by the number of candidates trained at a time. A trial is "
        f"{results['trial']} epochs plus the start of a candidate in a running process (begin). "
        "start: time from the launch of the process to the first epoch.",
        "Floor: minimum time for the arithmetic or the memory traffic of an epoch, at the peak "
        f"rates measured for the cores in use: {format_peaks(results)}.",
    ]
    if results["extrapolated"]:
        lines.append(f"Extrapolated {results['extrapolated']}; validation images in proportion.")
    if results["native"] is not None:
        engine = "the C++ engine" if results["native"] else "torch's operators (no C++ engine)"
        lines.append(f"Frugal used {engine}. Pools are at most as large as the number of cores.")
    if (results["load_before"] or 0) > BUSY:
        lines.append(
            f"The machine was not idle: load average {results['load_before']} in the minute "
            "before. Do not quote these results; repeat the benchmark on an idle machine."
        )
    if results["failed"]:
        lines.append(f"Failed and left out: {', '.join(results['failed'])}.")
    return lines


def format_peaks(results: dict[str, Any]) -> str:
    """Format the peaks by number of cores, for example "1 core: 90 GFLOP/s, 10 GB/s"."""
    return "; ".join(
        f"{cores} {'core' if int(cores) == 1 else 'cores'}: {flops / 1e9:,.0f} GFLOP/s, "
        f"{bandwidth / 1e9:,.1f} GB/s"
        for cores, (flops, bandwidth) in results["peaks"].items()
    )


def format_figure(value: Any, *, with_range: bool = False) -> str:
    """Format a value with three significant digits and optionally its range; "n/a" for None."""
    if value is None:
        return "n/a"
    if not isinstance(value, dict):
        return f"{value:,.0f}" if value >= 1_000 else f"{value:.3g}"
    middle, lowest, highest = map(format_figure, value.values())
    return f"{middle} ({lowest} to {highest})" if with_range and lowest != highest else middle


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left")
    table.add_column("contestant")
    for column in columns:
        table.add_column(column, justify="right")
    return table
