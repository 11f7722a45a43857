"""Coverage of intervals, correctness of races and selection bias of the best, by simulation.

The simulations are in `simulated_scores.py`; the tests of `search.evaluation` use them too, with
fewer repetitions. Prints tables and writes JSON.

    python -m benchmarks.intervals.intervals    # minutes on one core
"""

import json
from pathlib import Path
from typing import Any

import click
import pandas as pd

from benchmarks.environment import result_file, today
from benchmarks.intervals.simulated_scores import (
    NOISES,
    SHAPES,
    differences,
    expectations,
    optimisms,
    promises,
    races,
    shares,
)
from search.study.environment import versions


def expectation_rows(times: int) -> list[dict[str, Any]]:
    """Return the coverage of the interval for the consistency of new runs on new images."""
    return [
        {"images": images, "runs": runs, "level": level, "covered": c.covered, "width": c.width}
        for images in (1_000, 10_000)
        for (runs, level), c in expectations(images, (3, 5, 10), (0.8, 0.95), times).items()
    ]


def difference_rows(times: int) -> list[dict[str, Any]]:
    """Return the coverage of the interval for the difference from a published run."""
    return [
        {"runs": runs, "level": level, **differences(runs, level, times)._asdict()}
        for runs in (3, 5, 10)
        for level in (0.8, 0.95)
    ]


def share_rows(times: int) -> list[dict[str, Any]]:
    """Return the coverage of the interval for the share of runs that reach a target."""
    return [
        {
            "runs": runs,
            "share": share,
            "level": level,
            **shares(runs, share, level, times)._asdict(),
        }
        for runs in (3, 5, 10)
        for share in (0.05, 0.3, 0.5, 0.9)
        for level in (0.8, 0.95)
    ]


def promise_rows(times: int) -> list[dict[str, Any]]:
    """Return how well the probability that one more run reaches a target is calibrated.

    "told" is the estimated probability, "found" the observed share; they are equal if calibrated.
    """
    return [
        {"runs": runs, "told": probability, "found": share}
        for runs in (3, 5, 10)
        for probability, share in promises(runs, times).items()
    ]


def optimism_rows(times: int) -> list[dict[str, Any]]:
    """Return the selection bias of the best score, in standard deviations between runs."""
    names = ("true", "estimated", "deviation", "normal shrinkage")
    return [
        {"shape": shape, "candidates": count}
        | dict(zip(names, optimisms(shape, count, times), strict=True))
        for count in (5, 10, 20, 60, 200)
        for shape in SHAPES
    ]


def race_rows(times: int) -> list[dict[str, Any]]:
    """Return the results of races: nearly equal candidates, and gaps that save repeats.

    Each with equal and unequal spreads and with several distributions of noise.
    """
    tiny = 1e-6
    fields: dict[str, tuple[list[float], int]] = {
        "next to nothing": ([0, *[tiny] * 4], 5),
        "the same, 3 repeats": ([0, *[tiny] * 4], 3),
        "the same, 2 racers": ([0, tiny], 5),
        "the same, 10 racers": ([0, *[tiny] * 9], 5),
        "0 to 0.2": ([0, 0.05, 0.1, 0.15, 0.2], 5),
        "one 0.5 behind": ([0, 0.02, 0.04, 0.06, 0.5], 5),
    }
    rows = []
    for name, (gaps, most) in fields.items():
        others = len(gaps) - 1
        spreads = {
            "equal": [0.04] * len(gaps),
            "best 3x": [0.12, *[0.04] * others],
            "best 1/3": [0.04, *[0.12] * others],
        }
        for how, spread in spreads.items():
            for kind, noise in NOISES.items():
                raced = races(gaps, spread, times, most, noise)
                rows.append({"gaps": name, "spreads": how, "noise": kind, **raced._asdict()})
    return rows


QUESTIONS = {
    "expectation": expectation_rows,
    "difference": difference_rows,
    "share": share_rows,
    "promise": promise_rows,
    "race": race_rows,
    "optimism": optimism_rows,
}


@click.command()
@click.option(
    "--times",
    default=2_000,
    show_default=True,
    help="Simulations per row; a tenth of them for optimism.",
)
@click.option("--only", type=click.Choice(list(QUESTIONS)), help="Compute only this table.")
@click.option("--out", type=click.Path(path_type=Path), help="File for the results as JSON.")
def main(times: int, only: str | None, out: Path | None) -> None:
    """Run the simulations, print tables and write JSON."""
    results: dict[str, Any] = {}
    for name in [only] if only else QUESTIONS:
        count = times // 10 if name == "optimism" else times
        rows = QUESTIONS[name](count)
        results[name] = {"simulations": count, "rows": rows}
        click.echo(f"\n{name}, {count:,} simulations per row")
        click.echo(pd.DataFrame(rows).round(4).to_string(index=False))
    path = out or result_file("intervals", "cpu")
    about = {"date": today(), "device": "cpu", "versions": versions()}
    path.write_text(json.dumps(about | results, indent=1) + "\n", encoding="utf-8")
    click.echo(f"results written to {path}")


if __name__ == "__main__":
    main()
