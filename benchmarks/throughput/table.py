"""From the courses of all sides to the figures that `throughput.py` tells: rows and ratios.

An epoch's seconds are from the end of one to the end of the next, so that pauses count; the first
of each candidate is not counted. A side's epoch is the mean over the networks of their medians.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise
from statistics import fmean, median
from typing import Any, NamedTuple

from rich.console import Console
from rich.table import Table

from benchmarks.throughput import hardware_floor as floor
from benchmarks.throughput.contestants import NETWORKS, WHOLE, Course, Side, candidate, held_out

TRIAL = 15  # epochs of a candidate
HOUR = 3_600  # seconds
DIGITS = 4  # significant ones: spread is larger
Row = dict[str, Any]
WIDTH = 132  # columns of the tables where no terminal says otherwise
BUSY = 0.5  # processes: more is no idle machine
TIME = ("epoch", "trial", "trials/h", "x plain", "x good")
COST = ("x floor", "floor", "start", "begin", "RSS MiB", "PSS MiB", "GPU MiB", "J/trial")


class Run(NamedTuple):
    """One side, once. rss, pss: most MiB of all its processes; pss counts what they share once.

    gpu: most MiB in use on the GPUs beyond what was before. joules: of the whole run.
    """

    courses: list[Course]
    joules: float | None = None
    rss: float | None = None
    pss: float | None = None
    gpu: float | None = None

    @property
    def networks(self) -> dict[str, float]:
        """Seconds from one epoch's end to the next by network."""
        found: dict[str, list[float]] = {}
        for course in self.courses:
            found.setdefault(course.network, []).extend(counted(course))
        return {name: median(seconds) for name, seconds in found.items()}

    @property
    def epoch(self) -> float:
        """Seconds, the mean over the networks."""
        return fmean(self.networks.values())

    @property
    def start(self) -> float:
        """Seconds from the launch to the first epoch, starting and warming up included."""
        return max(self._waits(first=True, since=lambda _: 0.0), 0.0)

    @property
    def warm_up(self) -> float:
        """Seconds that a candidate costs beside its epochs, in a place where one ran before."""
        return max(self._waits(first=False, since=lambda course: course.admitted), 0.0)

    @property
    def resting(self) -> float | None:
        """Share of the counted time that was neither training nor scoring, where a pool tells."""
        told = sum(sum(course.training[1:]) for course in self.courses)
        return 1 - told / sum(sum(counted(course)) for course in self.courses) if told else None

    def _waits(self, *, first: bool, since: Callable[[Course], float]) -> float:
        networks = self.networks
        waits = [
            course.ends[0] - since(course) - networks[course.network]
            for course in self.courses
            if course.first == first
        ]
        return median(waits) if waits else 0.0


def counted(course: Course) -> list[float]:
    """Seconds of each epoch but the first."""
    return [end - begin for begin, end in pairwise(course.ends)]


def trial(run: Run, at_once: int, count: int) -> float:
    """Seconds per candidate of 15 epochs of all images, what it costs to begin it included."""
    return (TRIAL * run.epoch * WHOLE / count + run.warm_up) / at_once


def least(peak: floor.Peak) -> float:
    """The floor of an epoch of all images, the mean over the networks."""
    networks = (candidate(name, 1).architecture for name in NETWORKS)
    needs = (floor.epoch(network, WHOLE, held_out(WHOLE)) for network in networks)
    return fmean(need.seconds(peak) for need in needs)


def rows(
    runs: dict[Side, list[Run]], peaks: dict[int, floor.Peak], device: str, count: int
) -> list[Row]:
    """The figures of each side. runs: of every round, in order; all have as many."""
    trials = {
        side: [trial(run, side.at_once, count) for run in found] for side, found in runs.items()
    }
    against = {
        kind: next((trials[side] for side in runs if (side.kind, side.at_once) == (kind, 1)), None)
        for kind in ("plain", "good")
    }
    least_of = {side: least(peaks[side.cores(device)]) for side in runs}
    return [
        {
            "side": side.name,
            "title": side.title,
            "at_once": side.at_once,
            "cores": side.cores(device) if device == "cpu" else None,
            "n": len(found),
            **speed(found, side.at_once, count),
            "seconds_per_trial": figure(trials[side]),
            "trials_per_hour": figure([HOUR / seconds for seconds in trials[side]]),
            "times_plain": ratio(against["plain"], trials[side]),
            "times_good": ratio(against["good"], trials[side]),
            "floor_seconds_per_epoch": rounded(least_of[side]),
            "times_floor": figure(
                [run.epoch * WHOLE / count / side.at_once / least_of[side] for run in found]
            ),
            **costs(found, count),
        }
        for side, found in runs.items()
    ]


def speed(found: Sequence[Run], at_once: int, count: int) -> Row:
    """Seconds per epoch of all images, as a candidate sees it and divided by those at once."""
    scale = WHOLE / count
    return {
        "seconds_per_epoch": figure([scale * run.epoch / at_once for run in found]),
        "seconds_per_epoch_of_each": figure([scale * run.epoch for run in found]),
        "seconds_per_epoch_by_network": {
            name: figure([scale * run.networks[name] / at_once for run in found])
            for name in NETWORKS
        },
    }


