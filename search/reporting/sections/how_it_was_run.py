"""How it was run: commands, devices, versions, seeds, time, what was saved. Never imports torch."""

import re
from collections.abc import Iterable

from search.candidates.wording import comma_separated, counted, duration
from search.reporting.charts.study import draw_effort, effort
from search.reporting.markup import Html, Section, chart, code, command, facts, join, table, tag
from search.reporting.report_data import ReportData

PROGRAM = re.compile(r"^\S*__main__\.py")  # what `python -m search` calls itself


def how_it_was_run(found: ReportData) -> Section:
    """Facts, the commands, the effort, and the study's own two files."""
    spent = effort(found.records)
    outcomes = comma_separated([f"{count:,} {outcome}" for outcome, count in spent.outcomes])
    drawing = chart(draw_effort(spent, found.setup), "effort", f"How the trials ended: {outcomes}")
    files = [
        tag("details", tag("summary", code(name)), command(text))
        for name, text in (("space.py", found.setup.space), ("objective.py", found.setup.objective))
        if text
    ]
    parts = [facts(_facts(found)), _commands(found), drawing, *files]
    return Section("provenance", "How it was run", join(parts))


def _facts(found: ReportData) -> list[tuple[str, str]]:
    setup, counted_records = found.setup, [r for r in found.records if r.counts]
    seconds = sum(record.seconds for record in counted_records)
    images = setup.validation_images
    told = [
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
            f"{counted(len(counted_records), 'candidate')} in {duration(seconds)} of training",
        ),
        ("repeats", _repeats(found)),
        ("device", _each(record.device for record in counted_records)),
        ("versions", _each(record.versions for record in counted_records)),
    ]
    if found.confirmation:
        own = found.confirmation
        told += [
            ("confirmed", f"{to_the_minute(own.time)} UTC"),
            ("in", f"{duration(own.seconds)} of training on {own.device}"),
            ("by", own.command),
            ("with", own.versions),
        ]
    return [(name, text) for name, text in told if text]


def _repeats(found: ReportData) -> str:
    if not found.repeats:
        return ""
    seconds = sum(repeat.seconds for repeat in found.repeats)
    return f"{counted(len(found.repeats), 'repeat')} over seeds in {duration(seconds)} of training"


def _each(texts: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(text for text in texts if text))


def to_the_minute(time: str) -> str:
    """A time as ISO 8601 has it, to the minute."""
    return time.replace("T", " ")[:16]


def typed_command(command: str) -> str:
    """A command as a person types it, without the path of the program."""
    return PROGRAM.sub("python -m search", command)


def _commands(found: ReportData) -> Html:
    """A line a run of the search."""
    rows = [
        (
            to_the_minute(str(run.get("started", ""))),
            code(typed_command(str(run.get("command", "")))),
            str(run.get("device", "")),
            str(run.get("workers", "")),
            comma_separated(
                [f"{name} {run[name]}" for name in ("python", "torch", "optuna") if name in run]
            ),
            str(run.get("platform", "")),
        )
        for run in found.runs
    ]
    head = ("started (UTC)", "command", "device", "workers", "versions", "platform")
    return table(head, rows, caption="Every run of the search.", words=(0, 1, 2, 4, 5))
