"""Results stored in files: confirmation, drill-down, predictions. No torch.

`confirm` and `drilldown` make them; exports, the report and the dashboard read them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from search.candidates.baselines import Baseline, PublicResult, all_baselines, lowest_of_window
from search.candidates.candidate import Candidate
from search.evaluation.intervals import Interval, TargetReach, mean
from search.evaluation.repeats import Repeat, RepeatFile
from search.files import read_file, write_file

CONFIRMATION_FILE = "confirmation.json"
DRILLDOWN_FILE = "drilldown.json"
DRILLDOWN_PAGE = "drilldown.md"  # the same for people
CONFIRMED_FOLDER = "confirmed"  # of a study's folder: the winner's weights and predictions
PREDICTIONS_FILE = "predictions.npz"
SAMPLES_FILE = "samples.npz"  # images for the report, plain and augmented
MEASURED_FILE = Path(__file__).with_name("measured.jsonl")
BASELINE_REPEATS_FILE = "baselines.jsonl"  # of the user's own repeats, in the studies folder


@dataclass(frozen=True)
class Racer:
    """A candidate in the race on validation.

    selected: the consistency of the run by which the search selected it, not used in the race.
    scores: the consistencies of its repeats. left_after: repeats after which it was dropped, None
    if it was not; why: in words, "" if it was not dropped.
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
    """The race on validation. level: probability of keeping the best candidate; images: n.

    rivals: trials that do not differ from the winner at that level.
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
    """The part of the selected score that was chance, as accuracy; positive where a figure fell.

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
    """The winner's figures on the test images, which are opened only for the winner.

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

    caveats: to show wherever the figures appear. seconds: of training, all repeats. identity, seed:
    of the study, candidate: of the winner; missing in files of earlier versions.
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
    identity: str = ""
    seed: int | None = None
    candidate: Candidate | None = None


def read_confirmation(folder: Path) -> Confirmation | None:
    """The confirmation in a folder, None where there is none; see `study_confirmation`."""
    return read_file(Confirmation, folder / CONFIRMATION_FILE)


def write_confirmation(confirmation: Confirmation, folder: Path) -> Path:
    """Writes it into the study's folder, in place of an earlier one, and returns the file."""
    return write_file(confirmation, folder / CONFIRMATION_FILE)


@dataclass(frozen=True)
class Step:
    """One step: a variant of the best candidate, its target and its result.

    adds: the change from the step before. best_training, best_validation: accuracy of the best
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
    repeats of each step. time: of its end, UTC. seconds: of training, all repeats. caveats: to
    show wherever the figures appear, including the steps that were left out. identity, seed: of
    the study; missing in files of earlier versions.
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
    identity: str = ""
    seed: int | None = None


def read_drilldown(folder: Path) -> Drilldown | None:
    """The drill-down in a folder, None where there is none; see `study_drilldown`."""
    return read_file(Drilldown, folder / DRILLDOWN_FILE)


def write_drilldown(drilldown: Drilldown, folder: Path) -> Path:
    """Writes it into the study's folder, in place of an earlier one, and returns the file."""
    return write_file(drilldown, folder / DRILLDOWN_FILE)


@dataclass(frozen=True)
class Predictions:
    """labels, predicted (N,), int64; probability (N,), float32, of the predicted class.

    places (M,), int64: of the misclassified; images (M, C, H, W), uint8: those. run (2,), int64:
    the trial and the number of its final run. identity (), str: of the study.
    """

    labels: np.ndarray
    predicted: np.ndarray
    probability: np.ndarray
    places: np.ndarray
    images: np.ndarray
    run: np.ndarray
    identity: np.ndarray = field(default_factory=lambda: np.array(""))


def predictions_path(folder: Path) -> Path:
    """Where the predictions of the run nearest the median lie in a study's folder."""
    return folder / CONFIRMED_FOLDER / PREDICTIONS_FILE


def read_predictions(path: Path) -> Predictions | None:
    """The predictions kept in a file, None where there is no such file."""
    if not path.exists():
        return None
    with path.open("rb") as file, np.load(file) as arrays:
        return Predictions(**arrays)


def measured_repeats(studies: Path) -> dict[str, tuple[Repeat, ...]]:
    """Our repeats on the test images by baseline name, in the order of their numbers.

    studies: the folder of the user's own. Of two repeats with one number, which have the same
    draws, the user's counts.
    """
    repeats: dict[str, dict[int, Repeat]] = {}
    for path in (MEASURED_FILE, studies / BASELINE_REPEATS_FILE):
        for repeat in RepeatFile(path).read():
            repeats.setdefault(repeat.key, {})[repeat.number] = repeat
    return {
        baseline.name: tuple(repeat for _, repeat in sorted(repeats[baseline.name].items()))
        for baseline in all_baselines()
        if baseline.name in repeats
    }


@dataclass(frozen=True)
class BaselineResults:
    """Published networks, our measurements of them, and the public results to compare with.

    measured: repeats on the test images by the name of the baseline, failed ones too. missing: how
    many of the repeats asked for are not trained yet, because Ctrl-C ended the training.
    """

    baselines: tuple[Baseline, ...]
    measured: Mapping[str, tuple[Repeat, ...]]
    public_results: tuple[PublicResult, ...]
    missing: int = 0


@dataclass(frozen=True)
class RepeatSummary:
    """Test accuracies of the repeats of a baseline; repeats that failed are only counted.

    n: repeats trained to the end. best: mean over them of the best epoch of each. mean, worst: over
    them, of the lowest accuracy of the last epochs. images: n of the test split.
    """

    n: int
    best: float
    mean: float
    worst: float
    images: int
    failed: int


def summarise_repeats(repeats: Sequence[Repeat]) -> RepeatSummary | None:
    """The summary of a baseline's repeats; None if none was trained to the end."""
    complete = [repeat for repeat in repeats if not repeat.failure]
    if not complete:
        return None
    scores = [lowest_of_window(repeat.accuracy) for repeat in complete]
    return RepeatSummary(
        n=len(complete),
        best=mean(max(repeat.accuracy) for repeat in complete),
        mean=mean(scores),
        worst=min(scores),
        images=complete[0].images,
        failed=len(repeats) - len(complete),
    )
