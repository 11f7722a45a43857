"""What a confirmation found out, as values kept in `confirmation.json`. Never imports torch.

Filled by `confirming`, computed with `inference`, read by the report and the dashboard.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from search.candidates.baselines import _baselines
from search.candidates.candidate import Candidate
from search.evaluation.repeats import Repeat, RepeatFile
from search.files import read_file, write_file

CONFIRMATION_FILE = "confirmation.json"
DRILLDOWN_FILE = "drilldown.json"
CONFIRMED_FOLDER = "confirmed"  # of a study's folder: the winner's weights and predictions
PREDICTIONS_FILE = "predictions.npz"
MEASURED_FILE = Path(__file__).parents[1] / "evaluation" / "measured.jsonl"
BASELINE_REPEATS_FILE = "baselines.jsonl"  # of the user's own repeats, in the studies folder


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
class RaceResult:
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
class TargetReach:
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
class SelectionBias:
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
class FinalResult:
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
    reach: TargetReach
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
    race: RaceResult
    final: FinalResult
    luck: SelectionBias
    command: str
    device: str
    versions: str
    time: str
    seconds: float
    caveats: tuple[str, ...] = ()


def read_confirmation(folder: Path) -> Confirmation | None:
    """The confirmation kept in a study's folder, None where there is none."""
    return read_file(Confirmation, folder / CONFIRMATION_FILE)


def write_confirmation(found: Confirmation, folder: Path) -> Path:
    """Keeps it in the study's folder, in place of an earlier one, and returns the file."""
    return write_file(found, folder / CONFIRMATION_FILE)


@dataclass(frozen=True)
class Step:
    """One step: a variant of the best candidate, what was aimed at, and what came of it.

    adds: what changed to the step before. best_training, best_validation: accuracy of the best
    epoch, mean over the repeats; 0, and meaning nothing, where consistency is None. scores: the
    consistency of each repeat that reached its end; consistency: their mean, None where every
    repeat failed. curve, training: mean validation and training accuracy per epoch. failures: of
    repeats, why.
    """

    name: str
    adds: str
    target: str
    analysis: str
    candidate: Candidate
    parameters: int
    best_training: float
    best_validation: float
    consistency: float | None
    scores: tuple[float, ...]
    curve: tuple[float, ...]
    training: tuple[float, ...] = ()
    failures: tuple[str, ...] = ()


@dataclass(frozen=True)
class Drilldown:
    """A drill-down that has ended; the last step's candidate is the best one itself.

    study: its name; trial: whose candidate. window: epochs that a consistency is over; epochs: of
    each training. images: n of the validation split; train_examples: images learned from. seeds:
    repeats of each step. time: of its end, UTC. seconds: of training, all repeats. caveats: what
    must be said wherever the figures appear, with the steps that were left out.
    """

    study: str
    trial: int
    steps: tuple[Step, ...]
    window: int
    epochs: int
    images: int
    train_examples: int
    seeds: int
    device: str
    versions: str
    time: str
    seconds: float
    caveats: tuple[str, ...] = ()


def read_drilldown(folder: Path) -> Drilldown | None:
    """The drill-down kept in a study's folder, None where there is none."""
    return read_file(Drilldown, folder / DRILLDOWN_FILE)


def write_drilldown(found: Drilldown, folder: Path) -> Path:
    """Keeps it in the study's folder, in place of an earlier one, and returns the file."""
    return write_file(found, folder / DRILLDOWN_FILE)


@dataclass(frozen=True)
class Predictions:
    """labels, predicted (N,), int64; probability (N,), float32, of the predicted class.

    places (M,), int64: of the misclassified; images (M, C, H, W), uint8: those. run (2,), int64:
    the trial and the number of its final run.
    """

    labels: np.ndarray
    predicted: np.ndarray
    probability: np.ndarray
    places: np.ndarray
    images: np.ndarray
    run: np.ndarray


def predictions_path(folder: Path) -> Path:
    """Where the predictions of the run nearest the median lie in a study's folder."""
    return folder / CONFIRMED_FOLDER / PREDICTIONS_FILE


def read_predictions(path: Path) -> Predictions | None:
    """The predictions kept in a file, None where there is no such file."""
    if not path.exists():
        return None
    with np.load(path) as arrays:
        return Predictions(**arrays)


def predicted_run(path: Path) -> tuple[int, int] | None:
    """The trial and the number of the final run that the kept predictions are of."""
    if not path.exists():
        return None
    with np.load(path) as kept:
        trial, number = kept["run"].tolist()
    return trial, number


def measured_repeats(studies: Path) -> dict[str, tuple[Repeat, ...]]:
    """Our repeats on the test images by baseline name, in the order of their numbers.

    studies: the folder of the user's own. Of two repeats with one number, which have the same
    draws, the user's counts.
    """
    found: dict[str, dict[int, Repeat]] = {}
    for path in (MEASURED_FILE, studies / BASELINE_REPEATS_FILE):
        for repeat in RepeatFile(path).read():
            found.setdefault(repeat.key, {})[repeat.number] = repeat
    return {
        name: tuple(found[name][number] for number in sorted(found[name]))
        for name in _baselines()
        if name in found
    }
