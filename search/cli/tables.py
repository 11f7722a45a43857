"""A study's trials as tables for the terminal, one as JSON. Never imports torch.

Every table of accuracies says their split, their n and what else its reader must know.
"""

from collections import Counter
from collections.abc import Sequence
from math import isfinite, log10
from typing import Any, NamedTuple

from rich import box
from rich.console import Group, RenderableType
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from search.candidates.architecture import Architecture
from search.candidates.baselines import Baseline, PublicResult
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
from search.study.records import COUNTED, Record
from search.study.settings import StudySettings
from search.study.smallest import RUNS, Frontier, Success, frontier, rank_candidates

BAR = 24  # characters of a learning curve at its highest
MOST_NINES = 4.0  # 99.99 %: beyond what the images of a validation split can tell apart
WIDTH = 25  # characters of the drawing
REACH = 1.5  # budgets: larger networks are left out of the drawing
WORST = 0.01  # accuracy below the target, or the best, that the drawing still spans
OURS = ("trial", "answer")
SIGNS = {"trial": "o", "answer": "@", "published": "x", "public bar": "*"}


def ranking(
    records: Sequence[Record],
    window: int,
    limit: int = 10,
    *,
    images: int | None,
    caveats: Sequence[str] = (),
    target: float | None = None,
) -> Table:
    """The best trained candidates, at most `limit`. images: n of the validation split.

    target: of a study that looks for the smallest; see `frontier.standing`.
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
    """How the trials ended: "7 trained, 3 stopped early, 214 over budget"; repeats apart."""
    found = Counter(record.outcome for record in records if record.repeat_of is None)
    repeats = sum(record.repeat_of is not None for record in records)
    told = [f"{count:,} {outcome}" for outcome, count in found.most_common()]
    return comma_separated([*told, counted(repeats, "repeat") if repeats else ""])


def layer_table(architecture: Architecture) -> Table:
    """Every layer with its output, learned parameters, MACs and receptive field, and the totals."""
    image = f"image {shape_words(architecture.image)}"
    total = total_row(architecture)
    table = table_of("layers", [f"{image}; MACs and shapes per image; receptive field in pixels"])
    table.show_footer = True
    table.add_column("", justify="right")
    table.add_column("layer", footer=total.layer)
    table.add_column("output", no_wrap=True)
    table.add_column("parameters", footer=total.parameters, justify="right")
    table.add_column("MACs", footer=total.macs, justify="right")
    table.add_column("receptive\nfield", justify="right")
    for row in layer_rows(architecture):
        table.add_row(
            row.number, row.layer, row.output, row.parameters, row.macs, row.receptive_field
        )
    return table


def recipe_table(recipe: Recipe) -> Table:
    """The training, a line per choice."""
    return facts("recipe", recipe_words(recipe))


def learning_curve(
    record: Record, window: int, *, images: int | None, caveats: Sequence[str] = ()
) -> Table:
    """Accuracy by epoch, with a bar, the window marked. images: n of the validation split."""
    score = f"consistency {percent(record.consistency)}" if record.consistency is not None else ""
    size = f"validation: n = {images:,} images" if images else "validation"
    bars = "bars in nines: 90 % is 1, 99 % is 2"
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
    """How many nines: 0 % is 0, 90 % is 1, 99 % is 2; at most MOST_NINES."""
    wrong = max(1 - accuracy, 10**-MOST_NINES)
    return -log10(wrong)


def as_json(record: Record) -> dict[str, Any]:
    """A trial for machines: architecture and recipe nested, curves one figure per epoch.

    Accuracies are of the split that their name says; a figure that is not finite is null.
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
        return [_finite(each) for each in value]
    return value


def table_of(title: str, notes: Sequence[str] = ()) -> Table:
    """A table to be filled: a title, rows without lines, below them notes and an empty line."""
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
    """Adds columns of figures, aligned at the right."""
    for name in names:
        table.add_column(name, justify="right", no_wrap=True)


def facts(title: str, told: Sequence[tuple[str, str]]) -> Table:
    """A table of (what, in words)."""
    table = table_of(title)
    table.show_header = False
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for name, text in told:
        table.add_row(name, Text(text))
    return table


class LandscapeMark(NamedTuple):
    """A network in the drawing. kind: a key of SIGNS."""

    kind: str
    name: str
    parameters: int
    accuracy: float


def landscape_marks(
    records: Sequence[Record],
    setup: StudySettings,
    published: Sequence[Baseline] = (),
    bars: Sequence[PublicResult] = (),
) -> list[LandscapeMark]:
    """The frontier, published networks and bars of a budget's reach, the smallest first.

    The frontier: the candidates whose consistency no smaller one equals, and the answer.
    """
    found = frontier(records, setup.target).answer if setup.target is not None else None
    answer = found.first.number if found else None
    ours = sorted(
        rank_candidates(records, None), key=lambda r: (r.parameters, -(r.consistency or 0.0))
    )
    drawn: list[LandscapeMark] = []
    best = 0.0
    for record in ours:
        score = record.consistency or 0.0
        if score > best or record.number == answer:
            kind = "answer" if record.number == answer else "trial"
            drawn.append(LandscapeMark(kind, f"trial {record.number}", record.parameters, score))
        best = max(best, score)
    theirs = [LandscapeMark("public bar", bar.name, bar.parameters, bar.lowest) for bar in bars]
    theirs += [
        LandscapeMark("published", each.name, each.parameters, each.published.lowest)
        for each in published
        if each.published.lowest is not None
    ]
    near = [mark for mark in theirs if mark.parameters <= REACH * setup.budget.parameters]
    return sorted([*drawn, *near], key=lambda mark: (mark.parameters, mark.accuracy))


