"""All candidates: learning curves, Pareto front, parameter importance. No torch."""

from search.candidates.wording import counted, percent, whole_percent
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

STATES = {"open": "not yet verified", "believed": "verified", "refuted": "refuted"}
FRONTIER = 8  # rows of a table of candidates


def learning_curves_section(report: ReportData) -> Section:
    """Return the learning curves, with the window marked."""
    curves = learning_curves(report.records, report.setup.window, report.setup.target)
    best = curves.best[0]
    alternative = (
        f"Validation accuracy per epoch of the best {len(curves.best)} candidates and "
        f"{len(curves.others)} others; last value of the best candidate: "
        f"{percent(best.validation_accuracy[-1])}"
    )
    figure = chart(draw_learning_curves(curves, report.setup), "curves", alternative)
    explanation = paragraph(
        "The score of a candidate is its consistency: by default the lowest accuracy within the "
        "window of last epochs, so a single good epoch does not raise it."
    )
    return Section("learning", "Learning curves", join([explanation, figure]))


def candidates_section(report: ReportData) -> Section:
    """Return the chart of parameters against consistency and the tables of candidates."""
    setup = report.setup
    points = landscape(report.records, setup.budget.parameters, setup.target)
    published = _baseline_marks(report)
    figure = draw_landscape(points, setup)
    marks = list(published.marks)
    if report.confirmation:
        marks.append(confirmed_mark(report.confirmation.final, report.best.parameters))
    add_marks(figure, marks)
    outside = f" Published networks outside the chart: {published.outside}." * bool(
        published.outside
    )
    note = (
        "Published networks and public results show test accuracy, of single runs selected on the "
        "test set unless stated otherwise. Candidates of this study show validation accuracy, so "
        "the two are not directly comparable." + outside
    ) * bool(marks)
    alternative = (
        f"{len(points.trained)} candidates trained to the end, {len(points.stopped)} stopped "
        f"early; {len(points.frontier)} on the Pareto front"
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
    caption = "Pareto front: no candidate of the same or a smaller size scored as high"
    size = f", n = {setup.validation_images:,} validation images" if setup.validation_images else ""
    head = ("trial", "parameters", "consistency", "candidate")
    frontier_table = table(head, rows, caption=f"{caption}; one run each{size}.", words=(3,))
    parts = [*_successes(report), chart(figure, "landscape", alternative, note), frontier_table]
    return Section("candidates", "All candidates", join(parts), "Candidates")


def _successes(report: ReportData) -> list[Html]:
    """Return the candidates that reached the target, and whether they are verified."""
    setup = report.setup
    if setup.target is None:
        return []
    smallest = frontier(report.records, setup.target)
    rows = [
        (
            str(success.first.number),
            f"{success.parameters:,}",
            "result" if success is smallest.answer else STATES[success.state],
            ", ".join(
                percent(run.consistency) for run in success.runs if run.consistency is not None
            ),
            code(success.first.label),
        )
        for success in smallest.successes[:FRONTIER]
    ]
    size = f", n = {setup.validation_images:,} validation images" if setup.validation_images else ""
    caption = (
        f"Candidates that reached {percent(setup.target)}, smallest first{size}. Verified: "
        f"{RUNS} of {RUNS} runs with different random seeds reached the target. Refuted: a repeat "
        "did not reach it. Result: the smallest verified candidate. The candidate was selected by "
        "its first run, so that score is biased by selection; the scores of the repeats are not."
    )
    head = ("trial", "parameters", "state", "runs", "candidate")
    goal = paragraph(f"Goal: {setup.goal}; {'; '.join(smallest.summary)}.")
    successes = table(head, rows, caption=caption, words=(2, 3, 4))
    return [goal, successes] if rows else [goal]


def _baseline_marks(report: ReportData) -> BaselineMarks:
    largest = round(report.setup.budget.parameters * AXIS_END)
    repeats = report.baseline_repeats or {}
    return baseline_marks(report.baselines, report.public_results, repeats, largest)


def importance_section(report: ReportData) -> Section:
    """Return parameter importance with its permutation baseline, and parallel coordinates."""
    measured = importance(report.optuna_study)
    parts = []
    if measured.unavailable:
        parts.append(
            paragraph(
                f"Importance was not computed ({counted(measured.trials, 'candidate')}): "
                f"{measured.unavailable}."
            )
        )
    else:
        names = ", ".join(share.name for share in measured.significant)
        summary = (
            f"Parameters of the search space with an importance above chance level: {names}."
            if names
            else "No parameter of the search space has an importance above chance level "
            f"(n = {counted(measured.trials, 'candidate')})."
        )
        figure = draw_importance(measured, report.setup)
        first = measured.shares[0]
        alternative = (
            f"Importance of {len(measured.shares)} parameters of the search space; highest: "
            f"{first.name}, {whole_percent(first.share)}"
        )
        parts += [paragraph(summary), chart(figure, "importance", alternative)]
    coordinates = parallel_coordinates(report.records)
    alternative = "Settings and consistency, one line per candidate: " + ", ".join(
        axis.name for axis in coordinates.axes
    )
    figure = draw_parallel_coordinates(coordinates, report.setup)
    parts.append(chart(figure, "parallel", alternative, broad=True))
    return Section("matters", "Parameter importance", join(parts), "Importance")
