"""Computes the rows and tables of the throughput benchmark from the timings of all contestants.

The duration of an epoch is the time from the end of the previous epoch to its own end, including
pauses. The first epoch of each candidate is not counted. The epoch duration of a contestant is the
mean, over the networks of `averaged`, of the median per network. The figures of every network alone
are in `by_network`.
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
    architecture,
    averaged,
    validation_count,
)
from benchmarks.throughput.hardware_floor import Peak, epoch_cost

TRIAL = 15  # epochs of a candidate
HOUR = 3_600  # seconds
DIGITS = 4  # significant digits of the results: more than their spread justifies
Row = dict[str, Any]
Seconds = dict[Contestant, list[float]]  # by round
WIDTH = 160  # columns of the tables if the output is not a terminal
BUSY = 0.5  # load average above which a machine is not idle
RATIOS = {  # columns by key
    "times_plain": "x plain",
    "times_good": "x good",
    "times_good_copies": "x good, copies",
}
TIME = ("epoch", "trial", "trials/h", *RATIOS.values())
NETWORK = ("network", "epoch", *RATIOS.values())
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

    def of(self, networks: Sequence[str]) -> "ContestantRun":
        """Return the run with the timings of these networks alone."""
        chosen = [timing for timing in self.timings if timing.network in networks]
        return self._replace(timings=chosen)

    @property
    def start(self) -> float:
        """The seconds from the launch of the process to the first epoch, including warm-up."""
        return self._first_epoch_excess(first=True, since=lambda _: 0.0) or 0.0

    @property
    def warm_up(self) -> float | None:
        """The seconds to start a candidate in a place in which another candidate ran before.

        None if every place trained one candidate.
        """
        return self._first_epoch_excess(first=False, since=lambda timing: timing.admitted)

    @property
    def idle_share(self) -> float | None:
        """The share of the counted time without training or scoring; None if not measured."""
        busy = sum(sum(timing.training[1:]) for timing in self.timings)
        whole = sum(sum(counted_epochs(timing)) for timing in self.timings)
        return 1 - busy / whole if busy else None

    def _first_epoch_excess(
        self, *, first: bool, since: Callable[[TrialTiming], float]
    ) -> float | None:
        networks = self.networks
        excess = [
            timing.ends[0] - since(timing) - networks[timing.network]
            for timing in self.timings
            if timing.first == first
        ]
        return max(median(excess), 0.0) if excess else None


Runs = dict[Contestant, list[ContestantRun]]  # by round


def counted_epochs(timing: TrialTiming) -> list[float]:
    """Return the seconds of each epoch except the first."""
    return [end - begin for begin, end in pairwise(timing.ends)]


def trial_seconds(run: ContestantRun, at_once: int, count: int) -> float:
    """Return the seconds per candidate for TRIAL epochs of all images.

    They include the start of the candidate if it was measured.
    """
    return (TRIAL * run.epoch * WHOLE / count + (run.warm_up or 0.0)) / at_once


def floor_seconds(peak: Peak, networks: Sequence[str]) -> float:
    """Return the floor for an epoch of all images, as the mean over the networks."""
    costs = [epoch_cost(architecture(name), WHOLE, validation_count(WHOLE)) for name in networks]
    return fmean(cost.seconds(peak) for cost in costs)


def result_rows(
    runs: Runs,
    peaks: dict[int, Peak],
    device: str,
    count: int,
    networks: Sequence[str] = NETWORKS,
) -> list[Row]:
    """Return the results of each contestant.

    runs: one per round, in order, for all contestants. networks: those that were trained.
    """
    names = averaged(networks)
    means = {contestant: [run.of(names) for run in rounds] for contestant, rounds in runs.items()}
    trials = {
        contestant: [trial_seconds(run, contestant.at_once, count) for run in rounds]
        for contestant, rounds in means.items()
    }
    return [
        {
            "side": contestant.name,  # the key is "side" in all result files
            "title": contestant.title,
            "at_once": contestant.at_once,
            "cores": contestant.cores(device) if device == "cpu" else None,
            "n": len(rounds),
            **epoch_results(means[contestant], contestant.at_once, count),
            "seconds_per_epoch_by_network": {
                name: spread(epoch_seconds(runs, name, count)[contestant]) for name in networks
            },
            "seconds_per_trial": spread(trials[contestant]),
            "trials_per_hour": spread([HOUR / seconds for seconds in trials[contestant]]),
            **ratios(trials, contestant),
            "by_network": {
                name: network_results(runs, contestant, name, count) for name in networks
            },
            **floor_results(
                means[contestant],
                contestant.at_once,
                count,
                floor_seconds(peaks[contestant.cores(device)], names),
            ),
            **cost_results(means[contestant]),
            "joules_per_trial": joules_per_trial(rounds, count),
        }
        for contestant, rounds in runs.items()
    ]


def epoch_results(rounds: Sequence[ContestantRun], at_once: int, count: int) -> Row:
    """Return the seconds per epoch of all images: of a candidate, and per candidate at a time."""
    scale = WHOLE / count
    return {
        "seconds_per_epoch": spread([scale * run.epoch / at_once for run in rounds]),
        "seconds_per_epoch_of_each": spread([scale * run.epoch for run in rounds]),
    }


def network_results(runs: Runs, contestant: Contestant, network: str, count: int) -> Row:
    """Return the seconds per epoch and candidate of one network, and the ratios of epochs."""
    seconds = epoch_seconds(runs, network, count)
    return {"seconds_per_epoch": spread(seconds[contestant]), **ratios(seconds, contestant)}


def epoch_seconds(runs: Runs, network: str, count: int) -> Seconds:
    """Return the seconds per candidate for an epoch of all images of one network, by round."""
    return {
        contestant: [run.networks[network] * WHOLE / count / contestant.at_once for run in rounds]
        for contestant, rounds in runs.items()
    }


def ratios(seconds: Seconds, contestant: Contestant) -> Row:
    """Return how many times faster a contestant is than each of the loops, by key of RATIOS."""
    return {
        key: ratio(seconds.get(loop), seconds[contestant]) if loop else None
        for key, loop in reference_loops(seconds).items()
    }


def reference_loops(contestants: Iterable[Contestant]) -> dict[str, Contestant | None]:
    """Return the loops of the ratios, by key of RATIOS; None for a loop that was not run.

    The last is the good loop with the most processes.
    """
    loops = sorted(one for one in contestants if one.kind in ("plain", "good"))
    copies = [loop for loop in loops if loop.kind == "good" and loop.number > 1]
    return {
        "times_plain": next((loop for loop in loops if loop.kind == "plain"), None),
        "times_good": next((loop for loop in loops if loop == ("good", 1)), None),
        "times_good_copies": copies[-1] if copies else None,
    }


def floor_results(rounds: Sequence[ContestantRun], at_once: int, count: int, seconds: float) -> Row:
    """Return the floor and the distance from it. seconds: the floor, unrounded."""
    times = [run.epoch * WHOLE / count / at_once / seconds for run in rounds]
    return {"floor_seconds_per_epoch": rounded(seconds), "times_floor": spread(times)}


def cost_results(rounds: Sequence[ContestantRun]) -> Row:
    """Return start-up times, memory and accuracy."""
    return {
        "seconds_to_start": spread([run.start for run in rounds]),
        "seconds_to_begin_a_candidate": known_spread([run.warm_up for run in rounds]),
        "share_not_training": known_spread([run.idle_share for run in rounds]),
        "peak_rss_mib": largest(run.rss for run in rounds),
        "peak_pss_mib": largest(run.pss for run in rounds),
        "peak_gpu_mib": largest(run.gpu for run in rounds),
        "validation_accuracy": spread(
            [fmean(timing.accuracy for timing in run.timings) for run in rounds]
        ),
    }


def joules_per_trial(rounds: Sequence[ContestantRun], count: int) -> dict[str, float] | None:
    """Return the energy of a trial, as the mean over all trained networks.

    It includes a share of the start and of the first epochs.
    """
    epochs = [sum(len(timing.ends) for timing in run.timings) for run in rounds]
    return known_spread(
        [
            None if run.joules is None else TRIAL * WHOLE / count * run.joules / trained
            for run, trained in zip(rounds, epochs, strict=True)
        ]
    )


def largest(values: Iterable[float | None]) -> int | None:
    """Return the largest known value, rounded; None if none is known."""
    return round(max((value for value in values if value), default=0)) or None


def spread(values: Sequence[float]) -> dict[str, float]:
    """Return the median, the lowest and the highest value."""
    figures = {"median": median(values), "lowest": min(values), "highest": max(values)}
    return {name: rounded(value) for name, value in figures.items()}


def known_spread(values: Sequence[float | None]) -> dict[str, float] | None:
    """Return the spread of the known values; None if none is known."""
    known = [value for value in values if value is not None]
    return spread(known) if known else None


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
    sizes = {network["name"]: f"{network['parameters']:,}" for network in results["networks"]}
    rows = results["rows"]
    tables = (time_table(rows, list(sizes.values())), network_table(rows, sizes), cost_table(rows))
    console.print(*tables, sep="\n")
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
            *(format_figure(row[key], with_range=True) for key in RATIOS),
        )
    return table


def network_table(rows: list[Row], sizes: dict[str, str]) -> Table:
    """Return the table of seconds and ratios of each network alone. sizes: parameters by name."""
    table = _table("Seconds per epoch and candidate, each network alone", *NETWORK)
    for row in rows:
        for name, figures in row["by_network"].items():
            table.add_row(
                row["title"],
                f"{name}, {sizes[name]}",
                format_figure(figures["seconds_per_epoch"], with_range=True),
                *(format_figure(figures[key], with_range=True) for key in RATIOS),
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
        f"Means are over {', '.join(results['mean_over'])}. The ratios of one network compare "
        "epochs, the others compare trials. x good, copies: compared with the good loop in the "
        "most processes.",
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
    if all(row["seconds_to_begin_a_candidate"] is None for row in results["rows"]):
        lines.append("Trials do not include begin: it is measured only with several networks.")
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
