"""What a confirmation found out, as values kept in `confirmation.json`. Never imports torch.

Filled by `confirming`, computed with `inference`, read by the report and the dashboard.
"""

from dataclasses import dataclass
from pathlib import Path

from search.files import read_file, write_file

FILE = "confirmation.json"


@dataclass(frozen=True)
class Interval:
    """From low to high, at a confidence level: 0.95."""

    low: float
    high: float
    level: float


@dataclass(frozen=True)
class Racer:
    """A candidate in the race on validation.

    selected: the consistency of the run that the search chose it by, which counts for nothing here.
    scores: the consistencies of its repeats. left_after: repeats after which it was given up, None
    if it stayed to the end; why: in words, "" if it stayed.
    """

    trial: int
    label: str
    parameters: int
    selected: float
    scores: tuple[float, ...]
    mean: float
    spread: float | None
    left_after: int | None = None
    why: str = ""


@dataclass(frozen=True)
class Race:
    """The race on validation. level: at which the best candidate is kept; images: n.

    rivals: trials that could not be told from the winner at that level.
    """

    racers: tuple[Racer, ...]
    winner: int
    rivals: tuple[int, ...]
    test: str
    level: float
    images: int


@dataclass(frozen=True)
class FinalRun:
    """The winner trained once on all training images. accuracy: on test, per epoch."""

    number: int
    seed: int
    accuracy: tuple[float, ...]
    consistency: float
    seconds: float


@dataclass(frozen=True)
class Reach:
    """How surely all epochs of the window reach a target. hits: of runs that did.

    interval: for the share of runs that do, from the hits alone. probability: that one more run
    does, from mean and spread of the consistencies; None without a spread.
    """

    target: float
    hits: int
    runs: int
    interval: Interval
    probability: float | None


@dataclass(frozen=True)
class Difference:
    """Our mean consistency minus a published one, and its interval. bar: its name."""

    bar: str
    parameters: int
    epochs: int
    published: float
    difference: float
    interval: Interval


@dataclass(frozen=True)
class Luck:
    """How much of the score was luck; all in accuracy, positive where a figure fell.

    to_repeats: from the selected run to the mean of its repeats, on validation. to_test: from that
    mean to the mean on test, where all training images were learned from. expected: the optimism
    that taking the best of `candidates` brings on average.
    """

    to_repeats: float
    to_test: float
    expected: float
    candidates: int


@dataclass(frozen=True)
class Final:
    """The winner's figures on the test images, opened for it alone.

    median: the run nearest the median consistency, whose weights are exported. interval: for the
    consistency to expect of a new run on new images. images: test images; train_examples: learned
    from. openings: lines of the ledger about these data when this was written, this one included.
    """

    trial: int
    runs: tuple[FinalRun, ...]
    median: int
    mean: float
    worst: float
    spread: float
    interval: Interval
    reach: Reach
    differences: tuple[Difference, ...]
    images: int
    train_examples: int
    openings: int


@dataclass(frozen=True)
class Confirmation:
    """A confirmation that has ended. study: its name. command, device, versions, time: of its end.

    caveats: what must be said wherever the figures appear. seconds: of training, all repeats.
    """

    study: str
    window: int
    race: Race
    final: Final
    luck: Luck
    command: str
    device: str
    versions: str
    time: str
    seconds: float
    caveats: tuple[str, ...] = ()


def read(folder: Path) -> Confirmation | None:
    """The confirmation kept in a study's folder, None where there is none."""
    return read_file(Confirmation, folder / FILE)


def write(found: Confirmation, folder: Path) -> Path:
    """Keeps it in the study's folder, in place of an earlier one, and returns the file."""
    return write_file(found, folder / FILE)
