"""Results stored in files: confirmation, drill-down, predictions. No torch.

`confirm` and `drilldown` write them; exports, the report and the dashboard read them.
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
DRILLDOWN_PAGE = "drilldown.md"  # the same result in human-readable form
CONFIRMED_FOLDER = "confirmed"  # in a study's folder: the winner's weights and predictions
PREDICTIONS_FILE = "predictions.npz"
SAMPLES_FILE = "samples.npz"  # images for the report, plain and augmented
MEASURED_FILE = Path(__file__).with_name("measured.jsonl")
BASELINE_REPEATS_FILE = "baselines.jsonl"  # the user's own repeats, in the studies folder


@dataclass(frozen=True)
class Racer:
    """A candidate in the race on the validation split.

    selected: the consistency of the run by which the search selected it, not used in the race.
    scores: the consistencies of its repeats. left_after: number of repeats after which it was
    dropped, None if it was not. why: the reason in words, "" if it was not dropped.
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
    """The race on the validation split. images: number of images in it.

    rivals: trials that do not differ significantly from the winner. test: description of the test.
    level: probability of keeping the best candidate.
    """

    racers: tuple[Racer, ...]
    winner: int
    rivals: tuple[int, ...]
    test: str
    level: float
    images: int


@dataclass(frozen=True)
class FinalRun:
    """A training of the winner on all training images. accuracy: on the test images, per epoch."""

    number: int
    seed: int
    accuracy: tuple[float, ...]
    consistency: float
    seconds: float


@dataclass(frozen=True)
class Difference:
    """Our mean consistency minus a published figure, with an interval.

    bar: name of the published result; parameters and epochs are those of its network.
    """

    bar: str
    parameters: int
    epochs: int
    published: float
    difference: float
    interval: Interval


@dataclass(frozen=True)
class SelectionBias:
    """How much the winner's score dropped after selection, as accuracy; positive for a drop.

    to_repeats: from the selected run to the mean of its repeats, on validation. to_test: from that
    mean to the mean on the test images, after training on all training images. expected: the
    expected optimism of the best of `candidates`.
    """

    to_repeats: float
    to_test: float
    expected: float
    candidates: int


@dataclass(frozen=True)
class FinalResult:
    """The winner's figures on the test images; no other candidate is evaluated on them.

    median: number of the run nearest the median consistency; its weights are exported. interval:
    for the expected consistency of a new run on new images. reach: how often the runs reach the
    target. images: number of test images. train_examples: number of training images. openings:
    evaluations on the test set of these data logged in the ledger so far, including this one.
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
    """The result of a complete confirmation.

    study: its name. luck: the selection bias. command, device, versions, time: of the run that
    completed it. seconds: training time of all repeats. caveats: shown wherever the figures appear.
    identity, seed: of the study; candidate: of the winner; all three are missing in files of
    earlier versions.
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
    """The confirmation in a folder, None if there is none; see `study_confirmation`."""
    return read_file(Confirmation, folder / CONFIRMATION_FILE)


def write_confirmation(confirmation: Confirmation, folder: Path) -> Path:
    """Write a confirmation into the study's folder, replace an earlier one; return the path."""
    return write_file(confirmation, folder / CONFIRMATION_FILE)


@dataclass(frozen=True)
class Step:
    """One step: a variant of the best candidate, its target and its result.

    adds: the change from the previous step. best_training, best_validation: accuracy of the best
    epoch, mean over the repeats; 0 (not measured) if consistency is None. scores: the consistency
    of each complete repeat. consistency: their mean, None if every repeat failed. curve, training:
    mean validation and training accuracy per epoch. failures: reasons of the failed repeats.
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
    """The result of a complete drill-down; the last step's candidate is the best one itself.

    study: its name. trial: the trial with the last step's candidate. window: number of last epochs
    that the consistency covers. epochs: per training run. images: number of validation images.
    train_examples: number of training images. seeds: repeats per step. time: when it was completed,
    UTC. seconds: training time of all repeats. caveats: shown wherever the figures appear,
    including the ingredients without a step. identity, seed: of the study; missing in files of
    earlier versions.
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
    """The drill-down in a folder, None if there is none; see `study_drilldown`."""
    return read_file(Drilldown, folder / DRILLDOWN_FILE)


def write_drilldown(drilldown: Drilldown, folder: Path) -> Path:
    """Write a drill-down into the study's folder, replace an earlier one; return the path."""
    return write_file(drilldown, folder / DRILLDOWN_FILE)


@dataclass(frozen=True)
class Predictions:
    """Predictions of a final run for the test images.

    labels, predicted: (N,), int64. probability: (N,), float32, of the predicted class. places:
    (M,), int64, indices of the misclassified images. images: (M, C, H, W), uint8, the misclassified
    images. run: (2,), int64, the trial and the number of its final run. identity: (), str, of the
    study.
    """

    labels: np.ndarray
    predicted: np.ndarray
    probability: np.ndarray
    places: np.ndarray
    images: np.ndarray
    run: np.ndarray
    identity: np.ndarray = field(default_factory=lambda: np.array(""))


def predictions_path(folder: Path) -> Path:
    """The path of the predictions of the run nearest the median in a study's folder."""
    return folder / CONFIRMED_FOLDER / PREDICTIONS_FILE


def read_predictions(path: Path) -> Predictions | None:
    """The predictions in a file, None if there is no such file."""
    if not path.exists():
        return None
    with path.open("rb") as file, np.load(file) as arrays:
        return Predictions(**arrays)


def measured_repeats(studies: Path) -> dict[str, tuple[Repeat, ...]]:
    """Our repeats and the user's on the test images by baseline name, ordered by number.

    studies: the folder with the user's repeats. If both have a repeat with the same number, and so
    the same seed, the user's is returned.
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

    measured: repeats on the test images by baseline name, including failed ones. missing: number of
    requested repeats that are not trained yet because Ctrl-C ended the training.
    """

    baselines: tuple[Baseline, ...]
    measured: Mapping[str, tuple[Repeat, ...]]
    public_results: tuple[PublicResult, ...]
    missing: int = 0


@dataclass(frozen=True)
class RepeatSummary:
    """Test accuracies of the repeats of a baseline; failed repeats are only counted.

    n: number of complete repeats. best: their mean accuracy in the best epoch. mean, worst: over
    these repeats, of the lowest accuracy in the last epochs. images: number of test images.
    """

    n: int
    best: float
    mean: float
    worst: float
    images: int
    failed: int


def summarise_repeats(repeats: Sequence[Repeat]) -> RepeatSummary | None:
    """The summary of a baseline's repeats; None if no repeat is complete."""
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
