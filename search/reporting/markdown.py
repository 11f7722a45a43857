"""A short report in Markdown, for a README or a pull request. Never imports torch."""

from collections import Counter
from collections.abc import Iterable, Sequence

from search.candidates.layer_table import layer_rows
from search.candidates.wording import (
    counted,
    duration,
    frozen_words,
    further_signs,
    percent,
    recipe_words,
    whole_percent,
)
from search.evaluation.intervals import standard_error
from search.reporting.report_data import ReportData
from search.reporting.sections.how_it_was_run import typed_command
from search.study.records import rejected_words
from search.study.smallest import frontier

SIGN = "<!-- Frugal's summary -->"  # first line of every summary, by which it is recognised
BEST = 5  # number of candidates in the ranking
LABEL_NOTE = (
    "A candidate is described by its blocks (width, `k` and the kernel size if it is not 3, `p` "
    "for padding, `¦` for pooling), its head, optimiser, learning rate schedule, peak learning "
    "rate and batch size (`b`)."
)


def markdown_report(report: ReportData) -> str:
    """Return the report: result, ranking, comparison, layers, recipe, and the commands used."""
    parts = [
        SIGN,
        f"## {_headline(report)}",
        *_limitations(report),
        *_smallest(report),
        _score(report),
        _facts(report),
        "### Best candidates on the validation set",
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
        return f"{percent(report.confirmation.final.mean)} test consistency {size} (confirmed)"
    return f"{percent(best.consistency or 0.0)} validation consistency {size} (not confirmed)"


def _limitations(report: ReportData) -> Iterable[str]:
    if not report.caveats:
        return ()
    return ("\n".join(["> **Limitations**", ">", *(f"> - {_plain(c)}" for c in report.caveats)]),)


def _smallest(report: ReportData) -> Iterable[str]:
    """Return the goal and the networks that reach it, if the study searches for the smallest."""
    if report.setup.target is None:
        return ()
    answer = "; ".join(frontier(report.records, report.setup.target).summary)
    return (f"Goal: {report.setup.goal}; {answer}.",)


def _score(report: ReportData) -> str:
    best, setup = report.best, report.setup
    if report.confirmation is None:
        images = setup.validation_images
        size = f"n = {images:,} validation images" if images else "the validation split"
        error = ""
        if images and best.consistency is not None:
            points = 100 * standard_error(best.consistency, images)
            error = f" (standard error {points:.2f} percentage points, considering only n)"
        return (
            f"Trial {best.number}: validation consistency over the last {setup.window} of "
            f"{counted(best.epochs, 'epoch')}, one run, {size}{error}. The candidate was selected "
            f"from {counted(len(report.ranking), 'candidate')} on the same images, so this score "
            "is biased by selection. To measure the candidate on the test set, run "
            f"`python -m search confirm{report.options}`."
        )
    final = report.confirmation.final
    low, high = percent(final.interval.low), percent(final.interval.high)
    return (
        f"Trial {best.number}: test consistency (lowest accuracy over the last "
        f"{report.confirmation.window} of {counted(best.epochs, 'epoch')}), mean of "
        f"{counted(len(final.runs), 'run')} trained on all {final.train_examples:,} training "
        f"images, n = {final.images:,} test images. Worst run: {percent(final.worst)}. "
        f"{whole_percent(final.interval.level)} interval for the expected consistency over random "
        f"seeds and test images: {low} to {high}. {final.reach.hits} of "
        f"{counted(final.reach.runs, 'run')} reached {percent(final.reach.target)} in all of "
        "these epochs."
    )


def _facts(report: ReportData) -> str:
    best, setup = report.best, report.setup
    frozen = frozen_words(best.candidate.architecture.frozen) if best.candidate else ""
    trained = [record for record in report.records if record.counts]
    rejected = rejected_words(Counter(r.outcome for r in report.records)) or "none"
    spent = duration(sum(record.seconds for record in trained))
    rows = [
        ("parameters", f"{best.parameters:,} of {setup.budget.parameters:,} allowed{frozen}"),
        ("multiply-accumulates (MACs)", f"{best.macs:,} per image"),
        ("epochs", str(best.epochs)),
        (
            "candidates",
            f"{len(trained):,} trained, total training time {spent}; rejected: {rejected}",
        ),
        ("evaluations on the test set so far", f"{len(report.openings):,} (logged in `ledger`)"),
    ]
    return _table(("quantity", "value"), rows)


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
    caption = f"Validation consistency of one run per candidate{size}. {LABEL_NOTE}"
    shown = [r.candidate.architecture for r in report.ranking[:BEST] if r.candidate]
    caption = " ".join(filter(None, [caption, further_signs(shown)]))
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
    level = whole_percent(report.confirmation.final.differences[0].interval.level)
    caption = (
        "Public accuracy: the lowest of the last 5 epochs of a single run that was selected on the "
        "test set. Difference: this study's mean over random seeds, on test images not used for "
        "selection, minus the public accuracy."
    )
    head = (
        "public result",
        "parameters",
        "public accuracy",
        "difference (percentage points)",
        f"{level} interval",
    )
    return ("### Comparison with public results", _table(head, rows), caption)


def _layers(report: ReportData) -> str:
    candidate = report.best.candidate
    assert candidate is not None  # a trained trial has one
    any_frozen = candidate.architecture.frozen > 0
    rows = [
        (
            row.number,
            row.layer,
            row.output,
            row.parameters,
            *[row.frozen] * any_frozen,
            row.macs,
            row.receptive_field,
        )
        for row in layer_rows(candidate.architecture)
    ]
    frozen = ["frozen"] * any_frozen
    head = ("#", "layer", "output", "parameters", *frozen, "MACs", "receptive field (pixels)")
    return _table(head, rows)


def _recipe(report: ReportData) -> str:
    candidate = report.best.candidate
    assert candidate is not None
    return _table(("setting", "value"), recipe_words(candidate.recipe))


def _provenance(report: ReportData) -> str:
    commands = [typed_command(str(run.get("command", ""))) for run in report.environments]
    if report.confirmation:
        confirmed = typed_command(report.confirmation.command)
        commands += [confirmed] if confirmed not in commands else []
    devices = "; ".join(dict.fromkeys(r.device for r in report.records if r.device))
    versions = "; ".join(dict.fromkeys(r.versions for r in report.records if r.versions))
    command_lines = "\n".join(f"    {command}" for command in commands if command)
    facts = f"Random seed {report.setup.seed}; {devices}; {versions}. Commands:"
    return f"{facts}\n\n{command_lines}"


def _folded(title: str, parts: Sequence[str]) -> Iterable[str]:
    return (f"<details><summary>{title}</summary>", *parts, "</details>")


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _plain(text: str) -> str:
    """Escape external text, such as the name of a folder, for Markdown and HTML."""
    for sign in "\\`*_<>[]|":
        text = text.replace(sign, f"\\{sign}")
    return text