def landscape_lines(found: Sequence[LandscapeMark], setup: StudySettings) -> Table:
    """Marks as lines of a picture: parameters downwards, consistency to the right, in nines."""
    best = max((mark.accuracy for mark in found if mark.kind in OURS), default=0.99)
    high = max([best, setup.target or 0.0, *(mark.accuracy for mark in found)])
    ends = nines(min(setup.target or best, best) - WORST), nines(high)
    target = [f"| the target, {percent(setup.target)}"] if setup.target is not None else []
    images = setup.validation_images
    size = [f"validation: n = {images:,} images"] if images else []
    notes = [_legend(found), *target, *size, *setup.caveats]
    table = table_of("parameters against consistency", notes)
    add_figures(table, "parameters", "consistency")
    table.add_column("", no_wrap=True, min_width=WIDTH)
    table.add_column("", overflow="fold")
    budget = setup.budget.parameters
    for index, mark in enumerate(found):
        if mark.parameters > budget >= (found[index - 1].parameters if index else 0):
            table.add_row(f"{budget:,}", "", "-" * WIDTH, "the budget")
        line = plotted_line(mark.accuracy, SIGNS[mark.kind], ends, setup.target)
        name = f"{mark.name}, {mark.kind}" if mark.kind != "trial" else mark.name
        table.add_row(f"{mark.parameters:,}", percent(mark.accuracy), line, Text(name))
    return table


def plotted_line(
    accuracy: float, sign: str, ends: tuple[float, float], target: float | None
) -> str:
    """One line of the picture: the sign at its place between the ends, in nines, and the target.

    What lies below the lower end stands at the edge as "<".
    """
    low, high = ends
    scale = (WIDTH - 1) / max(high - low, 1e-9)
    line = [" "] * WIDTH
    if target is not None:
        line[round((nines(target) - low) * scale)] = "|"
    place = round((nines(accuracy) - low) * scale)
    line[min(max(place, 0), WIDTH - 1)] = sign if place >= 0 else "<"
    return "".join(line)


def _legend(found: Sequence[LandscapeMark]) -> str:
    about = {
        "trial": "selected run of ours, validation",
        "answer": "the answer, its selected run, validation",
        "published": "published, single run, chosen on test",
        "public bar": "public bar, single run, chosen on test",
    }
    kinds = [kind for kind in SIGNS if any(mark.kind == kind for mark in found)]
    return "\n".join(f"{SIGNS[kind]} {about[kind]}" for kind in kinds)


def smallest_summary(records: Sequence[Record], setup: StudySettings, limit: int) -> RenderableType:
    """The answer in words, and the smallest successes with the consistency of every run."""
    assert setup.target is not None  # a study that looks for the smallest
    found = frontier(records, setup.target)
    shown = listed_successes(found, limit)
    told = Text("\n".join([*found.told, ""]))
    return Group(told, _table(found, shown, setup)) if shown else told


def _table(found: Frontier, shown: Sequence[Success], setup: StudySettings) -> Table:
    notes = [
        f"believed: {RUNS} runs with draws of their own all reach {percent(found.target)}",
        "the first run selected it, so that its figure is a lucky one; the others are fair",
        score_context(setup.window, setup.validation_images),
        *setup.caveats,
    ]
    table = table_of("networks that reached the target, the smallest first", notes)
    add_figures(table, "trial", "parameters")
    table.add_column("")
    table.add_column("runs", no_wrap=True)
    table.add_column("candidate", overflow="fold")
    for each in shown:
        runs = ", ".join(_score(run) for run in each.runs)
        state = "answer" if each is found.answer else each.state
        name = f"{each.first.number}", f"{each.parameters:,}"
        table.add_row(*name, state, runs, Text(each.first.label))
    return table


def best_words(records: Sequence[Record], setup: StudySettings, best: Record) -> str:
    """What the best candidate is: "trial 12, the best:", and whether it holds the target."""
    if setup.target is None:
        return f"trial {best.number}, the best:"
    if frontier(records, setup.target).answer:
        return f"trial {best.number}, the answer:"
    told = f"not believed to hold {percent(setup.target)}"
    return f"trial {best.number}, the best by consistency, {told}:"


def smallest_as_data(records: Sequence[Record], target: float) -> dict[str, Any]:
    """The same for machines: the answer's trial or null, and every success with its runs."""
    found = frontier(records, target)
    told = [
        {
            "trial": each.first.number,
            "parameters": each.parameters,
            "state": each.state,
            "runs": [
                {"trial": run.number, "outcome": run.outcome, "consistency": run.consistency}
                for run in each.runs
            ],
        }
        for each in found.successes
    ]
    answer = found.answer.first.number if found.answer else None
    return {"target": target, "answer": answer, "successes": told}


def listed_successes(found: Frontier, limit: int) -> list[Success]:
    """The answer and those in question, then the next smallest, at most `limit` beside them."""
    needed = [*([found.answer] if found.answer else []), *found.in_question]
    others = [success for success in found.successes if success not in needed][:limit]
    return [success for success in found.successes if success in needed or success in others]


def _score(run: Record) -> str:
    if run.consistency is not None:
        return f"{100 * run.consistency:.2f}"
    return "stopped" if run.outcome in COUNTED - {"failed"} else "failed"
