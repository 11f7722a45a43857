"""What the dashboard says in words about a trial and about the study, in Markdown. No torch."""

from collections.abc import Iterable, Sequence

from search.architecture import Architecture
from search.record import COUNTED, Record
from search.setup import Setup
from search.style import context
from search.words import counted, duration, layer_words, percent, recipe_words, shape_words

GAP = "\u2002"  # an en space: the dashboard sets its tables without any room between columns


def trial_note(record: Record, setup: Setup) -> str:
    """A finished trial: its result, layers and recipe; a line or two where it was not trained."""
    told = [f"**{record.label or 'no candidate'}**", result(record, setup)]
    candidate = record.candidate
    if record.outcome in COUNTED and candidate is not None:
        told += [
            f"{record.parameters:,} of {setup.budget.parameters:,} parameters, "
            f"{record.macs:,} multiply-accumulates per image, "
            f"{duration(record.seconds)} of training on {record.device or 'an unknown device'}",
            *setup.caveats,
            "**Layers**",
            layer_table(candidate.architecture),
            "**Recipe**",
            table(("what", "how"), recipe_words(candidate.recipe)),
        ]
    return "\n\n".join(told)


def result(record: Record, setup: Setup) -> str:
    """How the trial ended, with the figures that it reached and the n that they are from."""
    planned = record.candidate.recipe.epochs if record.candidate else record.epochs
    window, images = setup.window, setup.validation_images
    split = f"on {images:,} validation images" if images else "on the validation split"
    if record.consistency is not None:
        span = f"the last {min(window, record.epochs)} of {counted(record.epochs, 'epoch')}"
        lowest = record.consistency == min(record.validation_accuracy[-window:], default=None)
        meaning = "lowest of" if lowest else "by the study's own consistency over"
        return f"Trained: **{percent(record.consistency)}** {meaning} {span} {split}."
    ended = f"{record.outcome.capitalize()}"
    if record.epochs:
        last = percent(record.validation_accuracy[-1])
        ended += f" after epoch {record.epochs} of {planned}, then at {last} {split}"
    return f"{ended}: {record.reason}." if record.reason else f"{ended}."


def layer_table(architecture: Architecture) -> str:
    """The layers in order: what, output shape, learned parameters, receptive field in pixels."""
    rows = [
        (
            str(number),
            layer_words(layer),
            shape_words(layer.shape),
            f"{layer.parameters:,}" if layer.parameters else "",
            str(layer.receptive_field),
        )
        for number, layer in enumerate(architecture.layers, start=1)
    ]
    total = ("", "**in all**", "", f"**{architecture.parameters:,}**", "")
    return table(("", "layer", "output", "parameters", "sees"), [*rows, total])


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown."""
    spaced = [[cell + GAP for cell in line] for line in (head, *rows)]
    lines = [spaced[0], ["---"] * len(head), *spaced[1:]]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def study_note(name: str, setup: Setup) -> str:
    """What is searched, within which limits, what its numbers mean, and how to go on."""
    channels, height, breadth = setup.image
    size = f"{height}x{breadth} pixels, {counted(channels, 'channel')}"
    caveats = "".join(f"- **{caveat}**\n" for caveat in setup.caveats)
    return f"""\
Small image classifiers for **{setup.data}** ({size}, {setup.classes} classes) within
{setup.budget}.

- Value of a trial: its consistency over the last {counted(setup.window, "epoch")}, as a fraction;
  {context(setup)}. The search never sees test images.
- *Complete* is trained to the end. *Pruned* is stopped early, a duplicate, or over budget and
  never trained: the user attribute `outcome` says which, `reason` says why.
- Seed {setup.seed}. `space.py` and `objective.py` lie beside the study as they were.
{caveats}
Go on:

    python -m search run --study {name} --trials 100
    python -m search show --study {name}
    python -m search export --study {name}

Our figures stand under *Analytics*, a note with layers and recipe with every trained trial.
"""
