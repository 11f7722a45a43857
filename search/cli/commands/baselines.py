"""`python -m search baselines`: list published networks, or train one with its recipe."""

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

NOT_YET, NEVER = ("-", "-", ""), ("", "", "")  # in place of mean, worst and n
NAME, FIGURE, DAY = 15, 7, 10  # characters: the longest name, a percentage, a date
MEANING = (
    f"best, lowest: as published, highest of all epochs and lowest of the last {WINDOW}; a single "
    "run, selected on the test set",
    f"mean, worst: measured here over n repeats, lowest of the last {WINDOW} epochs; trained on "
    "all training images with the published recipe, without selection",
    "all accuracies are on the 10,000 test images of MNIST",
    "-: not measured yet; to measure: python -m search baselines --train NAME",
)


@click.command(short_help="List published networks with measured results, or train one.")
@click.option(
    "--train",
    metavar="NAME",
    help="Train this network with its published recipe and evaluate it on the test set.",
)
@click.option(
    "--seeds",
    type=int,
    default=3,
    show_default=True,
    help="Number of repeats with different seeds. A single repeat gives no spread.",
)
@click.option("--json", "as_json_", is_flag=True, help="Print the list as JSON.")
@studies_option
@device_options
def baselines(train: str | None, as_json_: bool, **options: Any) -> None:
    """List published networks with their published and measured results.

    With --train, the named network is trained on all training images with its published recipe,
    regardless of the budget, and evaluated on the test set after each epoch. Each evaluation is
    logged in the ledger of the studies folder. Run the same command again to resume; finished
    repeats are not trained again.
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
    """Every baseline with its published and measured accuracies and notes; public results."""
    baselines, measured = results.baselines, results.measured
    systems = [list(steps) for _, steps in groupby(baselines, key=lambda step: step.system)]
    tables = [_system(steps, measured, ()) for steps in systems[:-1]]
    last = _system(systems[-1], measured, (*MEANING, *_measured_with(measured)))
    notes = [(b.name, "; ".join(filter(None, (b.note, b.stand_in)))) for b in baselines]
    noted = facts("notes", [(name, note) for name, note in notes if note])
    return Group(*tables, last, noted, _bars(results.public_results))


def _measured_with(measured: Mapping[str, Sequence[Repeat]]) -> list[str]:
    """The devices, versions and dates of the repeats, one line per combination."""
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
    """A table of the steps of one system, with the same column widths for all systems."""
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
    table = table_of("public results", ["test accuracy of single runs selected on the test set"])
    table.add_column("", overflow="fold")
    add_figures(table, "parameters", "epochs", "best", "lowest")
    for bar in bars:
        figures = (percent(bar.best), percent(bar.lowest))
        table.add_row(bar.name, f"{bar.parameters:,}", str(bar.epochs), *figures)
    return table


def compared_with_published(baseline: Baseline, repeats: Sequence[Repeat]) -> RenderableType:
    """Measured and published accuracies: by epoch, in summary, and known differences."""
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
        f"differences from the published training: {known_differences()}",
    ]
    lines = [Text(note) for note in notes if note]
    return Group(*([_curves(baseline, whole), _scores(baseline, whole)] if whole else []), *lines)


def _curves(baseline: Baseline, repeats: Sequence[Repeat]) -> Table:
    first, published = repeats[0], baseline.published.accuracy
    table = table_of(
        f"{baseline.name} on the test set",
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
    table.add_row(
        "published, selected on test", _percent(published.best), _percent(published.lowest)
    )
    scores = [(max(repeat.accuracy), lowest_of_window(repeat.accuracy)) for repeat in repeats]
    for repeat, figures in zip(repeats, scores, strict=True):
        table.add_row(f"our repeat {repeat.number + 1}", *map(percent, figures))
    best, low = zip(*scores, strict=True)
    table.add_row(f"our mean, n = {len(repeats)}", percent(mean(best)), percent(mean(low)))
    table.add_row(f"our worst, n = {len(repeats)}", percent(min(best)), percent(min(low)))
    return table


def _difference(baseline: Baseline, repeats: Sequence[Repeat]) -> str:
    """Our mean minus the published accuracy, and whether noise can explain it."""
    if len(repeats) == 1:
        return "a single repeat gives no spread: raise --seeds"
    published = baseline.published.lowest
    if published is None:
        return "published without a log: no lowest accuracy to compare with"
    scores = [lowest_of_window(repeat.accuracy) for repeat in repeats]
    interval = difference_from_published(scores, published)
    noise = "within noise" if interval.low <= 0 <= interval.high else "more than noise"
    figures = (interval.low, interval.high, mean(scores) - published)
    low, high, middle = (f"{100 * figure:+.2f}" for figure in figures)
    return (
        f"lowest of last {WINDOW}: our mean minus published is {middle} points, "
        f"{100 * interval.level:.0f} % interval {low} to {high}: {noise}"
    )


def budget_words(baseline: Baseline) -> str:
    """The budget that a baseline is trained under; "" without a candidate."""
    if baseline.candidate is None or baseline.budget is None:
        return ""
    violations = Budget().violations(baseline.candidate)
    if not violations:
        return f"{baseline.name} is within the default budget: {baseline.budget}"
    over = comma_separated([f"{excess.value:,} {excess.limit}" for excess in violations])
    return (
        f"{baseline.name} exceeds the default budget of {Budget()} with {over}: it is trained "
        f"under its own budget, {baseline.budget}"
    )


def training_table(baseline: Baseline) -> RenderableType:
    """The network, recipe and budget of a training that is about to start."""
    assert baseline.candidate is not None
    lines = [("network", baseline.candidate.label), *recipe_words(baseline.candidate.recipe)]
    return Group(facts(f"{baseline.name}, published recipe", lines), Text(budget_words(baseline)))


def baselines_as_json(results: BaselineResults) -> dict[str, Any]:
    """The list as JSON values."""
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
    """A baseline as JSON values; `measured` is null if no repeat was trained to the end."""
    summary = summarise_repeats(repeats)
    ours = None if summary is None else {**vars(summary), "repeats": to_data(tuple(repeats))}
    return {**to_data(baseline), "measured": ours}


def _percent(figure: float | None) -> str:
    return "" if figure is None else percent(figure)


def _repeats(repeats: Sequence[Repeat]) -> str:
    return counted(len(repeats), "repeat")
