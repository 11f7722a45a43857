"""Reproduction: trains an exported network again from its file and compares the two runs."""

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
    """An exported training run and its repetition.

    parameters: counted again from the candidate in the file. accuracy: of the repetition, per epoch
    and on the same split. seconds, device, versions: of the repetition.
    """

    run: TrainedRun
    parameters: int
    accuracy: tuple[float, ...]
    seconds: float
    device: str
    versions: str

    @property
    def difference(self) -> float:
        """Accuracy of the repetition minus that of the exported run, after the last epoch."""
        return self.accuracy[-1] - self.run.accuracy[-1]

    @property
    def allowed(self) -> float:
        """The largest expected difference of the two, at 95 %; see `reproduction_tolerance`."""
        return reproduction_tolerance(self.run.accuracy[-1], self.run.images)

    @property
    def identical(self) -> bool:
        """Whether the accuracies of all epochs are equal."""
        return self.accuracy == self.run.accuracy

    @property
    def agrees(self) -> bool:
        """Whether the parameters are equal and the accuracies differ by no more than `allowed`."""
        return self.parameters == self.run.parameters and abs(self.difference) <= self.allowed


def reproduce(
    path: Path,
    studies: Path,
    data: str | None,
    device: str,
    show: Callable[[EpochResult], object] | None = None,
) -> Reproduction:
    """Train the candidate of an exported file again with its seed.

    data: new location of its data, None for the recorded one. show: called after each epoch. The
    test images are read only if the file's figures are on the test images; an entry is then added
    to the log of test-set evaluations (`ledger`) in `studies`. FrugalError if the file is not an
    export or the data differ from those it was trained on.
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
            f"{path} was trained on {name}, which does not exist: pass its new location with --data"
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
            f"{path} was trained on {run.data} (images {run.digest[:8]}), but {dataset.name} "
            f"contains other images ({dataset.digest[:8]}): pass the location of the original "
            "images with --data"
        )
