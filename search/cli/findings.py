"""A confirmation in tables and sentences for the terminal. Never imports torch."""

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from search.candidates.wording import counted, percent
from search.cli.tables import add_figures, table_of
from search.evaluation.results import Confirmation, Final, Interval, Luck, Race, Racer, Reach


def race_table(race: Race, caveats: Sequence[str] = ()) -> Table:
    """The racers, best first: what they were selected by, what their repeats gave."""
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
            Text(fate(racer, race)),
        )
    return table


def fate(racer: Racer, race: Race) -> str:
    """How the race went for a candidate, in words."""
    if racer.trial == race.winner:
        if race.rivals:
            others = ", ".join(str(trial) for trial in race.rivals)
            return f"best mean; cannot be told from trial{'s' * (len(race.rivals) > 1)} {others}"
        return "best"
    if racer.left_after is not None:
        return f"left after {counted(racer.left_after, 'repeat')}: {racer.why}"
    return "cannot be told from the best" if racer.trial in race.rivals else "behind the best"


def final_table(final: Final, window: int) -> Table:
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


def summary(found: Confirmation) -> RenderableType:
    """Everything that was found out, the answer first."""
    final = found.final
    winner = next(racer for racer in found.race.racers if racer.trial == final.trial)
    lines = [
        f"trial {final.trial}, {winner.parameters:,} parameters: consistency "
        f"{percent(final.mean)} on test, mean of {len(final.runs)} runs; "
        f"{interval(final.interval)}; worst {percent(final.worst)}",
        reach_words(final.reach),
        *luck_words(found.luck),
        ledger_words(final.openings),
    ]
    parts: list[RenderableType] = [
        race_table(found.race, found.caveats),
        final_table(final, found.window),
    ]
    if final.differences:
        parts.append(bars_table(final))
    return Group(*parts, *(Text(line) for line in lines))


def bars_table(final: Final) -> Table:
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


def interval(given: Interval) -> str:
    """From low to high with its level, as in "99.20 % to 99.41 % (95 % interval)"."""
    return f"{percent(given.low)} to {percent(given.high)} ({100 * given.level:.0f} % interval)"


def reach_words(found: Reach) -> str:
    """How surely all last epochs reach the target."""
    told = (
        f"all of the last epochs at {percent(found.target)} or above in {found.hits} of "
        f"{found.runs} runs ({100 * found.interval.low:.0f} to {100 * found.interval.high:.0f} % "
        f"of all such runs, at {found.interval.level:.0%})"
    )
    if found.probability is None:
        return told
    return f"{told}; probability that one more run does: {100 * found.probability:.0f} %"


def luck_words(luck: Luck) -> list[str]:
    """How much of the score was luck."""
    return [
        f"luck: the selected run stood {above(luck.to_repeats)} the mean of its repeats on "
        f"validation, and that mean {above(luck.to_test)} the mean on test, where all training "
        f"images were learned from; taking the best of {luck.candidates} brings "
        f"{points(luck.expected)} points of optimism on average",
    ]


def above(difference: float) -> str:
    """In words: "0.06 points above", "0.02 points below"."""
    return f"{points(abs(difference))} points {'above' if difference >= 0 else 'below'}"


def ledger_words(openings: int) -> str:
    """How often the test images were opened."""
    return f"ledger: the test images were opened {counted(openings, 'time')} in this studies folder"


def points(difference: float, sign: str = "") -> str:
    """A difference of accuracies in percentage points, two decimals."""
    return f"{100 * difference:{sign}.2f}"
