"""All candidates: how they learned, where they stand, which choices matter. No torch."""

from search.candidates.wording import percent, whole_percent
from search.reporting.charts.baselines import (
    BaselineMarks,
    add_marks,
    baseline_marks,
    confirmed_mark,
)
from search.reporting.charts.importance import draw_importance, importance
from search.reporting.charts.parallel_coordinates import draw_parallel, parallel
from search.reporting.charts.study import REACH, curves, draw_curves, draw_landscape, landscape
from search.reporting.markup import Html, Section, chart, code, join, paragraph, table
from search.reporting.report_data import ReportData
from search.study.smallest import RUNS, frontier

FRONTIER = 8  # rows of the frontier's table


def learning_curves(found: ReportData) -> Section:
    """Learning curves, the window marked."""
    drawn = curves(found.records, found.setup.window, found.setup.target)
    best = drawn.best[0]
    alternative = (
        f"Validation accuracy per epoch of the best {len(drawn.best)} candidates and "
        f"{len(drawn.others)} others; the best ends at {percent(best.validation_accuracy[-1])}"
    )
    figure = chart(draw_curves(drawn, found.setup), "curves", alternative)
    told = paragraph(
        "A candidate's score is its consistency, by default the lowest accuracy inside the shaded "
        "window: one lucky epoch counts for nothing."
    )
    return Section("learning", "Learning curves", join([told, figure]), "Learning")


def candidates(found: ReportData) -> Section:
    """Parameters against consistency: every candidate, frontier, budget, seeds and bars."""
    setup = found.setup
    drawn = landscape(found.records, setup.budget.parameters, setup.target)
    others = _rivals(found)
    figure = draw_landscape(drawn, setup)
    marks = list(others.marks)
    if found.confirmation:
        marks.append(confirmed_mark(found.confirmation.final, found.best.parameters))
    add_marks(figure, marks)
    beyond = f" {others.beyond} seeds are larger than the axis." * bool(others.beyond)
    further = (
        "Seeds and public bars are test figures of single runs chosen on test, all others "
        "validation figures: near each other, not the same." + beyond
    ) * bool(marks)
    alternative = (
        f"{len(drawn.trained)} candidates trained to the end, {len(drawn.stopped)} stopped early; "
        f"{len(drawn.frontier)} of them on the frontier"
    )
    rows = [
        (
            str(point.number),
            f"{point.parameters:,}",
            percent(point.accuracy),
            code(found.records[point.number].label),
        )
        for point in reversed(drawn.frontier[-FRONTIER:])
    ]
    caption = "The frontier: no smaller candidate of this study scored as high"
    size = f", n = {setup.validation_images:,} validation images" if setup.validation_images else ""
    head = ("trial", "parameters", "consistency", "candidate")
    listed = table(head, rows, caption=f"{caption}{size}; single runs.", words=(3,))
    parts = [*_successes(found), chart(figure, "landscape", alternative, further), listed]
    return Section("candidates", "All candidates", join(parts), "Candidates")


def _successes(found: ReportData) -> list[Html]:
    """Where the smallest network is sought: who reached the target, and who holds it."""
    setup = found.setup
    if setup.target is None:
        return []
    drawn = frontier(found.records, setup.target)
    rows = [
        (
            str(each.first.number),
            f"{each.parameters:,}",
            "answer" if each is drawn.answer else each.state,
            ", ".join(percent(run.consistency) for run in each.runs if run.consistency is not None),
            code(each.first.label),
        )
        for each in drawn.successes[:FRONTIER]
    ]
    size = f", n = {setup.validation_images:,} validation images" if setup.validation_images else ""
    caption = (
        f"Candidates that reached {percent(setup.target)}, the smallest first{size}. Believed: "
        f"{RUNS} runs with draws of their own all reach it. The first run selected the candidate, "
        "so its figure is a lucky one; the others are fair."
    )
    head = ("trial", "parameters", "state", "runs", "candidate")
    told = paragraph(f"Sought: {setup.goal}. {'; '.join(drawn.summary)}.")
    return [told, table(head, rows, caption=caption, words=(2, 3, 4))] if rows else [told]


def _rivals(found: ReportData) -> BaselineMarks:
    most = round(found.setup.budget.parameters * REACH)
    return baseline_marks(found.baselines, found.bars, found.measured or {}, most)


def parameter_importance(found: ReportData) -> Section:
    """Importance beside what chance gives, and parallel coordinates."""
    told = importance(found.optuna)
    parts = []
    if told.why_not:
        parts.append(
            paragraph(f"Importance is not computed from {told.trials} candidates: {told.why_not}.")
        )
    else:
        names = ", ".join(share.name for share in told.telling)
        verdict = (
            f"Above what chance gives: {names}."
            if names
            else f"From {told.trials} candidates no choice stands out from what chance gives."
        )
        figure = draw_importance(told, found.setup)
        first = told.shares[0]
        alternative = (
            f"Importance of {len(told.shares)} choices; first {first.name}, "
            f"{whole_percent(first.share)}"
        )
        parts += [paragraph(verdict), chart(figure, "importance", alternative)]
    lines = parallel(found.records)
    alternative = "Choices and consistency of the candidates, a line each: " + ", ".join(
        axis.name for axis in lines.axes
    )
    parts.append(chart(draw_parallel(lines, found.setup), "parallel", alternative, broad=True))
    return Section("matters", "What matters", join(parts))
