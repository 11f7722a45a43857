"""Studies, spaces and data at a glance, as tables for the terminal. Never imports torch."""

from collections.abc import Sequence
from typing import NamedTuple

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from search.candidates.candidate import Candidate
from search.candidates.wording import (
    block_words,
    counted,
    percent,
    recipe_words,
    sentence,
    shape_words,
)
from search.cli.preview import Quantiles, SpacePreview
from search.cli.tables import add_figures, facts, table_of
from search.study.records import Record
from search.study.settings import Setup
from search.study.smallest import standing


class ListedStudy(NamedTuple):
    """A study among others. images: of its validation split, None if unknown."""

    name: str
    setup: Setup
    images: int | None
    records: Sequence[Record]


class DataCounts(NamedTuple):
    """Data to be trained on. counts: (split, images by class) for every split.

    image: (channels, height, width) in pixels. mean, std: per channel of the train split, pixels
    in [0, 1].
    """

    name: str
    image: tuple[int, int, int]
    classes: Sequence[str]
    counts: Sequence[tuple[str, Sequence[int]]]
    mean: Sequence[float]
    std: Sequence[float]
    notes: Sequence[str] = ()


def studies_table(studies: Sequence[ListedStudy]) -> Table:
    """One line per study: its data and budget, what was trained, the best so far."""
    table = table_of("studies", ["consistency: of validation accuracy, on n images"])
    table.add_column("study", overflow="fold")
    add_figures(table, "trained", "consistency", "n", "parameters")
    table.add_column("data, budget, window", overflow="fold")
    for listed in studies:
        best = next(iter(standing(listed.records, listed.setup.target)), None)
        table.add_row(
            Text(listed.name),
            f"{sum(record.counts for record in listed.records):,}",
            percent(best.consistency or 0.0) if best else "",
            f"{listed.images:,}" if listed.images and best else "",
            f"{best.parameters:,}" if best else "",
            Text(_made_of(listed.setup)),
        )
    return table


def space_preview(seen: SpacePreview) -> RenderableType:
    """Share admitted, spreads, and a few candidates spelled out."""
    admitted = f"{seen.admitted:,} of {counted(seen.samples, 'sample')} ({100 * seen.share:.1f} %)"
    over = sentence(
        [f"{count:,} by {limit.replace('_', ' ')}" for limit, count in seen.exceeded.items()]
    )
    told = [("budget", str(seen.budget)), ("admitted", admitted), ("over budget", over or "none")]
    return Group(facts("space", told), _spreads(seen), *map(spelled_out, seen.candidates))


def spelled_out(candidate: Candidate) -> Table:
    """A candidate block by block, and its recipe."""
    architecture = candidate.architecture
    size = f"a candidate: {architecture.parameters:,} parameters, {architecture.macs:,} MACs"
    blocks = [
        (name, f"{text} -> {shape_words(shape)}") for name, text, shape in block_words(architecture)
    ]
    return facts(size, [*blocks, *recipe_words(candidate.recipe)])


def data_table(data: DataCounts) -> RenderableType:
    """Images by class and split, the image's shape, mean and standard deviation."""
    told = [
        ("data", data.name),
        ("image", f"{shape_words(data.image)} (channels, height, width)"),
        ("mean", _figures(data.mean)),
        ("std", _figures(data.std)),
        *(("note", note) for note in data.notes),
    ]
    table = table_of("images")
    table.show_footer = True
    table.add_column("class", footer="total", overflow="fold")
    for split, counts in data.counts:
        table.add_column(split, justify="right", footer=f"{sum(counts):,}")
    for index, name in enumerate(data.classes):
        table.add_row(Text(name), *(f"{counts[index]:,}" for _, counts in data.counts))
    return Group(facts("data", told), table)


def _made_of(setup: Setup) -> str:
    made = f"{setup.data}, {setup.budget}, window {setup.window}"
    goal = [f"goal: {setup.goal}"] if setup.target is not None else []
    return "; ".join([made, *goal, *setup.caveats])


def _spreads(seen: SpacePreview) -> Table:
    table = table_of("spread over all samples")
    table.add_column("")
    add_figures(table, "least", "25 %", "median", "75 %", "most")
    for name in ("parameters", "macs", "depth"):
        spread: Quantiles = getattr(seen, name)
        table.add_row("MACs" if name == "macs" else name, *(f"{each:,.0f}" for each in spread))
    return table


def _figures(values: Sequence[float]) -> str:
    return ", ".join(f"{value:.4f}" for value in values)
