"""The events of a run: plain values for displays and logs. Does not import torch."""

from dataclasses import dataclass
from typing import Literal

from search.candidates.candidate import Candidate, Violation
from search.loop.time_left import Forecast
from search.study.records import Outcome, Record
from search.training.interrupts import Stopping

# shared: other runs on the same study train the rest
# exhausted: the space no longer proposes networks smaller than the answer
Ending = Literal["complete", "timeout", "interrupted", "shared", "exhausted"]


@dataclass(frozen=True)
class Opened:
    """The study is open; this run has not trained anything yet.

    setup: data and budget in words. trained: candidates trained so far, out of `wanted`. best: the
    best few of them. notes: remarks for the user, such as the files used, overrides or a subset of
    the images. window: the number of epochs that are scored. images: the number of validation
    images. Both are None if unknown. forecast: expected training length and size of the run's
    candidates. resumed: whether the study already has trials.
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
    """A rejected proposal, not trained. outcome: one of `records.REJECTED_OUTCOMES`.

    label, parameters: of the candidate, if there is one. violations: the limits of the budget that
    it exceeds.
    """

    number: int
    outcome: Outcome
    label: str = ""
    parameters: int = 0
    reason: str = ""
    violations: tuple[Violation, ...] = ()


@dataclass(frozen=True)
class Started:
    """A candidate was accepted. origin, repeat_of, repeat, baseline: see `Record`."""

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
    """The training of a candidate ended: trained, stopped early, failed or interrupted.

    trained: candidates trained in the study so far, by all runs. best: the best few of them. news:
    what the run shows about the target and the answer, in words; "" if nothing (`Frontier.news`).
    """

    record: Record
    trained: int
    best: tuple[Record, ...]
    news: str = ""


@dataclass(frozen=True)
class Dropped:
    """The run stopped training a candidate without a result, because another run trains it."""

    number: int


@dataclass(frozen=True)
class Note:
    """A remark about the storage or about other runs on the study, in words."""

    text: str


@dataclass(frozen=True)
class Ended:
    """The run ended. seconds: wall-clock time. seconds_training: mean over the workers.

    notes: the answer, in a search for the smallest network.
    """

    ending: Ending
    trained: int
    wanted: int
    best: tuple[Record, ...]
    seconds: float
    seconds_training: float
    notes: tuple[str, ...] = ()


RunEvent = Opened | Rejected | Started | Advanced | Finished | Dropped | Note | Stopping | Ended
