"""Progress of a run: bars on a terminal, plain lines elsewhere. Does not import torch."""

import time
from collections.abc import Sequence

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from search.candidates.wording import comma_separated, percent, score_context
from search.cli.display import Bars, Clock, Display, EventView, Status, choose_display
from search.cli.run_log import RunTally, log_lines, opening_lines
from search.loop.events import Advanced, Dropped, Ended, Finished, Opened, RunEvent, Started
from search.study.records import Record

SHOWN = ("failed", "error")  # outcomes that are printed permanently above the bars


class RunView(EventView[RunEvent]):
    """Bars over trials and over the epochs of running candidates, counts, and the best few."""

    title = "trials"

    def __init__(self) -> None:
        self._tally = RunTally()
        self._best: tuple[Record, ...] = ()
        self._active = False

    @property
    def active(self) -> bool:
        """Whether the run has started and not yet ended."""
        return self._active

    def take(self, event: RunEvent) -> None:
        """Count one event. Events must be passed in order."""
        self._tally.take(event)
        if isinstance(event, Opened | Finished):
            self._best = event.best
        if isinstance(event, Opened | Ended):
            self._active = isinstance(event, Opened)

    def lines(self, event: RunEvent) -> list[str]:
        """One line per trial, and the lines at the start and the end of the run."""
        return log_lines(event, self._tally)

    def lasting_lines(self, event: RunEvent) -> list[str]:
        """The lines on failures, repeats, news, start and end; the bars show the rest."""
        match event:
            case Opened():
                return opening_lines(event, self._tally)
            case Advanced():
                return []
            case Finished(record=r) if r.outcome not in SHOWN and r.repeat_of is None:
                return [event.news] if event.news else []
            case _:
                return self.lines(event)

    def update(self, bars: Bars, event: RunEvent) -> None:
        """Update the bar of each running candidate."""
        match event:
            case Started(number=number):
                bars.start(number, f"trial {number}", event.candidate.recipe.epochs)
            case Advanced():
                note = f"{percent(event.accuracy)} validation"
                bars.advance(event.number, event.epoch, event.epochs, note)
            case Finished():
                bars.end(event.record.number)
            case Dropped():
                bars.end(event.number)

    def status(self) -> Status:
        """The number of trained candidates in the study, and the number requested."""
        tally = self._tally
        return Status(tally.trained, tally.wanted, tally.estimate.seconds_left())

    def header(self) -> Sequence[RenderableType]:
        """The table of the best few candidates, and the counts of this run."""
        counts = Text(_counts(self._tally))
        return [_best_table(self._best, self._tally), counts] if self._best else [counts]


def open_display(
    console: Console | None = None, clock: Clock = time.monotonic
) -> Display[RunEvent]:
    """Return a display with bars on a terminal, and one with plain lines elsewhere.

    clock: monotonic clock in seconds.
    """
    return choose_display(console or Console(), RunView(), clock)


def _counts(tally: RunTally) -> str:
    kinds = ("stopped early", *SHOWN)
    ended = [f"{tally.outcomes[kind]:,} {kind}" for kind in kinds if tally.outcomes[kind]]
    return "this run: " + comma_separated([f"{tally.admitted:,} accepted", *ended, tally.rejected])


def _best_table(best: Sequence[Record], tally: RunTally) -> Table:
    table = Table(
        title="best so far",
        title_justify="left",
        caption=score_context(tally.window, tally.images),
        caption_justify="left",
        box=None,
        padding=(0, 2, 0, 0),
        pad_edge=False,
    )
    table.add_column("trial", justify="right")
    for name in ("consistency", "parameters"):
        table.add_column(name, justify="right", min_width=len(name))
    table.add_column("candidate", no_wrap=True, overflow="ellipsis")
    for record in best:
        figures = (str(record.number), percent(record.consistency or 0.0), f"{record.parameters:,}")
        table.add_row(*figures, Text(record.label))
    return table
