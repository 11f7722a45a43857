"""The dashboard's notes on the study and its trials, in Markdown. No torch."""

from collections.abc import Iterable, Sequence

from search.candidates.architecture import Architecture
from search.candidates.layer_table import layer_rows, total_row
from search.candidates.wording import (
    counted,
    duration,
    frozen_words,
    percent,
    recipe_words,
    whole_percent,
)
from search.evaluation.results import Confirmation
from search.reporting.charts.style import context
from search.study.records import COUNTED, Record
from search.study.settings import StudySettings
from search.study.smallest import RUNS

GAP = "\u2002"  # en space: the dashboard shows tables without space between the columns


def trial_note(record: Record, setup: StudySettings) -> str:
    """Return the note on a finished trial: result, layers, recipe; short if it was not trained."""
    paragraphs = [f"**{record.label or 'no candidate'}**", result(record, setup)]
    candidate = record.candidate
    if record.outcome in COUNTED and candidate is not None:
        paragraphs += [
            f"{record.parameters:,} of {setup.budget.parameters:,} parameters"
            f"{frozen_words(candidate.architecture.frozen)}, "
            f"{record.macs:,} multiply-accumulates per image, "
            f"training time {duration(record.seconds)} on {record.device or 'an unknown device'}",
            *setup.caveats,
            "**Layers**",
            layer_table(candidate.architecture),
            "**Recipe**",
            table(("setting", "value"), recipe_words(candidate.recipe)),
        ]
    return "\n\n".join(paragraphs)


def result(record: Record, setup: StudySettings) -> str:
    """Return the outcome of a trial in words, with its scores and their n."""
    planned = record.candidate.recipe.epochs if record.candidate else record.epochs
    window, images = setup.window, setup.validation_images
    split = f"on {images:,} validation images" if images else "on the validation split"
    if record.consistency is not None:
        span = f"the last {min(window, record.epochs)} of {counted(record.epochs, 'epoch')}"
        lowest = record.consistency == min(record.validation_accuracy[-window:], default=None)
        meaning = "lowest accuracy of" if lowest else "custom consistency of the study over"
        score = percent(record.consistency)
        return f"{_run_words(record)}: **{score}**, {meaning} {span} {split}."
    ending = f"{record.outcome.capitalize()}"
    if record.epochs:
        last = percent(record.validation_accuracy[-1])
        ending += f" after epoch {record.epochs} of {planned} with an accuracy of {last} {split}"
    return f"{ending}: {record.reason}." if record.reason else f"{ending}."


def _run_words(record: Record) -> str:
    if record.repeat_of is None:
        return "Trained"
    return f"Trained (run {record.repeat} of {RUNS} of trial {record.repeat_of})"


def layer_table(architecture: Architecture) -> str:
    """Return a table of the layers: output shape, parameters, receptive field in pixels."""
    total = total_row(architecture)
    any_frozen = bool(total.frozen)
    rows = [
        (
            row.number,
            row.layer,
            row.output,
            row.parameters,
            *[row.frozen] * any_frozen,
            row.receptive_field,
        )
        for row in layer_rows(architecture)
    ]
    sums = [f"**{total.frozen}**"] * any_frozen
    totals = ("", f"**{total.layer}**", "", f"**{total.parameters}**", *sums, "")
    frozen = ["frozen"] * any_frozen
    head = ("#", "layer", "output", "parameters", *frozen, "receptive field (pixels)")
    return table(head, [*rows, totals])


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    spaced = [[cell + GAP for cell in line] for line in (head, *rows)]
    lines = [spaced[0], ["---"] * len(head), *spaced[1:]]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def confirmation_note(confirmation: Confirmation) -> str:
    """Return the note on a confirmation: test scores with their n, race, public results."""
    final, race = confirmation.final, confirmation.race
    low, high = percent(final.interval.low), percent(final.interval.high)
    rivals = ", ".join(map(str, race.rivals))
    lines = [
        f"**Confirmed: trial {final.trial}, {percent(final.mean)}** on {final.images:,} test "
        f"images: the lowest accuracy over the last {counted(confirmation.window, 'epoch')}, "
        f"mean of {counted(len(final.runs), 'run')} trained on all {final.train_examples:,} "
        "training images.",
        f"- Worst run: {percent(final.worst)}. {whole_percent(final.interval.level)} interval for "
        f"the expected consistency over random seeds and test images: {low} to {high}.",
        f"- {final.reach.hits} of {counted(final.reach.runs, 'run')} reached "
        f"{percent(final.reach.target)} in all of these epochs.",
        f"- Winner of {counted(len(race.racers), 'candidate')} retrained on the training split "
        "and compared on the validation set; not significantly different from it: "
        f"{f'trial {rivals}' if rivals else 'none'}. Selection bias of the run in the search: "
        f"{100 * confirmation.luck.to_repeats:+.2f} percentage points.",
        *(
            f'- Difference from the public result "{difference.bar}" '
            f"({difference.parameters:,} parameters, {percent(difference.published)}): "
            f"{100 * difference.difference:+.2f} percentage points, interval "
            f"{100 * difference.interval.low:+.2f} to {100 * difference.interval.high:+.2f}."
            for difference in final.differences
        ),
        f"- Evaluations on the test set up to then: {final.openings:,}.",
        *(f"- **{caveat}**" for caveat in confirmation.caveats),
    ]
    return "\n".join([lines[0], "", *lines[1:]])


def _value_words(setup: StudySettings) -> str:
    score = f"consistency over the last {counted(setup.window, 'epoch')}"
    if setup.target is None:
        return f"{score}, as a fraction"
    return (
        f"{score} minus the target of {percent(setup.target)}, as a fraction, if the target is not "
        "reached; otherwise the unused share of the parameter budget. The consistency itself is a "
        f"user attribute. Goal: {setup.goal}, verified by {RUNS} runs of a candidate"
    )


def study_note(options: str, setup: StudySettings, confirmation: Confirmation | None = None) -> str:
    """Return the note on a study: goal, budget, meaning of its numbers, and the next commands.

    options: the command line options that select the study, see `Study.options`. confirmation: if
    given, the note starts with its results.
    """
    channels, height, breadth = setup.image
    size = f"{height}x{breadth} pixels, {counted(channels, 'channel')}"
    caveats = "".join(f"- **{caveat}**\n" for caveat in setup.caveats)
    confirmed = f"{confirmation_note(confirmation)}\n\n" if confirmation else ""
    return f"""\
{confirmed}Small image classifiers for **{setup.data}** ({size}, {setup.classes} classes) within
{setup.budget}.

- Value of a trial: {_value_words(setup)};
  {context(setup)}. The search does not use test images.
- *Complete*: trained to the end. *Pruned*: stopped early, or rejected without training (over
  budget, a duplicate, impossible, or rejected by the space). The user attributes `outcome` and
  `reason` give the details.
- Random seed: {setup.seed}. The study's folder contains the `space.py` and `objective.py` used.
{caveats}
Next commands:

    python -m search run{options} --trials 100
    python -m search show{options}
    python -m search confirm{options}
    python -m search report{options}
    python -m search export{options}

Additional charts are under *Analytics*. Each trained trial has a note with its layers and recipe.
The exported network and the report are under *Artifacts* once they are in the study's folder.
"""
