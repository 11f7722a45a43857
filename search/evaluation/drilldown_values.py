"""The way from a plain network to the best candidate, as values in `drilldown.json`. No torch.

Its steps come from `ingredients`, their repeats from `drilling`, their words from `analysis`; the
report and the command show them.
"""

from dataclasses import dataclass
from pathlib import Path

from search.candidates.candidate import Candidate
from search.files import read_file, write_file

FILE = "drilldown.json"


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


def read(folder: Path) -> Drilldown | None:
    """The drill-down kept in a study's folder, None where there is none."""
    return read_file(Drilldown, folder / FILE)


def write(found: Drilldown, folder: Path) -> Path:
    """Keeps it in the study's folder, in place of an earlier one, and returns the file."""
    return write_file(found, folder / FILE)
