"""The log lines of a run, and the counts that they show. Does not import torch."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from search.candidates.wording import (
    comma_separated,
    counted,
    duration,
    percent,
    score_context,
    time_left_words,
)
from search.loop.events import (
    Advanced,
    Dropped,
    Ended,
    Finished,
    Note,
    Opened,
    Rejected,
    RunEvent,
    Started,
)
from search.loop.time_left import Estimate
from search.study.records import COUNTED, Record, rejected_words
from search.study.smallest import RUNS
from search.training.interrupts import Stopping

STOPPING = "stopping after the current epoch; press Ctrl-C again to stop immediately"
ENDINGS = {  # reasons for the end of a run, in words
    "complete": "complete",
    "timeout": "time limit reached",
    "interrupted": "interrupted",
    "shared": "the remaining candidates are trained by other runs",
    "exhausted": "the space no longer proposes candidates smaller than the answer",
}


@dataclass
class RunTally:
    """The counts of a run so far. window, images: context of a score, None if unknown.

    outcomes: number of trials by outcome, including rejected ones, without repeats. admitted:
    accepted candidates. epochs, repeats: number trained by this run.
    """

    window: int | None = None
    images: int | None = None
    folder: str = ""
    workers: int = 1
    wanted: int = 0
    trained: int = 0
    admitted: int = 0
    epochs: int = 0
    repeats: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    estimate: Estimate = field(default_factory=lambda: Estimate(0, 0, 1))

    def take(self, event: RunEvent) -> None:
        """Count one event. Events must be passed in order."""
        match event:
            case Opened():
                self.folder, self.workers = event.folder, event.workers
                self.wanted, self.trained = event.wanted, event.trained
                self.window, self.images = event.window, event.images
                self.estimate = Estimate(event.wanted, event.trained, event.workers, event.forecast)
            case Rejected():
                self.outcomes[event.outcome] += 1
            case Started():
                self.admitted += event.repeat_of is None
                candidate = event.candidate
                macs = candidate.architecture.macs
                self.estimate.start(event.number, candidate.recipe.epochs, macs)
            case Advanced():
                self.epochs += 1
                self.estimate.advance(event.number, event.epoch, event.seconds)
            case Finished():
                self._finish(event)
            case Dropped():
                self.estimate.finish(event.number, self.trained, counts=False)

    def _finish(self, event: Finished) -> None:
        outcome = event.record.outcome
        if event.record.repeat_of is None:
            self.outcomes[outcome] += 1
        else:
            self.repeats += outcome in COUNTED
        self.trained = event.trained
        self.estimate.finish(event.record.number, event.trained, counts=outcome in COUNTED)

    @property
    def trained_by_this_run(self) -> int:
        """The number of candidates trained by this run: to the end, stopped early or failed."""
        return sum(self.outcomes[outcome] for outcome in COUNTED)

    @property
    def rejected(self) -> str:
        """The rejected proposals in words; see `rejected_words`."""
        return rejected_words(self.outcomes)

    @property
    def time_left(self) -> str:
        """The time left in words: "about 1 h 20 min left", "" if none is left or it is unknown."""
        return time_left_words(self.estimate.seconds_left())


def log_lines(event: RunEvent, tally: RunTally) -> list[str]:
    """The log lines of an event that the tally has already counted; often none."""
    lines: list[str] = []
    match event:
        case Opened():
            lines = opening_lines(event, tally) + best_so_far(event.best)
        case Started() if event.repeat_of is not None:
            lines = [f"trial {event.number}: {repeat_words(event)}"]
        case Advanced() if tally.epochs == 1:
            lines = [_first_estimate(event, tally)]
        case Finished():
            lines = [finished_line(event.record, tally), *filter(None, [event.news])]
        case Dropped() | Note() | Stopping():
            lines = [_remark(event)]
        case Ended():
            lines = ending_lines(event, tally)
    return lines


def _remark(event: Dropped | Note | Stopping) -> str:
    match event:
        case Dropped():
            return f"trial {event.number}: dropped; another run trains its candidate"
        case Note():
            return event.text
        case Stopping():
            return STOPPING


def opening_lines(event: Opened, tally: RunTally) -> list[str]:
    """The first lines of a run: study, data and budget, device and workers, notes."""
    return [
        f"{'resuming ' * event.resumed}study {event.study} in {event.folder}: {event.setup}",
        f"{counted(event.workers, 'worker')} on {event.device}; "
        f"{event.trained:,} of {counted(event.wanted, 'candidate')} trained so far",
        *event.notes,
        score_context(tally.window, tally.images),
    ]


def best_so_far(best: Sequence[Record]) -> list[str]:
    """A line on the best candidate; empty if there is none."""
    return [
        f"best so far: trial {record.number}  {percent(record.consistency or 0.0)} consistency  "
        f"{record.parameters:,} parameters  {record.label}"
        for record in best[:1]
    ]


def first_epoch_words(seconds: float, left: float) -> str:
    """The estimate after the first epoch, in words; both arguments in seconds."""
    return f"first epoch took {duration(seconds)}: about {duration(left)} left"


def _first_estimate(event: Advanced, tally: RunTally) -> str:
    left = tally.estimate.seconds_left() or 0.0
    expected = tally.estimate.forecast.expected
    condition = (
        f"about {100 * (1 - expected):.0f} % of the epochs are pruned"
        if expected < 1
        else f"every candidate is trained for {counted(event.epochs, 'epoch')}"
    )
    first_epoch = first_epoch_words(event.seconds, left)
    return f"{first_epoch} with {counted(tally.workers, 'worker')}, assuming {condition}"


def finished_line(record: Record, tally: RunTally) -> str:
    """A trial in one line: outcome, size, duration, progress of the run, and label."""
    trained = f"{tally.trained:,} of {tally.wanted:,}"
    progress = comma_separated([trained, tally.rejected, tally.time_left])
    repeat = f": {repeat_words(record)}" if record.repeat_of is not None else ""
    parts = [
        f"trial {record.number}{repeat}",
        outcome_words(record, tally.window),
        f"{record.parameters:,} parameters",
        duration(record.seconds),
        f"[{progress}]",
        record.label,
    ]
    return "  ".join(parts)


def repeat_words(run: Record | Started) -> str:
    """The number of the repeat and of the repeated trial: "repeat 2 of 3 of trial 12"."""
    return f"repeat {run.repeat} of {RUNS} of trial {run.repeat_of}"


def outcome_words(record: Record, window: int | None = None) -> str:
    """The outcome in words: "trained  99.21 % consistency over the last 5 of 15 epochs"."""
    curve, epochs = record.validation_accuracy, counted(record.epochs, "epoch")
    if record.consistency is not None:
        span = f"last {min(window, record.epochs)} of {epochs}" if window else epochs
        return f"trained  {percent(record.consistency)} consistency over the {span}"
    if record.outcome == "stopped early" and curve:
        return f"stopped early after {epochs} at {percent(curve[-1])} validation accuracy"
    if record.outcome == "interrupted":
        return f"interrupted after {epochs} ({record.reason}), will run again"
    return f"{record.outcome} after {epochs}: {record.reason}"


def ending_lines(event: Ended, tally: RunTally) -> list[str]:
    """The last lines of a run: results, duration, and how to resume."""
    if event.ending == "complete" and not tally.trained_by_this_run + tally.repeats:
        return [
            f"nothing to do: the study already has {counted(event.trained, 'trained candidate')} "
            f"({event.wanted:,} requested); raise --trials to train more",
            *event.notes,
            *best_so_far(event.best),
        ]
    return [
        f"{ENDINGS[event.ending]}: {event.trained:,} of {counted(event.wanted, 'candidate')} "
        f"trained, {tally.trained_by_this_run:,} in this run ({_outcome_counts(tally)})",
        _time_taken(event),
        *event.notes,
        *best_so_far(event.best),
        *_how_to_resume(event, tally),
    ]


def _outcome_counts(tally: RunTally) -> str:
    kinds = ("trained", "stopped early", "failed", "error")
    trained, stopped, failed, errors = (tally.outcomes[kind] for kind in kinds)
    parts = [
        f"{trained:,} to the end",
        f"{stopped:,} stopped early" if stopped else "",
        f"{failed:,} failed" if failed else "",
        counted(errors, "error") if errors else "",
        counted(tally.repeats, "repeat") if tally.repeats else "",
    ]
    return comma_separated([*parts, tally.rejected])


def _time_taken(event: Ended) -> str:
    share = 100 * event.seconds_training / event.seconds if event.seconds else 0.0
    return f"took {duration(event.seconds)}; the workers were training for {share:.0f} % of it"


def _how_to_resume(event: Ended, tally: RunTally) -> list[str]:
    if event.ending not in ("interrupted", "timeout"):
        return []
    restart = "; unfinished trials restart from their first epoch"
    return [
        f"progress is saved in {tally.folder}; run the same command again to resume"
        f"{restart * bool(tally.outcomes['interrupted'])}"
    ]
