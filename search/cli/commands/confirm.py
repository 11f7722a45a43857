"""`python -m search confirm`: a race on validation, then the winner on the test set."""

from collections.abc import Sequence
from typing import Any

import click
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from search import api
from search.candidates.wording import counted, percent
from search.cli.options import (
    MOVED_DATA_HELP,
    device_options,
    exit_interrupted,
    fraction,
    study_options,
)
from search.cli.repeat_display import open_repeat_display
from search.cli.tables import add_figures, table_of
from search.evaluation.intervals import Interval, TargetReach
from search.evaluation.results import (
    Confirmation,
    FinalResult,
    Racer,
    RaceResult,
    SelectionBias,
)


@click.command(short_help="Retrain the best candidates and test the winner.")
@study_options
@click.option(
    "--top", type=int, default=5, show_default=True, help="Number of candidates in the race."
)
@click.option(
    "--seeds",
    type=int,
    default=5,
    show_default=True,
    help="Number of final runs, and maximum number of repeats per candidate in the race. At least "
    "3.",
)
@click.option(
    "--target",
    type=float,
    help="Accuracy in % that all of the last epochs must reach.  [default: the study's target, or "
    "99.4]",
)
@click.option("--data", help=MOVED_DATA_HELP)
@device_options
def confirm(target: float | None, **options: Any) -> None:
    """Confirm the best candidate with new seeds, and measure its test accuracy.

    First, the best candidates are retrained with new seeds and compared on the validation set;
    clearly inferior candidates are dropped. Then only the winner is retrained on all training
    images and evaluated on the test set. Each evaluation on the test set is logged in the ledger of
    the studies folder.

    Run the same command again to resume; finished repeats are not trained again.
    """
    console = Console()
    with open_repeat_display(console, None) as display:
        confirmation = api.confirm(target=fraction(target), show=display.show, **options)
    if confirmation is None:
        exit_interrupted()
    console.print(confirmation_summary(confirmation))


def race_table(race: RaceResult, caveats: Sequence[str] = ()) -> Table:
    """The candidates of the race, best first: selected score and results of the repeats."""
    notes = [
        f"consistency of repeats with new seeds, n = {race.images:,} validation images; the "
        "selected run does not count as a repeat",
        race.test,
        *caveats,
    ]
    table = table_of("race on the validation set", notes)
    add_figures(table, "trial", "parameters", "selected", "mean", "worst", "spread", "repeats")
    table.add_column("", overflow="fold")
    for racer in sorted(race.racers, key=lambda racer: -racer.mean):
        table.add_row(
            str(racer.trial),
            f"{racer.parameters:,}",
            percent(racer.selected),
            percent(racer.mean) if racer.scores else "",
            percent(min(racer.scores)) if racer.scores else "",
            points(racer.spread) if racer.spread is not None else "",
            str(len(racer.scores)),
            Text(race_outcome(racer, race)),
        )
    return table


def race_outcome(racer: Racer, race: RaceResult) -> str:
    """The result of the race for a candidate, in words."""
    if racer.trial == race.winner:
        if race.rivals:
            others = ", ".join(str(trial) for trial in race.rivals)
            return (
                f"best mean; statistically comparable: trial{'s' * (len(race.rivals) > 1)} {others}"
            )
        return "best"
    if racer.left_after is not None:
        return f"dropped after {counted(racer.left_after, 'repeat')}: {racer.why}"
    return "comparable to the best" if racer.trial in race.rivals else "inferior to the best"


def final_table(final: FinalResult, window: int) -> Table:
    """The test accuracy per epoch and the consistency of every final run."""
    epochs = len(final.runs[0].accuracy)
    shown = range(max(0, epochs - window), epochs)
    table = table_of(
        f"trial {final.trial} on the test set",
        [
            f"accuracy on n = {final.images:,} test images after each of the last {len(shown)} of "
            f"{epochs} epochs, trained on {final.train_examples:,} images",
        ],
    )
    add_figures(table, "run", *(f"epoch {epoch + 1}" for epoch in shown), "consistency")
    table.add_column("")
    for run in final.runs:
        table.add_row(
            str(run.number + 1),
            *(percent(run.accuracy[epoch]) for epoch in shown),
            percent(run.consistency),
            "closest to the median, exported" if run.number == final.median else "",
        )
    return table


