"""The drill-down: the steps from a plain network to the best one. Never imports torch."""

from search.candidates.wording import counted, percent
from search.evaluation.results import Drilldown, Step
from search.reporting.charts.drilldown import draw_drilldown, step_scores
from search.reporting.markup import (
    Html,
    Section,
    chart,
    command,
    facts,
    join,
    paragraph,
    tag,
)
from search.reporting.report_data import ReportData


def drilldown_section(report: ReportData) -> Section:
    """Return the drill-down, or the command to run if there is none."""
    drilldown = report.drilldown
    if drilldown is None:
        content = join(
            [
                paragraph(
                    "There is no drill-down yet. It measures what each ingredient adds, from a "
                    "plain network to the best one:"
                ),
                command(f"python -m search drilldown{report.options}"),
            ]
        )
        return Section("drilldown", "Drill-down", content)
    scores = step_scores(drilldown)
    alternative = "; ".join(
        f"{step.name}: {'failed' if step.consistency is None else percent(step.consistency)}"
        for step in scores
    )
    parts = [
        _introduction(drilldown),
        chart(draw_drilldown(scores, drilldown), "drilldown-figure", alternative),
        *(_step(number, step) for number, step in enumerate(drilldown.steps, start=1)),
    ]
    return Section("drilldown", "Drill-down", join(parts))


def _introduction(drilldown: Drilldown) -> Html:
    return paragraph(
        f"From a plain network to the candidate of trial {drilldown.trial} in "
        f"{counted(len(drilldown.steps), 'step')}. Each step adds one ingredient and is trained on "
        f"{drilldown.train_examples:,} images with {counted(drilldown.seeds, 'random seed')}. The "
        "analysis of a step names the problem that remains."
    )


def _step(number: int, step: Step) -> Html:
    failures = f"; failed: {'; '.join(step.failures)}" if step.failures else ""
    result = f"{step.parameters:,} parameters; all repeats failed"
    if step.consistency is not None:
        result = (
            f"{step.parameters:,} parameters; best training accuracy "
            f"{percent(step.best_training)}, best validation accuracy "
            f"{percent(step.best_validation)}, consistency {percent(step.consistency)} "
            f"({counted(len(step.scores), 'repeat')})"
        )
    descriptions = (
        ("adds", step.adds),
        ("target", step.target),
        ("result", result + failures),
        ("analysis", step.analysis),
    )
    return tag(
        "article",
        tag("h3", f"{number}. {step.name}"),
        facts((name, text) for name, text in descriptions if text),
        class_="step",
    )
