"""`python -m search confirm`: the race on validation, then the winner on the test images."""

from collections.abc import Sequence
from typing import Any

import click
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from search import api
from search.candidates.wording import counted, percent
from search.cli.options import device_options, exit_interrupted, fraction, study_options
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


@click.command(short_help="Retrain the best over seeds; open the test images for the winner.")
@study_options
@click.option("--top", type=int, default=5, show_default=True, help="Candidates that race.")
@click.option(
    "--seeds",
    type=int,
    default=5,
    show_default=True,
    help="Final runs, and the most repeats of a candidate in the race; at least 3.",
)
@click.option(
    "--target",
    type=float,
    help="Accuracy in % that all of the last epochs are to reach.  [default: the study's, or 99.4]",
)
@click.option("--data", help="Where the study's data lie now, if not where they were.")
@device_options
def confirm(target: float | None, **options: Any) -> None:
    """Find out which candidate is really best, and what it is really worth.

    First the best candidates are retrained over fresh seeds and race on validation: those that
    cannot be best any more leave. Then the winner alone is retrained on all training images, and
    the test images are opened for it; every opening is written to the ledger of the studies folder.

    The same command again goes on where it stopped, and trains nothing twice.
    """
    console = Console()
    with open_repeat_display(console, None) as display:
        confirmation = api.confirm(target=fraction(target), show=display.show, **options)
    if confirmation is None:
        exit_interrupted()
    console.print(confirmation_summary(confirmation))


def race_table(race: RaceResult, caveats: Sequence[str] = ()) -> Table:
    """The racers, best first: the selected score and the results of their repeats."""
    notes = [
        f"consistency of repeats with fresh seeds, n = {race.images:,} validation images; the "
        "selected run is no repeat",
        race.test,
        *caveats,
    ]
    table = table_of("the race on validation", notes)
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
    """How the race went for a candidate, in words."""
    if racer.trial == race.winner:
        if race.rivals:
            others = ", ".join(str(trial) for trial in race.rivals)
            return f"best mean; cannot be told from trial{'s' * (len(race.rivals) > 1)} {others}"
        return "best"
    if racer.left_after is not None:
        return f"left after {counted(racer.left_after, 'repeat')}: {racer.why}"
    return "cannot be told from the best" if racer.trial in race.rivals else "behind the best"


def final_table(final: FinalResult, window: int) -> Table:
    """Test accuracy per epoch of every final run, and its consistency."""
    epochs = len(final.runs[0].accuracy)
    shown = range(max(0, epochs - window), epochs)
    table = table_of(
        f"trial {final.trial} on the test images",
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
            "nearest the median: exported" if run.number == final.median else "",
        )
    return table


def confirmation_summary(confirmation: Confirmation) -> RenderableType:
    """Everything that the confirmation shows, the answer first."""
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
    """The difference from public results, each a single run that was chosen on the test images."""
    table = table_of(
        "against public results",
        [
            "lowest of the last five epochs; theirs a single run chosen on the test images, ours "
            f"the mean of {len(final.runs)} runs on images that nothing was chosen by",
        ],
    )
    add_figures(table, "theirs", "parameters", "epochs", "difference")
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
    """From low to high with its level, as in "99.20 % to 99.41 % (95 % interval)"."""
    level = f"{100 * interval.level:.0f} % interval"
    return f"{percent(interval.low)} to {percent(interval.high)} ({level})"


def reach_words(reach: TargetReach) -> str:
    """The probability that all last epochs reach the target, in words."""
    words = (
        f"all of the last epochs at {percent(reach.target)} or above in {reach.hits} of "
        f"{reach.runs} runs ({100 * reach.interval.low:.0f} to {100 * reach.interval.high:.0f} % "
        f"of all such runs, at {reach.interval.level:.0%})"
    )
    if reach.probability is None:
        return words
    return f"{words}; probability that one more run does: {100 * reach.probability:.0f} %"


def luck_words(luck: SelectionBias) -> list[str]:
    """The selection bias of the score, in words."""
    return [
        f"luck: the selected run stood {difference_words(luck.to_repeats)} the mean of its "
        f"repeats on validation, and that mean {difference_words(luck.to_test)} the mean on test, "
        f"where all training images were learned from; taking the best of {luck.candidates} brings "
        f"{points(luck.expected)} points of optimism on average",
    ]


def difference_words(difference: float) -> str:
    """In words: "0.06 points above", "0.02 points below"."""
    return f"{points(abs(difference))} points {'above' if difference >= 0 else 'below'}"


def ledger_words(openings: int) -> str:
    """How often the test images were opened."""
    return f"ledger: the test images were opened {counted(openings, 'time')} in this studies folder"


def points(difference: float, sign: str = "") -> str:
    """A difference of accuracies in percentage points, two decimals."""
    return f"{100 * difference:{sign}.2f}"