def confirmation_summary(confirmation: Confirmation) -> RenderableType:
    """The tables of the race and the final runs, and the conclusions in words."""
    final = confirmation.final
    winner = next(racer for racer in confirmation.race.racers if racer.trial == final.trial)
    lines = [
        f"trial {final.trial}, {winner.parameters:,} parameters: consistency "
        f"{percent(final.mean)} on test, mean of {len(final.runs)} runs; "
        f"{interval_words(final.interval)}; worst {percent(final.worst)}",
        reach_words(final.reach),
        *luck_words(confirmation.luck),
        ledger_words(final.openings),
    ]
    parts: list[RenderableType] = [
        race_table(confirmation.race, confirmation.caveats),
        final_table(final, confirmation.window),
    ]
    if final.differences:
        parts.append(published_table(final))
    return Group(*parts, *(Text(line) for line in lines))


def published_table(final: FinalResult) -> Table:
    """The difference from public results, each a single run selected on the test set."""
    table = table_of(
        "comparison with public results",
        [
            "lowest accuracy of the last five epochs; public: a single run selected on the test "
            f"set; ours: mean of {len(final.runs)} runs on images not used for selection",
        ],
    )
    add_figures(table, "public", "parameters", "epochs", "difference")
    table.add_column("interval")
    table.add_column("", overflow="fold")
    for bar in final.differences:
        low, high = points(bar.interval.low, "+"), points(bar.interval.high, "+")
        table.add_row(
            percent(bar.published),
            f"{bar.parameters:,}",
            str(bar.epochs),
            f"{points(bar.difference, '+')} points",
            f"{low} to {high} ({bar.interval.level:.0%})",
            Text(bar.bar),
        )
    return table


def interval_words(interval: Interval) -> str:
    """An interval in words, such as "99.20 % to 99.41 % (95 % interval)"."""
    level = f"{100 * interval.level:.0f} % interval"
    return f"{percent(interval.low)} to {percent(interval.high)} ({level})"


def reach_words(reach: TargetReach) -> str:
    """How many runs reach the target in all of the last epochs, in words."""
    words = (
        f"{reach.hits} of {reach.runs} runs reach {percent(reach.target)} in all of the last "
        f"epochs ({100 * reach.interval.low:.0f} to {100 * reach.interval.high:.0f} % of such "
        f"runs, {100 * reach.interval.level:.0f} % interval)"
    )
    if reach.probability is None:
        return words
    return f"{words}; estimated probability for another run: {100 * reach.probability:.0f} %"


def luck_words(luck: SelectionBias) -> list[str]:
    """The selection bias of the score, in words."""
    return [
        f"selection bias: the selected run scored {difference_words(luck.to_repeats)} the mean of "
        f"its repeats on validation, which is {difference_words(luck.to_test)} the mean on test, "
        f"trained on all training images; selecting the best of {luck.candidates} candidates "
        f"raises the score by {points(luck.expected)} points on average",
    ]


def difference_words(difference: float) -> str:
    """A difference in words: "0.06 points above", "0.02 points below"."""
    return f"{points(abs(difference))} points {'above' if difference >= 0 else 'below'}"


def ledger_words(openings: int) -> str:
    """The number of evaluations on the test set that the ledger lists, in words."""
    return f"evaluations on the test set in this studies folder: {openings:,} (see ledger)"


def points(difference: float, sign: str = "") -> str:
    """A difference of accuracies in percentage points, two decimals."""
    return f"{100 * difference:{sign}.2f}"
