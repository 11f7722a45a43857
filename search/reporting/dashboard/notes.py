"""The dashboard's notes on trials and on the study, in Markdown. No torch."""

from collections.abc import Iterable, Sequence

from search.candidates.architecture import Architecture
from search.candidates.layer_table import layer_rows, total_row
from search.candidates.wording import (
    counted,
    duration,
    percent,
    recipe_words,
    whole_percent,
)
from search.evaluation.results import Confirmation
from search.reporting.charts.style import context
from search.study.records import COUNTED, Record
from search.study.settings import StudySettings
from search.study.smallest import RUNS

GAP = "\u2002"  # an en space: the dashboard sets its tables without any room between columns


def trial_note(record: Record, setup: StudySettings) -> str:
    """A finished trial: its result, layers and recipe; a line or two where it was not trained."""
    paragraphs = [f"**{record.label or 'no candidate'}**", result(record, setup)]
    candidate = record.candidate
    if record.outcome in COUNTED and candidate is not None:
        paragraphs += [
            f"{record.parameters:,} of {setup.budget.parameters:,} parameters, "
            f"{record.macs:,} multiply-accumulates per image, "
            f"{duration(record.seconds)} of training on {record.device or 'an unknown device'}",
            *setup.caveats,
            "**Layers**",
            layer_table(candidate.architecture),
            "**Recipe**",
            table(("what", "how"), recipe_words(candidate.recipe)),
        ]
    return "\n\n".join(paragraphs)


def result(record: Record, setup: StudySettings) -> str:
    """How the trial ended, with the figures that it reached and the n that they are from."""
    planned = record.candidate.recipe.epochs if record.candidate else record.epochs
    window, images = setup.window, setup.validation_images
    split = f"on {images:,} validation images" if images else "on the validation split"
    if record.consistency is not None:
        span = f"the last {min(window, record.epochs)} of {counted(record.epochs, 'epoch')}"
        lowest = record.consistency == min(record.validation_accuracy[-window:], default=None)
        meaning = "lowest of" if lowest else "by the study's own consistency over"
        return f"{_run_words(record)}: **{percent(record.consistency)}** {meaning} {span} {split}."
    ending = f"{record.outcome.capitalize()}"
    if record.epochs:
        last = percent(record.validation_accuracy[-1])
        ending += f" after epoch {record.epochs} of {planned}, then at {last} {split}"
    return f"{ending}: {record.reason}." if record.reason else f"{ending}."


def _run_words(record: Record) -> str:
    if record.repeat_of is None:
        return "Trained"
    return f"Trained, repeat {record.repeat} of {RUNS} of trial {record.repeat_of}"


def layer_table(architecture: Architecture) -> str:
    """The layers in order: what, output shape, learned parameters, receptive field in pixels."""
    rows = [
        (row.number, row.layer, row.output, row.parameters, row.receptive_field)
        for row in layer_rows(architecture)
    ]
    total = total_row(architecture)
    totals = ("", f"**{total.layer}**", "", f"**{total.parameters}**", "")
    return table(("", "layer", "output", "parameters", "sees"), [*rows, totals])


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown."""
    spaced = [[cell + GAP for cell in line] for line in (head, *rows)]
    lines = [spaced[0], ["---"] * len(head), *spaced[1:]]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def confirmation_note(confirmation: Confirmation) -> str:
    """The note on a confirmation: test figures with their n, the race, public results."""
    final, race = confirmation.final, confirmation.race
    low, high = percent(final.interval.low), percent(final.interval.high)
    rivals = ", ".join(map(str, race.rivals))
    lines = [
        f"**Confirmed: trial {final.trial}, {percent(final.mean)}** on {final.images:,} test "
        f"images: the lowest accuracy over the last {counted(confirmation.window, 'epoch')}, "
        f"mean of {counted(len(final.runs), 'run')} on all {final.train_examples:,} training "
        "images.",
        f"- Worst run {percent(final.worst)}; {whole_percent(final.interval.level)} interval for a "
        f"new run on new images: {low} to {high}.",
        f"- All of the last epochs reached {percent(final.reach.target)} in {final.reach.hits} of "
        f"{counted(final.reach.runs, 'run')}.",
        f"- It won a race of {counted(len(race.racers), 'candidate')} on validation; not told "
        f"apart from it: {f'trial {rivals}' if rivals else 'none'}. Luck of the selected run: "
        f"{100 * confirmation.luck.to_repeats:+.2f} points.",
        *(
            f"- Minus {difference.bar} ({difference.parameters:,} parameters, "
            f"{percent(difference.published)}): {100 * difference.difference:+.2f} points, "
            f"{100 * difference.interval.low:+.2f} to {100 * difference.interval.high:+.2f}."
            for difference in final.differences
        ),
        f"- The test images were opened {counted(final.openings, 'time')} by then.",
        *(f"- **{caveat}**" for caveat in confirmation.caveats),
    ]
    return "\n".join([lines[0], "", *lines[1:]])


def _value_words(setup: StudySettings) -> str:
    score = f"its consistency over the last {counted(setup.window, 'epoch')}, as a fraction"
    if setup.target is None:
        return score
    return (
        f"below 0 what {score}, lacks to {percent(setup.target)}; else the share of the budget's "
        f"parameters that it leaves over. Sought: {setup.goal}, believed after {RUNS} runs. "
        "The consistency is a user attribute"
    )


def study_note(options: str, setup: StudySettings, confirmation: Confirmation | None = None) -> str:
    """The note on a study: goal, limits, meaning of its numbers, and the next commands.

    options: those that select the study, see `Study.options`. confirmation: its figures
    stand first.
    """
    channels, height, breadth = setup.image
    size = f"{height}x{breadth} pixels, {counted(channels, 'channel')}"
    caveats = "".join(f"- **{caveat}**\n" for caveat in setup.caveats)
    confirmed = f"{confirmation_note(confirmation)}\n\n" if confirmation else ""
    return f"""\
{confirmed}Small image classifiers for **{setup.data}** ({size}, {setup.classes} classes) within
{setup.budget}.

- Value of a trial: {_value_words(setup)};
  {context(setup)}. The search never sees test images.
- *Complete* is trained to the end. *Pruned* is stopped early, a duplicate, or over budget and
  never trained: the user attribute `outcome` says which, `reason` says why.
- Seed {setup.seed}. `space.py` and `objective.py` lie beside the study as they were.
{caveats}
Go on:

    python -m search run{options} --trials 100
    python -m search show{options}
    python -m search confirm{options}
    python -m search report{options}
    python -m search export{options}

Our figures stand under *Analytics*, a note with layers and recipe with every trained trial, the
exported network and the report under *Artifacts*, once they lie in the study's folder.
"""
