"""The events of a run: plain values consumed by displays and logs. Never imports torch."""

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
    """The study is open and this run has not trained anything yet.

    setup: data and budget in words. trained: candidates trained so far, of `wanted`. best: the best
    few of them. notes: remarks for the user, such as the files used, overrides, a subset.
    window: epochs that are scored; images: of the validation split; None if unknown. forecast:
    expected training length and size of the run's candidates. resumed: whether the study has trials
    already.
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
    resumed: bool = False


@dataclass(frozen=True)
class Rejected:
    """A rejected proposal, not trained: over budget, or identical to an earlier candidate.

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
    """A candidate has finished an epoch. Accuracies are fractions of the validation split."""

    number: int
    epoch: int
    epochs: int
    accuracy: float
    seconds: float


@dataclass(frozen=True)
class Finished:
    """A candidate is done: trained, stopped early, failed or interrupted.

    trained: candidates trained in the study so far, by all runs. best: the best few of them. news:
    the effect on the candidate's success and on the answer in words, "" if there is none.
    """

    record: Record
    trained: int
    best: tuple[Record, ...]
    news: str = ""


@dataclass(frozen=True)
class Ended:
    """The run is over. seconds: of the wall clock; seconds_training: mean over the workers.

    notes: the answer, in a search for the smallest network.
    """

    ending: Ending
    trained: int
    wanted: int
    best: tuple[Record, ...]
    seconds: float
    seconds_training: float
    notes: tuple[str, ...] = ()


RunEvent = Opened | Rejected | Started | Advanced | Finished | Stopping | Ended
