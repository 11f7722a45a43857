"""All candidates: learning curves, ranking, importance of choices. No torch."""

from search.candidates.wording import percent, whole_percent
from search.reporting.charts.baselines import (
    BaselineMarks,
    add_marks,
    baseline_marks,
    confirmed_mark,
)
from search.reporting.charts.importance import draw_importance, importance
from search.reporting.charts.parallel_coordinates import (
    draw_parallel_coordinates,
    parallel_coordinates,
)
from search.reporting.charts.study import (
    AXIS_END,
    draw_landscape,
    draw_learning_curves,
    landscape,
    learning_curves,
)
from search.reporting.markup import Html, Section, chart, code, join, paragraph, table
from search.reporting.report_data import ReportData
from search.study.smallest import RUNS, frontier

FRONTIER = 8  # rows of the frontier's table


def learning_curves_section(report: ReportData) -> Section:
    """Learning curves, the window marked."""
    curves = learning_curves(report.records, report.setup.window, report.setup.target)
    best = curves.best[0]
    alternative = (
        f"Validation accuracy per epoch of the best {len(curves.best)} candidates and "
        f"{len(curves.others)} others; the best ends at {percent(best.validation_accuracy[-1])}"
    )
    figure = chart(draw_learning_curves(curves, report.setup), "curves", alternative)
    explanation = paragraph(
        "A candidate's score is its consistency, by default the lowest accuracy inside the shaded "
        "window: one lucky epoch counts for nothing."
    )
    return Section("learning", "Learning curves", join([explanation, figure]), "Learning")


def candidates_section(report: ReportData) -> Section:
    """Parameters against consistency: candidates, frontier, budget, published networks."""
    setup = report.setup
    points = landscape(report.records, setup.budget.parameters, setup.target)
    published = _baseline_marks(report)
    figure = draw_landscape(points, setup)
    marks = list(published.marks)
    if report.confirmation:
        marks.append(confirmed_mark(report.confirmation.final, report.best.parameters))
    add_marks(figure, marks)
    outside = f" {published.outside} seeds are larger than the axis." * bool(published.outside)
    note = (
        "Seeds and public bars are test figures of single runs chosen on test, all others "
        "validation figures: near each other, not the same." + outside
    ) * bool(marks)
    alternative = (
        f"{len(points.trained)} candidates trained to the end, {len(points.stopped)} stopped "
        f"early; {len(points.frontier)} of them on the frontier"
    )
    rows = [
        (
            str(point.number),
            f"{point.parameters:,}",
            percent(point.accuracy),
            code(report.records[point.number].label),
        )
        for point in reversed(points.frontier[-FRONTIER:])
    ]
    caption = "The frontier: no smaller candidate of this study scored as high"
    size = f", n = {setup.validation_images:,} validation images" if setup.validation_images else ""
    head = ("trial", "parameters", "consistency", "candidate")
    frontier_table = table(head, rows, caption=f"{caption}{size}; single runs.", words=(3,))
    parts = [*_successes(report), chart(figure, "landscape", alternative, note), frontier_table]
    return Section("candidates", "All candidates", join(parts), "Candidates")


def _successes(report: ReportData) -> list[Html]:
    """The successes of a search for the smallest network, and which of them are believed."""
    setup = report.setup
    if setup.target is None:
        return []
    smallest = frontier(report.records, setup.target)
    rows = [
        (
            str(success.first.number),
            f"{success.parameters:,}",
            "answer" if success is smallest.answer else success.state,
            ", ".join(
                percent(run.consistency) for run in success.runs if run.consistency is not None
            ),
            code(success.first.label),
        )
        for success in smallest.successes[:FRONTIER]
    ]
    size = f", n = {setup.validation_images:,} validation images" if setup.validation_images else ""
    caption = (
        f"Candidates that reached {percent(setup.target)}, the smallest first{size}. Believed: "
        f"{RUNS} runs with draws of their own all reach it. The first run selected the candidate, "
        "so its figure is a lucky one; the others are fair."
    )
    head = ("trial", "parameters", "state", "runs", "candidate")
    sought = paragraph(f"Sought: {setup.goal}. {'; '.join(smallest.summary)}.")
    successes = table(head, rows, caption=caption, words=(2, 3, 4))
    return [sought, successes] if rows else [sought]


def _baseline_marks(report: ReportData) -> BaselineMarks:
    largest = round(report.setup.budget.parameters * AXIS_END)
    repeats = report.baseline_repeats or {}
    return baseline_marks(report.baselines, report.public_results, repeats, largest)


def importance_section(report: ReportData) -> Section:
    """Importance with its permutation baseline, and parallel coordinates."""
    measured = importance(report.optuna_study)
    parts = []
    if measured.unavailable:
        parts.append(
            paragraph(
                f"Importance is not computed from {measured.trials} candidates: "
                f"{measured.unavailable}."
            )
        )
    else:
        names = ", ".join(share.name for share in measured.significant)
        summary = (
            f"Above what chance gives: {names}."
            if names
            else f"From {measured.trials} candidates no choice stands out from what chance gives."
        )
        figure = draw_importance(measured, report.setup)
        first = measured.shares[0]
        alternative = (
            f"Importance of {len(measured.shares)} choices; first {first.name}, "
            f"{whole_percent(first.share)}"
        )
        parts += [paragraph(summary), chart(figure, "importance", alternative)]
    coordinates = parallel_coordinates(report.records)
    alternative = "Choices and consistency of the candidates, a line each: " + ", ".join(
        axis.name for axis in coordinates.axes
    )
    figure = draw_parallel_coordinates(coordinates, report.setup)
    parts.append(chart(figure, "parallel", alternative, broad=True))
    return Section("matters", "What matters", join(parts))
