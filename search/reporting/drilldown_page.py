"""A drill-down as panels for the terminal and as a Markdown page. Never imports torch."""

from pathlib import Path

from search.candidates.wording import counted, duration, percent, score_context
from search.evaluation.intervals import spread
from search.evaluation.results import Drilldown, Step
from search.files import write_whole

PAGE = "drilldown.md"
COLUMNS = ("parameters", "best training", "best validation", "consistency", "spread")


def drilldown_markdown(found: Drilldown) -> str:
    """The same in Markdown."""
    lines = [
        f"# From a plain network to trial {found.trial} of study {found.study}",
        "",
        *(f"- **{caveat}**" for caveat in found.caveats),
        *(f"- {note}" for note in drilldown_notes(found)),
        "",
        f"| step | {' | '.join(COLUMNS)} |",
        f"| --- |{' ---: |' * len(COLUMNS)}",
        *(f"| {step.name} | {' | '.join(step_figures(step))} |" for step in found.steps),
    ]
    for number, step in enumerate(found.steps, start=1):
        lines += ["", f"## {number}. {step.name}", ""]
        lines += [f"- **{name}**: {text}" for name, text in step_facts(step)]
    return "\n".join(lines) + "\n"


def write_page(found: Drilldown, folder: Path) -> Path:
    """Writes the page into the study's folder and returns the file."""
    return write_whole(folder / PAGE, drilldown_markdown(found))


def step_facts(step: Step) -> tuple[tuple[str, str], ...]:
    """(what, in words) of a step, as the seeds told theirs."""
    return (
        ("adds", step.adds),
        ("target", step.target),
        ("result", step_result(step)),
        ("analysis", step.analysis),
    )


def step_result(step: Step) -> str:
    """Parameters, best training, best validation, consistency over how many repeats."""
    if step.consistency is None:
        return f"{counted(step.parameters, 'parameter')}; did not train"
    deviation = spread(step.scores)
    spreading = "" if deviation is None else f", spread {100 * deviation:.2f} points"
    return (
        f"{counted(step.parameters, 'parameter')}; best training {percent(step.best_training)}, "
        f"best validation {percent(step.best_validation)}, consistency "
        f"{percent(step.consistency)} ({counted(len(step.scores), 'repeat')}{spreading})"
    )


def step_figures(step: Step) -> tuple[str, ...]:
    """One cell for each of COLUMNS."""
    size = f"{step.parameters:,}"
    if step.consistency is None:
        return (size, "", "", "did not train", "")
    deviation = spread(step.scores)
    measured = (step.best_training, step.best_validation, step.consistency)
    spreading = "" if deviation is None else f"{100 * deviation:.2f}"
    return (size, *map(percent, measured), spreading)


def drilldown_notes(found: Drilldown) -> list[str]:
    """What the figures are and how they came to be."""
    return [
        f"{score_context(found.window, found.images)}; "
        f"mean of {counted(found.seeds, 'repeat')} per step"
        "; spread: standard deviation over the repeats, in points",
        "noise: twice the standard error of the difference, as if every step had validation images "
        "of its own, which is cautious; with the spread over repeats where there are several",
        f"trained on {found.train_examples:,} images for {counted(found.epochs, 'epoch')}, fresh "
        "draws for every step; the test images stay closed",
        f"{found.device}, {found.versions}, {duration(found.seconds)} of training, ended "
        f"{found.time}",
    ]
