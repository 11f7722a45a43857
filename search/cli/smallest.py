"""Parameters against consistency on the terminal, and who holds the target. Never imports torch."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from search.candidates.baselines import Bar, Baseline
from search.candidates.wording import meaning, percent
from search.cli.tables import add_figures, nines, table_of
from search.study.records import COUNTED, Record
from search.study.settings import Setup
from search.study.smallest import RUNS, Frontier, Success, frontier, standing

WIDTH = 25  # characters of the drawing
REACH = 1.5  # budgets: larger networks are left out of the drawing
WORST = 0.01  # accuracy below the target, or the best, that the drawing still spans
OURS = ("trial", "answer")
SIGNS = {"trial": "o", "answer": "@", "published": "x", "public bar": "*"}


class Mark(NamedTuple):
    """A network in the drawing. kind: a key of SIGNS."""

    kind: str
    name: str
    parameters: int
    accuracy: float


def marks(
    records: Sequence[Record],
    setup: Setup,
    published: Sequence[Baseline] = (),
    bars: Sequence[Bar] = (),
) -> list[Mark]:
    """The frontier, published networks and bars of a budget's reach, the smallest first.

    The frontier: the candidates whose consistency no smaller one equals, and the answer.
    """
    found = frontier(records, setup.target).answer if setup.target is not None else None
    answer = found.first.number if found else None
    ours = sorted(standing(records, None), key=lambda r: (r.parameters, -(r.consistency or 0.0)))
    drawn: list[Mark] = []
    best = 0.0
    for record in ours:
        score = record.consistency or 0.0
        if score > best or record.number == answer:
            kind = "answer" if record.number == answer else "trial"
            drawn.append(Mark(kind, f"trial {record.number}", record.parameters, score))
        best = max(best, score)
    theirs = [Mark("public bar", bar.name, bar.parameters, bar.lowest) for bar in bars]
    theirs += [
        Mark("published", each.name, each.parameters, each.published.lowest)
        for each in published
        if each.published.lowest is not None
    ]
    near = [mark for mark in theirs if mark.parameters <= REACH * setup.budget.parameters]
    return sorted([*drawn, *near], key=lambda mark: (mark.parameters, mark.accuracy))


def drawing(found: Sequence[Mark], setup: Setup) -> Table:
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
        line = plotted(mark.accuracy, SIGNS[mark.kind], ends, setup.target)
        name = f"{mark.name}, {mark.kind}" if mark.kind != "trial" else mark.name
        table.add_row(f"{mark.parameters:,}", percent(mark.accuracy), line, Text(name))
    return table


def plotted(accuracy: float, sign: str, ends: tuple[float, float], target: float | None) -> str:
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


def _legend(found: Sequence[Mark]) -> str:
    about = {
        "trial": "selected run of ours, validation",
        "answer": "the answer, its selected run, validation",
        "published": "published, single run, chosen on test",
        "public bar": "public bar, single run, chosen on test",
    }
    kinds = [kind for kind in SIGNS if any(mark.kind == kind for mark in found)]
    return "\n".join(f"{SIGNS[kind]} {about[kind]}" for kind in kinds)


def successes(records: Sequence[Record], setup: Setup, limit: int) -> RenderableType:
    """The answer in words, and the smallest successes with the consistency of every run."""
    assert setup.target is not None  # a study that looks for the smallest
    found = frontier(records, setup.target)
    shown = listed(found, limit)
    told = Text("\n".join([*found.told, ""]))
    return Group(told, _table(found, shown, setup)) if shown else told


def _table(found: Frontier, shown: Sequence[Success], setup: Setup) -> Table:
    notes = [
        f"believed: {RUNS} runs with draws of their own all reach {percent(found.target)}",
        "the first run selected it, so that its figure is a lucky one; the others are fair",
        meaning(setup.window, setup.validation_images),
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


def best_words(records: Sequence[Record], setup: Setup, best: Record) -> str:
    """What the best candidate is: "trial 12, the best:", and whether it holds the target."""
    if setup.target is None:
        return f"trial {best.number}, the best:"
    if frontier(records, setup.target).answer:
        return f"trial {best.number}, the answer:"
    told = f"not believed to hold {percent(setup.target)}"
    return f"trial {best.number}, the best by consistency, {told}:"


def as_data(records: Sequence[Record], target: float) -> dict[str, Any]:
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


def listed(found: Frontier, limit: int) -> list[Success]:
    """The answer and those in question, then the next smallest, at most `limit` beside them."""
    needed = [*([found.answer] if found.answer else []), *found.in_question]
    others = [success for success in found.successes if success not in needed][:limit]
    return [success for success in found.successes if success in needed or success in others]


def _score(run: Record) -> str:
    if run.consistency is not None:
        return f"{100 * run.consistency:.2f}"
    return "stopped" if run.outcome in COUNTED - {"failed"} else "failed"
