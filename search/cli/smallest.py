"""Size against consistency on the terminal, and the candidates that reach the target.

The plot is shown for every study, the rest for studies with a target. Does not import torch.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from search.candidates.baselines import Baseline, PublicResult
from search.candidates.wording import percent, score_context
from search.cli.tables import add_figures, nines, table_of
from search.study.records import COUNTED, Record
from search.study.settings import StudySettings
from search.study.smallest import RUNS, Frontier, Success, frontier, rank_candidates

WIDTH = 25  # of the plot, in characters
REACH = 1.5  # in budgets; larger published networks are left out of the plot
WORST = 0.01  # the plot starts this much below the target or the best accuracy
SIGNS = {"trial": "o", "answer": "@", "published": "x", "public result": "*"}  # by kind
LEGEND = {  # what the accuracies of a kind are
    "trial": "trial of this study, validation accuracy of the selected run",
    "answer": "answer of this study, validation accuracy of the selected run",
    "published": "published network, single run selected on the test set",
    "public result": "public result, single run selected on the test set",
}
LISTED_STATES = {"believed": "verified"}  # states that the table shows by another word
OURS = ("trial", "answer")  # kinds that were trained by the study


class PlottedNetwork(NamedTuple):
    """A network in the plot. kind: a key of SIGNS. accuracy: a fraction."""

    kind: str
    name: str
    parameters: int
    accuracy: float


def landscape_marks(
    records: Sequence[Record],
    setup: StudySettings,
    published: Sequence[Baseline] = (),
    bars: Sequence[PublicResult] = (),
) -> list[PlottedNetwork]:
    """The networks of the plot, smallest first.

    These are the candidates of the study with a higher consistency than all smaller ones, the
    answer, and the published networks and public results (`bars`) of at most REACH budgets.
    """
    theirs = [PlottedNetwork("public result", bar.name, bar.parameters, bar.lowest) for bar in bars]
    theirs += [
        PlottedNetwork("published", network.name, network.parameters, network.published.lowest)
        for network in published
        if network.published.lowest is not None
    ]
    near = [mark for mark in theirs if mark.parameters <= REACH * setup.budget.parameters]
    marks = [*_own_marks(records, setup.target), *near]
    return sorted(marks, key=lambda mark: (mark.parameters, mark.accuracy))


def _own_marks(records: Sequence[Record], target: float | None) -> list[PlottedNetwork]:
    answer = frontier(records, target).answer if target is not None else None
    by_size = sorted(
        rank_candidates(records, None), key=lambda r: (r.parameters, -(r.consistency or 0.0))
    )
    marks: list[PlottedNetwork] = []
    best = 0.0
    for record in by_size:
        score = record.consistency or 0.0
        is_answer = answer is not None and record.number == answer.first.number
        if score > best or is_answer:
            kind = "answer" if is_answer else "trial"
            marks.append(PlottedNetwork(kind, f"trial {record.number}", record.parameters, score))
        best = max(best, score)
    return marks


def landscape_lines(marks: Sequence[PlottedNetwork], setup: StudySettings) -> Table:
    """The plot: one row per network, parameters downwards, consistency in nines to the right."""
    best = max((mark.accuracy for mark in marks if mark.kind in OURS), default=0.99)
    highest = max([best, setup.target or 0.0, *(mark.accuracy for mark in marks)])
    ends = nines(min(setup.target or best, best) - WORST), nines(highest)
    target = [f"| target, {percent(setup.target)}"] if setup.target is not None else []
    images = setup.validation_images
    size = [f"validation: n = {images:,} images"] if images else []
    notes = [_legend(marks), *target, *size, *setup.caveats]
    table = table_of("parameters against consistency", notes)
    add_figures(table, "parameters", "consistency")
    table.add_column("", no_wrap=True, min_width=WIDTH)
    table.add_column("", overflow="fold")
    budget = setup.budget.parameters
    for index, mark in enumerate(marks):
        if mark.parameters > budget >= (marks[index - 1].parameters if index else 0):
            table.add_row(f"{budget:,}", "", "-" * WIDTH, "budget")
        line = plotted_line(mark.accuracy, SIGNS[mark.kind], ends, setup.target)
        name = f"{mark.name}, {mark.kind}" if mark.kind != "trial" else mark.name
        table.add_row(f"{mark.parameters:,}", percent(mark.accuracy), line, Text(name))
    return table


def plotted_line(
    accuracy: float, sign: str, ends: tuple[float, float], target: float | None
) -> str:
    """One line of the plot: the sign of a network and a bar at the target.

    ends: the lowest and highest value of the plot, in nines. An accuracy below the lowest value is
    drawn as "<" at the left edge.
    """
    low, high = ends
    scale = (WIDTH - 1) / max(high - low, 1e-9)
    line = [" "] * WIDTH
    if target is not None:
        line[round((nines(target) - low) * scale)] = "|"
    place = round((nines(accuracy) - low) * scale)
    line[min(max(place, 0), WIDTH - 1)] = sign if place >= 0 else "<"
    return "".join(line)


def _legend(marks: Sequence[PlottedNetwork]) -> str:
    kinds = {mark.kind for mark in marks}
    return "\n".join(f"{sign} {LEGEND[kind]}" for kind, sign in SIGNS.items() if kind in kinds)


def smallest_summary(records: Sequence[Record], setup: StudySettings, limit: int) -> RenderableType:
    """The answer in words, and the smallest successes with the consistency of every run."""
    assert setup.target is not None  # only called for studies with a target
    state = frontier(records, setup.target)
    listed = listed_successes(state, limit)
    answer = Text("\n".join([*state.summary, ""]))
    return Group(answer, _successes_table(state, listed, setup)) if listed else answer


def listed_successes(state: Frontier, limit: int) -> list[Success]:
    """The answer, the open successes smaller than it, and at most `limit` others, by size."""
    needed = [*([state.answer] if state.answer else []), *state.in_question]
    others = [success for success in state.successes if success not in needed][:limit]
    return [success for success in state.successes if success in needed or success in others]


def _successes_table(state: Frontier, listed: Sequence[Success], setup: StudySettings) -> Table:
    notes = [
        f"verified: all of {RUNS} runs with different seeds reach {percent(state.target)}",
        "the score of the first run is biased by selection; those of the other runs are not",
        score_context(setup.window, setup.validation_images),
        *setup.caveats,
    ]
    table = table_of("networks that reached the target, smallest first", notes)
    add_figures(table, "trial", "parameters")
    table.add_column("")
    table.add_column("runs", no_wrap=True)
    table.add_column("candidate", overflow="fold")
    for success in listed:
        table.add_row(
            f"{success.first.number}",
            f"{success.parameters:,}",
            "answer"
            if success is state.answer
            else LISTED_STATES.get(success.state, success.state),
            ", ".join(map(_run_score, success.runs)),
            Text(success.first.label),
        )
    return table


def _run_score(run: Record) -> str:
    if run.consistency is not None:
        return f"{100 * run.consistency:.2f}"
    return "stopped" if run.outcome in COUNTED - {"failed"} else run.outcome


def best_words(records: Sequence[Record], setup: StudySettings, best: Record) -> str:
    """A heading for the best candidate, which says whether it reaches the target."""
    if setup.target is None:
        return f"best candidate, trial {best.number}:"
    if frontier(records, setup.target).answer:
        return f"answer, trial {best.number}:"
    not_verified = f"not verified to reach {percent(setup.target)}"
    return f"highest consistency, trial {best.number}, {not_verified}:"


def smallest_as_data(records: Sequence[Record], target: float) -> dict[str, Any]:
    """The answer's trial or None, and every success with its runs, as JSON values."""
    state = frontier(records, target)
    successes = [
        {
            "trial": success.first.number,
            "parameters": success.parameters,
            "state": success.state,
            "runs": [
                {"trial": run.number, "outcome": run.outcome, "consistency": run.consistency}
                for run in success.runs
            ],
        }
        for success in state.successes
    ]
    answer = state.answer.first.number if state.answer else None
    return {"target": target, "answer": answer, "successes": successes}