def costs(found: Sequence[Run], count: int) -> Row:
    """What it takes beside time. joules_per_trial: starting and first epochs shared out."""
    epochs = [sum(len(course.ends) for course in run.courses) for run in found]
    joules = [
        TRIAL * WHOLE / count * run.joules / each
        for run, each in zip(found, epochs, strict=True)
        if run.joules is not None
    ]
    resting = [run.resting for run in found if run.resting is not None]
    return {
        "seconds_to_start": figure([run.start for run in found]),
        "seconds_to_begin_a_candidate": figure([run.warm_up for run in found]),
        "share_not_training": figure(resting) if resting else None,
        "peak_rss_mib": most(run.rss for run in found),
        "peak_pss_mib": most(run.pss for run in found),
        "peak_gpu_mib": most(run.gpu for run in found),
        "joules_per_trial": figure(joules) if joules else None,
        "validation_accuracy": figure(
            [fmean(course.accuracy for course in run.courses) for run in found]
        ),
    }


def most(values: Any) -> int | None:
    """The largest of those that are known."""
    return round(max((value for value in values if value), default=0)) or None


def figure(values: Sequence[float]) -> dict[str, float]:
    """Median with spread."""
    spread = {"median": median(values), "lowest": min(values), "highest": max(values)}
    return {name: rounded(value) for name, value in spread.items()}


def ratio(one: Sequence[float] | None, other: Sequence[float]) -> dict[str, float] | None:
    """How many times faster the other is, round by round."""
    return figure([a / b for a, b in zip(one, other, strict=True)]) if one else None


def rounded(value: float) -> float:
    """To the significant digits that are told."""
    return float(f"{value:.{DIGITS}g}")


def show(found: dict[str, Any]) -> None:
    """Tables and sentences on standard output."""
    console = Console()
    console = console if console.is_terminal else Console(width=WIDTH)
    titles = [f"{network['parameters']:,}" for network in found["networks"]]
    console.print(time_table(found["rows"], titles), cost_table(found["rows"]), sep="\n")
    for line in notes(found):
        console.print(line, highlight=False)


def time_table(rows: list[Row], titles: list[str]) -> Table:
    """Seconds per candidate. titles: of the networks, whose epochs have a column each."""
    epoch, *rest = TIME
    table = _table("Seconds per candidate", epoch, *titles, *rest)
    for row in rows:
        table.add_row(
            row["title"],
            command_line(row["seconds_per_epoch"]),
            *map(command_line, row["seconds_per_epoch_by_network"].values()),
            command_line(row["seconds_per_trial"]),
            command_line(row["trials_per_hour"]),
            command_line(row["times_plain"], spread=True),
            command_line(row["times_good"], spread=True),
        )
    return table


def cost_table(rows: list[Row]) -> Table:
    """How far from the floor, and what it takes."""
    table = _table("What it takes", *COST)
    for row in rows:
        table.add_row(
            row["title"],
            command_line(row["times_floor"], spread=True),
            command_line(row["floor_seconds_per_epoch"]),
            command_line(row["seconds_to_start"]),
            command_line(row["seconds_to_begin_a_candidate"]),
            *(command_line(row[f"peak_{kind}_mib"]) for kind in ("rss", "pss", "gpu")),
            command_line(row["joules_per_trial"]),
        )
    return table


def notes(found: dict[str, Any]) -> list[str]:
    """Sentences under the tables: what the figures belong to and what the columns mean."""
    lines = [
        f"{found['device']}, {found['cores']} cores, torch {found['torch']}, Python "
        f"{found['python']}, {found['date']}. Medians over the rounds, {found['rounds']} of them, "
        f"(lowest to highest); counted epochs of each network in each: {found['counted_epochs']}.",
        "Seconds are divided by the candidates at once. "
        f"A trial is {found['trial']} epochs and the beginning of a candidate in a process that "
        "runs already (begin); start: from launching the process to the first epoch.",
        f"Floor: the arithmetic or the memory traffic of an epoch at the peaks measured here, for "
        f"the cores in use: {peaks(found)}.",
    ]
    if found["extrapolated"]:
        lines.append(f"Extrapolated {found['extrapolated']}, validation images alike.")
    if found["native"] is not None:
        engine = "C++ engine" if found["native"] else "torch's operators alone, no C++ engine"
        lines.append(f"Frugal ran with {engine}; its pools end at the number of cores.")
    if (found["load_before"] or 0) > BUSY:
        lines.append(
            f"The machine was not idle: load {found['load_before']} in the minute before. These "
            "figures are not to be quoted."
        )
    if found["failed"]:
        lines.append(f"Failed, and left out: {', '.join(found['failed'])}.")
    return lines


def peaks(found: dict[str, Any]) -> str:
    """As in "1: 90 GFLOP/s, 10 GB/s"; the number is of cores."""
    return "; ".join(
        f"{cores}: {flops / 1e9:,.0f} GFLOP/s, {bandwidth / 1e9:,.1f} GB/s"
        for cores, (flops, bandwidth) in found["peaks"].items()
    )


def command_line(value: Any, *, spread: bool = False) -> str:
    """A figure in three digits; its lowest and highest where asked."""
    if value is None:
        return "not told"
    if not isinstance(value, dict):
        return f"{value:,.0f}" if value >= 1_000 else f"{value:.3g}"
    told, lowest, highest = map(command_line, value.values())
    return f"{told} ({lowest} to {highest})" if spread and lowest != highest else told


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left")
    table.add_column("side")
    for column in columns:
        table.add_column(column, justify="right")
    return table
