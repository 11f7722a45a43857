"""What `throughput.py` prints: two tables and the sentences that they need, from its plain data."""

from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.throughput.table import Row

WIDTH = 132  # columns of the tables where no terminal says otherwise
BUSY = 0.5  # processes: more is no idle machine
TIME = ("epoch", "trial", "trials/h", "x plain", "x good")
COST = ("x floor", "floor", "start", "begin", "RSS MiB", "PSS MiB", "GPU MiB", "J/trial")


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
            spoken(row["seconds_per_epoch"]),
            *map(spoken, row["seconds_per_epoch_by_network"].values()),
            spoken(row["seconds_per_trial"]),
            spoken(row["trials_per_hour"]),
            spoken(row["times_plain"], spread=True),
            spoken(row["times_good"], spread=True),
        )
    return table


def cost_table(rows: list[Row]) -> Table:
    """How far from the floor, and what it takes."""
    table = _table("What it takes", *COST)
    for row in rows:
        table.add_row(
            row["title"],
            spoken(row["times_floor"], spread=True),
            spoken(row["floor_seconds_per_epoch"]),
            spoken(row["seconds_to_start"]),
            spoken(row["seconds_to_begin_a_candidate"]),
            *(spoken(row[f"peak_{kind}_mib"]) for kind in ("rss", "pss", "gpu")),
            spoken(row["joules_per_trial"]),
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


def spoken(value: Any, *, spread: bool = False) -> str:
    """A figure in three digits; its lowest and highest where asked."""
    if value is None:
        return "not told"
    if not isinstance(value, dict):
        return f"{value:,.0f}" if value >= 1_000 else f"{value:.3g}"
    told, lowest, highest = map(spoken, value.values())
    return f"{told} ({lowest} to {highest})" if spread and lowest != highest else told


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left")
    table.add_column("side")
    for column in columns:
        table.add_column(column, justify="right")
    return table
