"""`python -m search baselines`: published networks, and their training by their own recipes."""

import json
from collections.abc import Mapping, Sequence
from itertools import chain, groupby
from typing import Any

import click
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from search import api
from search.candidates.baselines import (
    WINDOW,
    Baseline,
    PublicResult,
    baseline_notes,
    find_baseline,
    known_differences,
    lowest_of_window,
)
from search.candidates.candidate import Budget
from search.candidates.wording import comma_separated, counted, percent, recipe_words
from search.cli.options import device_options, exit_interrupted, studies_option
from search.cli.repeat_display import PlannedRepeatDisplay
from search.cli.tables import add_figures, facts, table_of
from search.evaluation.intervals import difference_from_published, mean
from search.evaluation.repeats import Repeat
from search.evaluation.results import BaselineResults, summarise_repeats
from search.evaluation.retraining import RepeatEvent, RepeatsPlanned
from search.files import to_data
from search.training.interrupts import Stopping

NOT_YET, NEVER = ("-", "-", ""), ("", "", "")  # where mean, worst and n would stand
NAME, FIGURE, DAY = 15, 7, 10  # characters: the longest name, a percentage, a date
MEANING = (
    f"best, lowest: published, of the best epoch and of the last {WINDOW}; a single run, chosen on "
    "the test images",
    f"mean, worst: ours over n repeats, the lowest of the last {WINDOW} epochs; trained on all "
    "training images by the published recipe, nothing chosen",
    "accuracies of the 10,000 test images of MNIST",
    "-: not measured yet; python -m search baselines --train NAME measures it",
)


@click.command(short_help="List published networks beside what we measured, or train one.")
@click.option("--train", metavar="NAME", help="Train this one by its own recipe, score it on test.")
@click.option(
    "--seeds",
    type=int,
    default=3,
    show_default=True,
    help="Repeats with draws of their own; 1 says nothing about the spread.",
)
@click.option("--json", "as_json_", is_flag=True, help="The list for machines.")
@studies_option
@device_options
def baselines(train: str | None, as_json_: bool, **options: Any) -> None:
    """List published networks: their figures, what we measured of them, the public bars.

    With --train one of them is trained again on all training images by its own recipe, whatever
    its budget, and scored on the test images after each epoch; every opening of these is written
    to the ledger of the studies folder. The same command again goes on where it stopped, and trains
    nothing twice.
    """
    console = Console()
    if train is not None:
        _train(console, train, **options)
        return
    results = api.baselines(**options)
    if as_json_:
        click.echo(json.dumps(baselines_as_json(results), indent=1))
    else:
        console.print(baseline_tables(results))


def _train(console: Console, name: str, **options: Any) -> None:
    with PlannedRepeatDisplay(console) as display:

        def show(event: RepeatsPlanned | RepeatEvent | Stopping) -> None:
            if isinstance(event, RepeatsPlanned):
                console.print(training_table(find_baseline(name)))
            display.show(event)

        results = api.baselines(name, show=show, **options)
    if results.missing:
        exit_interrupted()
    (baseline,) = results.baselines
    console.print(compared_with_published(baseline, results.measured[baseline.name]))


def baseline_tables(results: BaselineResults) -> RenderableType:
    """Every baseline with its published and measured figures and notes, and the public results."""
    baselines, measured = results.baselines, results.measured
    systems = [list(steps) for _, steps in groupby(baselines, key=lambda step: step.system)]
    tables = [_system(steps, measured, ()) for steps in systems[:-1]]
    last = _system(systems[-1], measured, (*MEANING, *_measured_with(measured)))
    notes = [(b.name, "; ".join(filter(None, (b.note, b.stand_in)))) for b in baselines]
    noted = facts("notes", [(name, note) for name, note in notes if note])
    return Group(*tables, last, noted, _bars(results.public_results))


def _measured_with(measured: Mapping[str, Sequence[Repeat]]) -> list[str]:
    """Devices, versions and days of the repeats, a line for each combination."""
    days: dict[tuple[str, str], set[str]] = {}
    for repeat in chain.from_iterable(measured.values()):
        days.setdefault((repeat.device, repeat.versions), set()).add(repeat.time[:DAY])
    return [
        f"measured on {device} with {versions}, {' to '.join(sorted({min(when), max(when)}))}"
        for (device, versions), when in days.items()
    ]


def _system(
    baselines: Sequence[Baseline],
    measured: Mapping[str, Sequence[Repeat]],
    notes: Sequence[str],
) -> Table:
    """The steps of one system. Its columns are as wide as those of the others."""
    table = table_of(baselines[0].system, notes)
    table.add_column("name", no_wrap=True, min_width=NAME)
    add_figures(table, "parameters", "best", "lowest", "mean", "worst", "n")
    for column in table.columns[2:6]:
        column.min_width = FIGURE
    table.add_column("step", overflow="fold")
    for baseline in baselines:
        summary = summarise_repeats(measured.get(baseline.name, ()))
        ours = NOT_YET if baseline.candidate else NEVER
        if summary:
            ours = (percent(summary.mean), percent(summary.worst), str(summary.n))
        table.add_row(
            baseline.name,
            f"{baseline.parameters:,}",
            _percent(baseline.published.best),
            _percent(baseline.published.lowest),
            *(Text(figure, style="" if summary else "dim") for figure in ours),
            Text(baseline.step),
        )
    return table


