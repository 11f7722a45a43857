"""The events of a run: plain values for whoever shows or records them. Never imports torch."""

from dataclasses import dataclass
from typing import Literal

from search.candidates.candidate import Candidate, Violation
from search.loop.time_left import Forecast
from search.study.records import Record
from search.training.interrupts import Stopping

# shared: other runs on the same study train the rest
# exhausted: nothing smaller than the answer is proposed any more
Ending = Literal["complete", "timeout", "interrupted", "shared", "exhausted"]


@dataclass(frozen=True)
class Opened:
    """The study is open and nothing has been trained by this run yet.

    setup: data and budget in words. trained: candidates trained so far, of `wanted`. best: the best
    few of them. notes: lines a reader must know, such as the files taken, overrides, a subset.
    window: epochs that are scored; images: of the validation split; None if unknown. forecast:
    what is expected of the run's candidates.
    """

    study: str
    folder: str
    setup: str
    device: str
    workers: int
    trained: int
    wanted: int
    best: tuple[Record, ...]
    notes: tuple[str, ...] = ()
    window: int | None = None
    images: int | None = None
    forecast: Forecast | None = None


@dataclass(frozen=True)
class Rejected:
    """A proposal that costs nothing: over budget, or identical to an earlier candidate.

    violations: the limits that it exceeds, none if it is identical.
    """

    number: int
    label: str
    parameters: int
    reason: str
    violations: tuple[Violation, ...] = ()


@dataclass(frozen=True)
class Started:
    """A candidate was admitted. origin, repeat_of, repeat, baseline: see `Record`."""

    number: int
    candidate: Candidate
    origin: int
    repeat_of: int | None = None
    repeat: int = 1
    baseline: str = ""


@dataclass(frozen=True)
class Advanced:
    """One more epoch of a candidate; accuracies are fractions, of the validation split."""

    number: int
    epoch: int
    epochs: int
    accuracy: float
    seconds: float


@dataclass(frozen=True)
class Finished:
    """A candidate is done: trained, stopped early, failed or interrupted.

    trained: candidates trained in the study so far, by all runs. best: the best few of them. news:
    what the run means for its candidate and the answer, "" if nothing.
    """

    record: Record
    trained: int
    best: tuple[Record, ...]
    news: str = ""


@dataclass(frozen=True)
class Ended:
    """The run is over. seconds: of the wall clock; seconds_training: mean over the workers.

    notes: the answer, where the smallest network is sought.
    """

    ending: Ending
    trained: int
    wanted: int
    best: tuple[Record, ...]
    seconds: float
    seconds_training: float
    notes: tuple[str, ...] = ()


RunEvent = Opened | Rejected | Started | Advanced | Finished | Stopping | Ended
