"""Trials as tables on the terminal and as JSON, and the style of tables. Does not import torch.

Every table of accuracies states their split and n, and the caveats of the study.
"""

from collections import Counter
from collections.abc import Sequence
from math import isfinite, log10
from typing import Any

from rich import box
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from search.candidates.architecture import Architecture
from search.candidates.layer_table import layer_rows, total_row
from search.candidates.recipe import Recipe
from search.candidates.wording import (
    comma_separated,
    counted,
    duration,
    percent,
    recipe_words,
    score_context,
    shape_words,
)
from search.evaluation.intervals import standard_error
from search.files import to_data
from search.study.records import Record
from search.study.smallest import rank_candidates

BAR = 24  # characters of the longest bar of a learning curve
MOST_NINES = 4.0  # 99.99 %; a validation split has too few images to resolve more


def ranking(
    records: Sequence[Record],
    window: int,
    limit: int = 10,
    *,
    images: int | None,
    caveats: Sequence[str] = (),
    target: float | None = None,
) -> Table:
    """The best fully trained candidates, at most `limit`. images: n of the validation split.

    target: the target of a search for the smallest network; see `rank_candidates`.
    """
    best = rank_candidates(records, target)
    notes = [outcomes(records), score_context(window, images), *caveats]
    if best and images:
        error = 100 * standard_error(best[0].consistency or 0.0, images)
        notes.insert(2, f"standard error of one such accuracy: {error:.2f} points")
    table = table_of(f"best {min(limit, len(best))} of {len(best)} trained to the end", notes)
    add_figures(table, "trial", "consistency", "parameters", "time")
    table.add_column("candidate", overflow="fold")
    for record in best[:limit]:
        table.add_row(
            str(record.number),
            percent(record.consistency or 0.0),
            f"{record.parameters:,}",
            duration(record.seconds),
            Text(record.label),
        )
    return table


def outcomes(records: Sequence[Record]) -> str:
    """The outcomes of the trials: "7 trained, 3 stopped early, 214 over budget, 2 repeats"."""
    counts = Counter(record.outcome for record in records if record.repeat_of is None)
    repeats = sum(record.repeat_of is not None for record in records)
    parts = [f"{count:,} {outcome}" for outcome, count in counts.most_common()]
    return comma_separated([*parts, counted(repeats, "repeat") if repeats else ""])


def layer_table(architecture: Architecture) -> Table:
    """The layers with output shape, learned parameters, MACs and receptive field, and totals.

    Frozen parameters have a column if there are any.
    """
    image = f"image {shape_words(architecture.image)}"
    total = total_row(architecture)
    table = table_of(
        "layers", [f"{image}; output shapes and MACs per image; receptive field in pixels"]
    )
    table.show_footer = True
    table.add_column("", justify="right")
    table.add_column("layer", footer=total.layer)
    table.add_column("output", no_wrap=True)
    table.add_column("parameters", footer=total.parameters, justify="right")
    if total.frozen:
        table.add_column("frozen", footer=total.frozen, justify="right")
    table.add_column("MACs", footer=total.macs, justify="right")
    table.add_column("receptive\nfield", justify="right")
    for row in layer_rows(architecture):
        frozen = [row.frozen] * bool(total.frozen)
        cells = (row.number, row.layer, row.output, row.parameters, *frozen)
        table.add_row(*cells, row.macs, row.receptive_field)
    return table


def recipe_table(recipe: Recipe) -> Table:
    """The recipe, one row per setting."""
    return facts("recipe", recipe_words(recipe))


def learning_curve(
    record: Record, window: int, *, images: int | None, caveats: Sequence[str] = ()
) -> Table:
    """The accuracy by epoch, with bars; the epochs of the window are marked.

    images: n of the validation split.
    """
    score = f"consistency {percent(record.consistency)}" if record.consistency is not None else ""
    size = f"validation: n = {images:,} images" if images else "validation"
    bars = "length of the bars in nines: 90 % is 1, 99 % is 2"
    table = table_of(
        f"trial {record.number}: {comma_separated([record.outcome, score])}", [size, bars, *caveats]
    )
    add_figures(table, "epoch", "validation", "training")
    table.add_column("validation, nines", no_wrap=True, min_width=BAR)
    table.add_column("")
    best = max(map(nines, record.validation_accuracy), default=1.0)
    scored = record.epochs - window if record.consistency is not None else record.epochs
    for epoch, accuracy in enumerate(record.validation_accuracy):
        training = record.training_accuracy[epoch : epoch + 1]
        table.add_row(
            str(epoch + 1),
            percent(accuracy),
            *(map(percent, training) if training else ("",)),
            ProgressBar(max(best, 1e-9), nines(accuracy), BAR, finished_style="bar.complete"),
            "in the window" if epoch >= scored else "",
        )
    return table


def nines(accuracy: float) -> float:
    """Convert an accuracy to nines: 0 % is 0, 90 % is 1, 99 % is 2; at most MOST_NINES."""
    wrong = max(1 - accuracy, 10**-MOST_NINES)
    return -log10(wrong)


def as_json(record: Record) -> dict[str, Any]:
    """A trial as JSON values: architecture and recipe nested, curves with one value per epoch.

    The name of an accuracy states its split. Values that are not finite are null.
    """
    data: dict[str, Any] = to_data(record)
    candidate = data.pop("candidate") or {"architecture": None, "recipe": None}
    return {name: _finite(value) for name, value in {**data, **candidate}.items()} | {
        "epochs": record.epochs
    }


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if isfinite(value) else None
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return value


def table_of(title: str, notes: Sequence[str] = ()) -> Table:
    """An empty table with a title, and notes and a blank line below its rows."""
    return Table(
        title=Text(title, style="bold"),
        title_justify="left",
        caption=Text("\n".join([*filter(None, notes), " "])),
        caption_justify="left",
        box=box.SIMPLE_HEAD,
        show_edge=False,
        padding=(0, 1, 0, 0),
    )


def add_figures(table: Table, *names: str) -> None:
    """Add right-aligned columns of numbers."""
    for name in names:
        table.add_column(name, justify="right", no_wrap=True)


def facts(title: str, rows: Sequence[tuple[str, str]]) -> Table:
    """A table of names and their descriptions."""
    table = table_of(title)
    table.show_header = False
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for name, text in rows:
        table.add_row(name, Text(text))
    return table


def _figure(count: int) -> str:
    return f"{count:,}" if count else ""
