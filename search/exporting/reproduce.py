"""Reproduction: trains an exported network again from its own file, and compares the two runs."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch

from search.data.dataset import Dataset, load, load_sealed
from search.data.sources import is_there
from search.data.test_ledger import LEDGER
from search.errors import FrugalError
from search.evaluation.intervals import reproduction_tolerance
from search.exporting.origin import TrainedRun
from search.exporting.python_file import read_candidate, read_run
from search.study.environment import versions, versions_text
from search.training.pool import EpochResult
from search.training.trainer import DeviceData, train


@dataclass(frozen=True)
class Reproduction:
    """An exported training and its repetition. accuracy: ours per epoch, of the same split.

    parameters: counted again from the file's candidate. allowed: how far apart the last epochs of
    two runs of one candidate may lie, from the number of images alone.
    """

    run: TrainedRun
    parameters: int
    accuracy: tuple[float, ...]
    seconds: float
    device: str
    versions: str

    @property
    def difference(self) -> float:
        """Ours minus theirs after the last epoch, in accuracy."""
        return self.accuracy[-1] - self.run.accuracy[-1]

    @property
    def allowed(self) -> float:
        """How far apart the two accuracies may lie, at 95 %; see `reproduction_tolerance`."""
        return reproduction_tolerance(self.run.accuracy[-1], self.run.images)

    @property
    def identical(self) -> bool:
        """Whether every epoch came out the same."""
        return self.accuracy == self.run.accuracy

    @property
    def agrees(self) -> bool:
        """Whether parameters are equal and accuracies within what noise allows."""
        return self.parameters == self.run.parameters and abs(self.difference) <= self.allowed


def reproduce(
    path: Path,
    studies: Path,
    data: str | None,
    device: str,
    show: Callable[[EpochResult], object] | None = None,
) -> Reproduction:
    """Trains the file's candidate with its own draws; data: where they lie now, if elsewhere.

    The test images are opened where the file's figures are of them, with an entry in the ledger.
    """
    candidate, run = read_candidate(path), read_run(path)
    resident = DeviceData(_data(path, run, studies, data), torch.device(device))
    results: list[EpochResult] = []
    for result in train(candidate, run.seed, resident):
        results.append(result)
        if show:
            show(result)
    return Reproduction(
        run,
        parameters=candidate.architecture.parameters,
        accuracy=tuple(result.validation_accuracy for result in results),
        seconds=round(sum(result.seconds for result in results), 1),
        device=device,
        versions=versions_text(versions()),
    )


def _data(path: Path, run: TrainedRun, studies: Path, data: str | None) -> Dataset:
    name = data or run.data
    if not data and not is_there(name):
        raise FrugalError(
            f"{path} was trained on {name}, which is not there: name its new place with --data"
        )
    if run.split == "validation":
        dataset = load(name, run.train_examples, rules=run.rules)
        _check(path, run, dataset)
        return dataset
    _check(path, run, load(name, rules=run.rules))
    return load_sealed(
        name,
        f"reproduce: {path.name}",
        studies / LEDGER,
        candidate=f"{path.name}, seed {run.seed}",
        train_examples=run.train_examples,
        rules=run.rules,
    )


def _check(path: Path, run: TrainedRun, dataset: Dataset) -> None:
    if dataset.digest != run.digest:
        raise FrugalError(
            f"{path} was trained on {run.data} (images {run.digest[:8]}), {dataset.name} holds "
            f"others (images {dataset.digest[:8]}): name its own with --data"
        )
