"""A short report as Markdown for a README or a pull request. Never imports torch."""

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


def markdown_report(report: ReportData) -> str:
    """The answer, its evidence, the layers, the ranking, and how it was run."""
    parts = [
        SIGN,
        f"## {_headline(report)}",
        *(f"> **Beware:** {_plain(caveat)}" for caveat in report.caveats),
        *_smallest(report),
        _score(report),
        _facts(report),
        "### Best candidates by selection",
        _ranking(report),
        *_differences(report),
        *_folded("Layers and recipe", [_layers(report), _recipe(report)]),
        _provenance(report),
    ]
    return "\n\n".join(parts) + "\n"


def _headline(report: ReportData) -> str:
    best = report.best
    size = f"with {best.parameters:,} parameters on {_plain(report.setup.data)}"
    if report.confirmation:
        return f"{percent(report.confirmation.final.mean)} {size}, confirmed on test"
    return f"{percent(best.consistency or 0.0)} {size}, selected and not confirmed"


def _smallest(report: ReportData) -> Iterable[str]:
    """The networks that reach the target, of a study that searches for the smallest."""
    if report.setup.target is None:
        return ()
    answer = "; ".join(frontier(report.records, report.setup.target).summary)
    return (f"Sought: {report.setup.goal}; {answer}.",)


def _score(report: ReportData) -> str:
    best, setup = report.best, report.setup
    if report.confirmation is None:
        images = setup.validation_images
        size = f"n = {images:,} validation images" if images else "the validation split"
        error = ""
        if images and best.consistency is not None:
            points = 100 * standard_error(best.consistency, images)
            error = f", standard error {points:.2f} points from n alone"
        return (
            f"Trial {best.number}: validation consistency over the last {setup.window} of "
            f"{counted(best.epochs, 'epoch')}, {size}{error}. It is the best of "
            f"{counted(len(report.ranking), 'candidate')} on these images, so luck is in it; "
            f"`python -m search confirm{report.options}` finds what it is worth."
        )
    final = report.confirmation.final
    low, high = percent(final.interval.low), percent(final.interval.high)
    return (
        f"Trial {best.number}: test consistency over the last {report.confirmation.window} of "
        f"{counted(best.epochs, 'epoch')}, mean of {counted(len(final.runs), 'run')} on all "
        f"{final.train_examples:,} training images, n = {final.images:,} test images. Worst run "
        f"{percent(final.worst)}. {whole_percent(final.interval.level)} interval for a new run on "
        f"new images: {low} to {high}. All of the last epochs reached "
        f"{percent(final.reach.target)} in {final.reach.hits} of "
        f"{counted(final.reach.runs, 'run')}."
    )


def _facts(report: ReportData) -> str:
    best, setup = report.best, report.setup
    trained = [record for record in report.records if record.counts]
    over = sum(record.outcome == "over budget" for record in report.records)
    spent = duration(sum(record.seconds for record in trained))
    rows = [
        ("parameters", f"{best.parameters:,} of {setup.budget.parameters:,} allowed"),
        ("multiply-accumulates", f"{best.macs:,} per image"),
        ("epochs", str(best.epochs)),
        ("candidates", f"{len(trained):,} trained in {spent} of training, {over:,} over budget"),
        ("openings of the test images so far", f"{len(report.openings):,}, by the ledger"),
    ]
    return _table(("", ""), rows)


def _ranking(report: ReportData) -> str:
    rows = [
        (
            str(record.number),
            percent(record.consistency or 0.0),
            f"{record.parameters:,}",
            f"`{record.label.replace('|', '¦')}`",
        )
        for record in report.ranking[:BEST]
    ]
    images = report.setup.validation_images
    size = f", n = {images:,} validation images" if images else ""
    caption = f"Validation consistency of single runs{size}; ¦ marks a pooling."
    return f"{_table(('trial', 'consistency', 'parameters', 'candidate'), rows)}\n\n{caption}"


def _differences(report: ReportData) -> Iterable[str]:
    if not report.confirmation or not report.confirmation.final.differences:
        return ()
    rows = [
        (
            _plain(difference.bar),
            f"{difference.parameters:,}",
            percent(difference.published),
            f"{100 * difference.difference:+.2f}",
            f"{100 * difference.interval.low:+.2f} to {100 * difference.interval.high:+.2f}",
        )
        for difference in report.confirmation.final.differences
    ]
    caption = (
        "Ours are means over seeds on a test set that was not searched on, theirs single runs "
        "chosen on it."
    )
    head = ("public bar", "parameters", "its lowest of last 5", "ours minus it, points", "interval")
    return ("### Against the public bars", _table(head, rows), caption)


def _layers(report: ReportData) -> str:
    candidate = report.best.candidate
    assert candidate is not None  # a trained trial has one
    rows = [
        (row.number, row.layer, row.output, row.parameters, row.macs, row.receptive_field)
        for row in layer_rows(candidate.architecture)
    ]
    return _table(("", "layer", "output", "parameters", "MACs", "sees"), rows)


def _recipe(report: ReportData) -> str:
    candidate = report.best.candidate
    assert candidate is not None
    return _table(("what", "how"), recipe_words(candidate.recipe))


def _provenance(report: ReportData) -> str:
    commands = [typed_command(str(run.get("command", ""))) for run in report.environments]
    if report.confirmation:
        confirmed = typed_command(report.confirmation.command)
        commands += [confirmed] if confirmed not in commands else []
    devices = "; ".join(dict.fromkeys(r.device for r in report.records if r.device))
    versions = "; ".join(dict.fromkeys(r.versions for r in report.records if r.versions))
    command_lines = "\n".join(f"    {command}" for command in commands if command)
    return f"Seed {report.setup.seed}, {devices}, {versions}.\n\n{command_lines}"


def _folded(title: str, parts: Sequence[str]) -> Iterable[str]:
    return (f"<details><summary>{title}</summary>", *parts, "</details>")


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _plain(text: str) -> str:
    """External text, such as a folder's name, escaped for Markdown and HTML."""
    for sign in "\\`*_<>[]|":
        text = text.replace(sign, f"\\{sign}")
    return text