def _bars(bars: Sequence[PublicResult]) -> Table:
    table = table_of("public bars", ["test accuracy of single runs that were chosen on test"])
    table.add_column("", overflow="fold")
    add_figures(table, "parameters", "epochs", "best", "lowest")
    for bar in bars:
        figures = (percent(bar.best), percent(bar.lowest))
        table.add_row(bar.name, f"{bar.parameters:,}", str(bar.epochs), *figures)
    return table


def compared_with_published(baseline: Baseline, repeats: Sequence[Repeat]) -> RenderableType:
    """Our figures beside the published ones: by epoch, summary, known differences."""
    whole = [repeat for repeat in repeats if not repeat.failure]
    failures = [
        f"repeat {repeat.number + 1} failed: {repeat.failure}"
        for repeat in repeats
        if repeat.failure
    ]
    notes = [
        *failures,
        f"{baseline.name}: {baseline.note}" if baseline.note else "",
        f"stand-in: {baseline.stand_in}" if baseline.stand_in else "",
        f"not alike: {known_differences()}",
    ]
    lines = [Text(note) for note in notes if note]
    return Group(*([_curves(baseline, whole), _scores(baseline, whole)] if whole else []), *lines)


def _curves(baseline: Baseline, repeats: Sequence[Repeat]) -> Table:
    first, published = repeats[0], baseline.published.accuracy
    table = table_of(
        f"{baseline.name} on the test images",
        [
            f"accuracy, n = {first.images:,} test images; ours over {_repeats(repeats)}, trained "
            f"on {first.train_examples:,} images, on {first.device}"
        ],
    )
    add_figures(table, "epoch", "published", "our mean", "our lowest")
    table.add_column("")
    epochs = len(first.accuracy)
    for epoch in range(epochs):
        ours = [repeat.accuracy[epoch] for repeat in repeats]
        table.add_row(
            str(epoch + 1),
            percent(published[epoch]) if epoch < len(published) else "",
            percent(mean(ours)),
            percent(min(ours)),
            "in the window" if epoch >= epochs - WINDOW else "",
        )
    return table


def _scores(baseline: Baseline, repeats: Sequence[Repeat]) -> Table:
    table = table_of("published and measured", [_difference(baseline, repeats)])
    table.add_column("")
    add_figures(table, "best epoch", f"lowest of last {WINDOW}")
    published = baseline.published
    table.add_row("published, chosen on test", _percent(published.best), _percent(published.lowest))
    scores = [(max(repeat.accuracy), lowest_of_window(repeat.accuracy)) for repeat in repeats]
    for repeat, figures in zip(repeats, scores, strict=True):
        table.add_row(f"our repeat {repeat.number + 1}", *map(percent, figures))
    best, low = zip(*scores, strict=True)
    table.add_row(f"our mean, n = {len(repeats)}", percent(mean(best)), percent(mean(low)))
    table.add_row(f"our worst, n = {len(repeats)}", percent(min(best)), percent(min(low)))
    return table


def _difference(baseline: Baseline, repeats: Sequence[Repeat]) -> str:
    """Our mean minus the published figure, and whether noise explains it."""
    if len(repeats) == 1:
        return "a single repeat says nothing about the spread: ask for more --seeds"
    published = baseline.published.lowest
    if published is None:
        return "published without a log: there is no lowest accuracy to compare with"
    scores = [lowest_of_window(repeat.accuracy) for repeat in repeats]
    interval = difference_from_published(scores, published)
    noise = "no more than noise" if interval.low <= 0 <= interval.high else "more than noise"
    figures = (interval.low, interval.high, mean(scores) - published)
    low, high, middle = (f"{100 * figure:+.2f}" for figure in figures)
    return (
        f"lowest of last {WINDOW}: our mean lies {middle} points from the published, "
        f"{100 * interval.level:.0f} % interval {low} to {high}: {noise}"
    )


def budget_words(baseline: Baseline) -> str:
    """The budget that it is trained under; "" without a candidate."""
    if baseline.candidate is None or baseline.budget is None:
        return ""
    violations = Budget().violations(baseline.candidate)
    if not violations:
        return f"{baseline.name} keeps the usual budget: {baseline.budget}"
    over = comma_separated([f"{excess.value:,} {excess.limit}" for excess in violations])
    return (
        f"{baseline.name} exceeds the usual budget of {Budget()} with {over}: it runs under "
        f"its own, {baseline.budget}"
    )


def training_table(baseline: Baseline) -> RenderableType:
    """A table of the training that is about to start."""
    assert baseline.candidate is not None
    lines = [("network", baseline.candidate.label), *recipe_words(baseline.candidate.recipe)]
    return Group(facts(f"{baseline.name}, by its own recipe", lines), Text(budget_words(baseline)))


def baselines_as_json(results: BaselineResults) -> dict[str, Any]:
    """The list for machines."""
    return {
        "about": baseline_notes(),
        "unlike": known_differences(),
        "baselines": [
            _baseline_as_json(baseline, results.measured.get(baseline.name, ()))
            for baseline in results.baselines
        ],
        "bars": [vars(bar) for bar in results.public_results],
    }


def _baseline_as_json(baseline: Baseline, repeats: Sequence[Repeat]) -> dict[str, Any]:
    """measured is null if no repeat was trained to the end."""
    summary = summarise_repeats(repeats)
    ours = None if summary is None else {**vars(summary), "repeats": to_data(tuple(repeats))}
    return {**to_data(baseline), "measured": ours}


def _percent(figure: float | None) -> str:
    return "" if figure is None else percent(figure)


def _repeats(repeats: Sequence[Repeat]) -> str:
    return counted(len(repeats), "repeat")
