"""The report in short, as Markdown for a README or a pull request. Never imports torch."""

from collections.abc import Iterable, Sequence

from search.candidates.layer_table import layer_rows
from search.candidates.wording import (
    counted,
    duration,
    percent,
    recipe_words,
    whole_percent,
)
from search.evaluation.intervals import standard_error
from search.reporting.report_data import ReportData
from search.reporting.sections.how_it_was_run import typed_command
from search.study.smallest import frontier

SIGN = "<!-- Frugal's summary -->"  # how every summary begins
BEST = 5  # candidates in the ranking


def markdown_report(found: ReportData) -> str:
    """The answer, what it rests on, the layers, the ranking, and how it was run."""
    parts = [
        SIGN,
        f"## {_headline(found)}",
        *(f"> **Beware:** {_plain(caveat)}" for caveat in found.caveats),
        *_sought(found),
        _verdict(found),
        _facts(found),
        "### Best candidates by selection",
        _ranking(found),
        *_differences(found),
        *_folded("Layers and recipe", [_layers(found), _recipe(found)]),
        _runs(found),
    ]
    return "\n\n".join(parts) + "\n"


def _headline(found: ReportData) -> str:
    best = found.best
    size = f"with {best.parameters:,} parameters on {_plain(found.setup.data)}"
    if found.confirmation:
        return f"{percent(found.confirmation.final.mean)} {size}, confirmed on test"
    return f"{percent(best.consistency or 0.0)} {size}, selected and not confirmed"


def _sought(found: ReportData) -> Iterable[str]:
    """Of a study that looks for the smallest network: who holds the target."""
    if found.setup.target is None:
        return ()
    told = "; ".join(frontier(found.records, found.setup.target).told)
    return (f"Sought: {found.setup.goal}; {told}.",)


def _verdict(found: ReportData) -> str:
    best, setup = found.best, found.setup
    if found.confirmation is None:
        images = setup.validation_images
        size = f"n = {images:,} validation images" if images else "the validation split"
        error = ""
        if images and best.consistency is not None:
            points = 100 * standard_error(best.consistency, images)
            error = f", standard error {points:.2f} points from n alone"
        return (
            f"Trial {best.number}: validation consistency over the last {setup.window} of "
            f"{counted(best.epochs, 'epoch')}, {size}{error}. It is the best of "
            f"{counted(len(found.ranking), 'candidate')} on these images, so luck is in it; "
            f"`python -m search confirm{found.study_option}` finds what it is worth."
        )
    final = found.confirmation.final
    low, high = percent(final.interval.low), percent(final.interval.high)
    return (
        f"Trial {best.number}: test consistency over the last {found.confirmation.window} of "
        f"{counted(best.epochs, 'epoch')}, mean of {counted(len(final.runs), 'run')} on all "
        f"{final.train_examples:,} training images, n = {final.images:,} test images. Worst run "
        f"{percent(final.worst)}. {whole_percent(final.interval.level)} interval for a new run on "
        f"new images: {low} to {high}. All of the last epochs reached "
        f"{percent(final.reach.target)} in {final.reach.hits} of "
        f"{counted(final.reach.runs, 'run')}."
    )


def _facts(found: ReportData) -> str:
    best, setup = found.best, found.setup
    trained = [record for record in found.records if record.counts]
    over = sum(record.outcome == "over budget" for record in found.records)
    spent = duration(sum(record.seconds for record in trained))
    rows = [
        ("parameters", f"{best.parameters:,} of {setup.budget.parameters:,} allowed"),
        ("multiply-accumulates", f"{best.macs:,} per image"),
        ("epochs", str(best.epochs)),
        ("candidates", f"{len(trained):,} trained in {spent} of training, {over:,} over budget"),
        ("openings of the test images so far", f"{len(found.openings):,}, by the ledger"),
    ]
    return _table(("", ""), rows)


def _ranking(found: ReportData) -> str:
    rows = [
        (
            str(record.number),
            percent(record.consistency or 0.0),
            f"{record.parameters:,}",
            f"`{record.label.replace('|', '¦')}`",
        )
        for record in found.ranking[:BEST]
    ]
    images = found.setup.validation_images
    size = f", n = {images:,} validation images" if images else ""
    told = f"Validation consistency of single runs{size}; ¦ marks a pooling."
    return f"{_table(('trial', 'consistency', 'parameters', 'candidate'), rows)}\n\n{told}"


def _differences(found: ReportData) -> Iterable[str]:
    if not found.confirmation or not found.confirmation.final.differences:
        return ()
    rows = [
        (
            _plain(each.bar),
            f"{each.parameters:,}",
            percent(each.published),
            f"{100 * each.difference:+.2f}",
            f"{100 * each.interval.low:+.2f} to {100 * each.interval.high:+.2f}",
        )
        for each in found.confirmation.final.differences
    ]
    told = (
        "Ours are means over seeds on a test set that was not searched on, theirs single runs "
        "chosen on it."
    )
    head = ("public bar", "parameters", "its lowest of last 5", "ours minus it, points", "interval")
    return ("### Against the public bars", _table(head, rows), told)


def _layers(found: ReportData) -> str:
    candidate = found.best.candidate
    assert candidate is not None  # a trained trial has one
    rows = [
        (row.number, row.layer, row.output, row.parameters, row.macs, row.receptive_field)
        for row in layer_rows(candidate.architecture)
    ]
    return _table(("", "layer", "output", "parameters", "MACs", "sees"), rows)


def _recipe(found: ReportData) -> str:
    candidate = found.best.candidate
    assert candidate is not None
    return _table(("what", "how"), recipe_words(candidate.recipe))


def _runs(found: ReportData) -> str:
    commands = [typed_command(str(run.get("command", ""))) for run in found.runs]
    if found.confirmation:
        commands += [c for c in [found.confirmation.command] if c not in commands]
    devices = "; ".join(dict.fromkeys(r.device for r in found.records if r.device))
    versions = "; ".join(dict.fromkeys(r.versions for r in found.records if r.versions))
    listed = "\n".join(f"    {command}" for command in commands if command)
    return f"Seed {found.setup.seed}, {devices}, {versions}.\n\n{listed}"


def _folded(title: str, parts: Sequence[str]) -> Iterable[str]:
    return (f"<details><summary>{title}</summary>", *parts, "</details>")


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _plain(text: str) -> str:
    """Text of others, such as a folder's name, that Markdown and HTML leave as it is."""
    for sign in "\\`*_<>[]|":
        text = text.replace(sign, f"\\{sign}")
    return text
