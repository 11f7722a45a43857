"""How it was run: commands, devices, versions, seeds, time, what was saved. Never imports torch."""

import re
from collections.abc import Iterable

from search.candidates.wording import comma_separated, counted, duration
from search.reporting.charts.study import draw_effort, effort
from search.reporting.markup import Html, Section, chart, code, command, facts, join, table, tag
from search.reporting.report_data import ReportData
from search.study.hints import masked_text

PROGRAM = re.compile(r"^\S*__main__\.py")  # what `python -m search` calls itself


def how_it_was_run_section(report: ReportData) -> Section:
    """Facts, the commands, the effort, and the study's own files."""
    spent = effort(report.records)
    outcomes = comma_separated([f"{count:,} {outcome}" for outcome, count in spent.outcomes])
    drawing = chart(draw_effort(spent, report.setup), "effort", f"How the trials ended: {outcomes}")
    files = [
        tag("details", tag("summary", code(name)), command(text))
        for name, text in report.setup.files.items()
        if text
    ]
    parts = [facts(_facts(report)), _commands(report), drawing, *files]
    return Section("provenance", "How it was run", join(parts))


def _facts(report: ReportData) -> list[tuple[str, str]]:
    setup, trained = report.setup, [r for r in report.records if r.counts]
    seconds = sum(record.seconds for record in trained)
    images = setup.validation_images
    lines = [
        ("study", f"{report.name}, identity {report.identity}" if report.identity else report.name),
        ("data", f"{setup.data}, digest {setup.digest}"),
        (
            "split",
            f"n = {images:,} validation images held out of the training images" if images else "",
        ),
        ("budget", str(setup.budget)),
        ("window", counted(setup.window, "epoch")),
        ("seed", str(setup.seed)),
        (
            "trained",
            f"{counted(len(trained), 'candidate')} in {duration(seconds)} of training",
        ),
        ("repeats", _repeats(report)),
        ("device", _distinct(record.device for record in trained)),
        ("versions", _distinct(record.versions for record in trained)),
    ]
    if report.confirmation:
        confirmation = report.confirmation
        lines += [
            ("confirmed", f"{to_the_minute(confirmation.time)} UTC"),
            ("in", f"{duration(confirmation.seconds)} of training on {confirmation.device}"),
            ("by", typed_command(confirmation.command)),
            ("with", confirmation.versions),
        ]
    return [(name, text) for name, text in lines if text]


def _repeats(report: ReportData) -> str:
    if not report.repeats:
        return ""
    seconds = sum(repeat.seconds for repeat in report.repeats)
    return f"{counted(len(report.repeats), 'repeat')} over seeds in {duration(seconds)} of training"


def _distinct(texts: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(text for text in texts if text))


def to_the_minute(time: str) -> str:
    """A time as ISO 8601 has it, to the minute."""
    return time.replace("T", " ")[:16]


def typed_command(command: str) -> str:
    """A command as a person types it, without the path of the program and without passwords."""
    return PROGRAM.sub("python -m search", masked_text(command))


def _commands(report: ReportData) -> Html:
    """One line per run of the search."""
    rows = [
        (
            to_the_minute(str(environment.get("started", ""))),
            code(typed_command(str(environment.get("command", "")))),
            str(environment.get("device", "")),
            str(environment.get("workers", "")),
            comma_separated(
                [
                    f"{name} {environment[name]}"
                    for name in ("python", "torch", "optuna")
                    if name in environment
                ]
            ),
            str(environment.get("platform", "")),
        )
        for environment in report.environments
    ]
    head = ("started (UTC)", "command", "device", "workers", "versions", "platform")
    return table(head, rows, caption="Every run of the search.", words=(0, 1, 2, 4, 5))
