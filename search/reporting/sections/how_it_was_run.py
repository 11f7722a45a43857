"""How the study was run: commands, devices, versions, seeds, training time. No torch."""

import re
from collections.abc import Iterable

from search.candidates.wording import comma_separated, counted, duration
from search.reporting.charts.study import draw_effort, effort
from search.reporting.markup import Html, Section, chart, code, command, facts, join, table, tag
from search.reporting.report_data import ReportData
from search.study.hints import masked_text

PROGRAM = re.compile(r"^\S*__main__\.py")  # sys.argv[0] of `python -m search`


def how_it_was_run_section(report: ReportData) -> Section:
    """Return settings, commands, outcomes of the trials, and the study's source files."""
    spent = effort(report.records)
    outcomes = comma_separated([f"{count:,} {outcome}" for outcome, count in spent.outcomes])
    drawing = chart(
        draw_effort(spent, report.setup), "effort", f"Outcomes of the trials: {outcomes}"
    )
    files = [
        tag("details", tag("summary", code(name)), command(text))
        for name, text in report.setup.files.items()
        if text
    ]
    parts = [facts(_facts(report)), _commands(report), drawing, *files]
    return Section("provenance", "Run details", join(parts))


def _facts(report: ReportData) -> list[tuple[str, str]]:
    setup, trained = report.setup, [r for r in report.records if r.counts]
    seconds = sum(record.seconds for record in trained)
    images = setup.validation_images
    lines = [
        ("study", f"{report.name}, identity {report.identity}" if report.identity else report.name),
        ("data", f"{setup.data}, digest {setup.digest}"),
        (
            "split",
            f"{images:,} validation images, held out from the training images" if images else "",
        ),
        ("budget", str(setup.budget)),
        ("window", counted(setup.window, "epoch")),
        ("seed", str(setup.seed)),
        (
            "trained",
            f"{counted(len(trained), 'candidate')}, total training time {duration(seconds)}",
        ),
        ("repeats", _repeats(report)),
        ("device", _distinct(record.device for record in trained)),
        ("versions", _distinct(record.versions for record in trained)),
    ]
    if report.confirmation:
        confirmation = report.confirmation
        lines += [
            ("confirmed", f"{to_the_minute(confirmation.time)} UTC"),
            (
                "confirmation time",
                f"{duration(confirmation.seconds)} of training on {confirmation.device}",
            ),
            ("confirmation command", typed_command(confirmation.command)),
            ("confirmation versions", confirmation.versions),
        ]
    return [(name, text) for name, text in lines if text]


def _repeats(report: ReportData) -> str:
    if not report.repeats:
        return ""
    seconds = sum(repeat.seconds for repeat in report.repeats)
    return f"{counted(len(report.repeats), 'repeat')}, total training time {duration(seconds)}"


def _distinct(texts: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(text for text in texts if text))


def to_the_minute(time: str) -> str:
    """Shorten an ISO 8601 time to the minute."""
    return time.replace("T", " ")[:16]


def typed_command(command: str) -> str:
    """Return a command as the user types it, without the program's path and without passwords."""
    return PROGRAM.sub("python -m search", masked_text(command))


def _commands(report: ReportData) -> Html:
    """Return a table with one line per command that was run."""
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
    return table(
        head,
        rows,
        caption="All commands that trained networks for this study.",
        words=(0, 1, 2, 4, 5),
    )
