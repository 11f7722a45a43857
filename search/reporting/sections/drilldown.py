"""The drill-down, step by step. Never imports torch."""

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
    """The drill-down, or the command that produces it."""
    drilldown = report.drilldown
    if drilldown is None:
        content = join(
            [
                paragraph("From a plain network to the best one, an ingredient at a time:"),
                command(f"python -m search drilldown{report.options}"),
            ]
        )
        return Section("drilldown", "The way there", content)
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
    return Section("drilldown", "The way there", join(parts))


def _introduction(drilldown: Drilldown) -> Html:
    return paragraph(
        f"From a plain network to the candidate of trial {drilldown.trial} in "
        f"{counted(len(drilldown.steps), 'step')}: each takes one ingredient more, is trained on "
        f"{drilldown.train_examples:,} images over {counted(drilldown.seeds, 'seed')}, and says "
        "what the next should address."
    )


def _step(number: int, step: Step) -> Html:
    failures = f"; failed: {'; '.join(step.failures)}" if step.failures else ""
    result = f"{step.parameters:,} parameters; every repeat failed"
    if step.consistency is not None:
        result = (
            f"{step.parameters:,} parameters; best training {percent(step.best_training)}, best "
            f"validation {percent(step.best_validation)}, consistency {percent(step.consistency)} "
            f"(n = {counted(len(step.scores), 'repeat')})"
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
