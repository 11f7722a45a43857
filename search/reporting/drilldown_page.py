"""A drill-down as a Markdown page, and the texts shared with the terminal. No torch."""

from pathlib import Path

from search.candidates.wording import counted, duration, percent, score_context
from search.evaluation.intervals import spread
from search.evaluation.results import DRILLDOWN_PAGE, Drilldown, Step
from search.files import write_whole

COLUMNS = ("parameters", "best training", "best validation", "consistency", "spread")


def drilldown_markdown(drilldown: Drilldown) -> str:
    """Return the page: limitations, notes, a table of all steps, and a section for each step."""
    lines = [
        f"# Drill-down: from a plain network to trial {drilldown.trial} of study {drilldown.study}",
        "",
        *(f"- **{caveat}**" for caveat in drilldown.caveats),
        *(f"- {note}" for note in drilldown_notes(drilldown)),
        "",
        f"| step | {' | '.join(COLUMNS)} |",
        f"| --- |{' ---: |' * len(COLUMNS)}",
        *(f"| {step.name} | {' | '.join(step_figures(step))} |" for step in drilldown.steps),
    ]
    for number, step in enumerate(drilldown.steps, start=1):
        lines += ["", f"## {number}. {step.name}", ""]
        lines += [f"- **{name}**: {text}" for name, text in step_facts(step)]
    return "\n".join(lines) + "\n"


def write_page(drilldown: Drilldown, folder: Path) -> Path:
    """Write the page into the study's folder and return its path."""
    return write_whole(folder / DRILLDOWN_PAGE, drilldown_markdown(drilldown))


def step_facts(step: Step) -> tuple[tuple[str, str], ...]:
    """Return (name, text) pairs that describe a step: change, target, result and analysis."""
    return (
        ("adds", step.adds),
        ("target", step.target),
        ("result", step_result(step)),
        ("analysis", step.analysis),
    )


def step_result(step: Step) -> str:
    """Return the result in words: parameters, accuracies, consistency and number of repeats."""
    if step.consistency is None:
        return f"{counted(step.parameters, 'parameter')}; all repeats failed"
    deviation = spread(step.scores)
    spread_words = "" if deviation is None else f", spread {100 * deviation:.2f} points"
    return (
        f"{counted(step.parameters, 'parameter')}; best training accuracy "
        f"{percent(step.best_training)}, best validation accuracy "
        f"{percent(step.best_validation)}, consistency "
        f"{percent(step.consistency)} ({counted(len(step.scores), 'repeat')}{spread_words})"
    )


def step_figures(step: Step) -> tuple[str, ...]:
    """Return one cell for each of COLUMNS."""
    size = f"{step.parameters:,}"
    if step.consistency is None:
        return (size, "", "", "failed", "")
    deviation = spread(step.scores)
    measured = (step.best_training, step.best_validation, step.consistency)
    spread_cell = "" if deviation is None else f"{100 * deviation:.2f}"
    return (size, *map(percent, measured), spread_cell)


def drilldown_notes(drilldown: Drilldown) -> list[str]:
    """Return notes that explain the figures and how they were measured."""
    return [
        f"{score_context(drilldown.window, drilldown.images)}; "
        f"mean of {counted(drilldown.seeds, 'repeat')} per step"
        "; spread: standard deviation over the repeats, in percentage points",
        "noise: twice the standard error of the difference, calculated conservatively as if each "
        "step had its own validation images; includes the spread if a step has several repeats",
        f"trained on {drilldown.train_examples:,} images for "
        f"{counted(drilldown.epochs, 'epoch')}, with different random seeds for each step; "
        "the test images are not used",
        f"{drilldown.device}, {drilldown.versions}; total training time "
        f"{duration(drilldown.seconds)}; finished {drilldown.time}",
    ]
