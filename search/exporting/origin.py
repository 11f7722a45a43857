"""Where an exported network comes from, in sentences: data, study, result, what to beware of.

Every accuracy carries its n. Never imports Optuna itself.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from typing import Literal

import torch

from search.candidates.candidate import Candidate
from search.candidates.wording import counted, duration, percent
from search.data.dataset import Dataset, moments
from search.data.split import Split
from search.errors import FrugalError
from search.evaluation.results import Final
from search.exporting.trained_run import TrainedRun
from search.study.records import Record
from search.study.settings import Setup

DARK, LIGHT = 0.25, 0.75  # mean of the border's pixels up to which, from which it is dark, light
Shade = Literal["dark", "light", "mixed"]


@dataclass(frozen=True)
class Measured:
    """What was measured on the data, and what an image must be turned into to be classified.

    mean, std: per channel of the images learned from, pixels in [0, 1]. background: the shade of
    their borders, "mixed" also for RGB. train, validation: numbers of images.
    """

    classes: tuple[str, ...]
    mean: tuple[float, ...]
    std: tuple[float, ...]
    background: Shade
    train: int
    validation: int

    @classmethod
    def of(cls, dataset: Dataset) -> "Measured":
        """The figures of a dataset as it was trained on."""
        return cls.learned_from(dataset.train, dataset.classes, len(dataset.validation))

    @classmethod
    def learned_from(cls, train: Split, classes: tuple[str, ...], validation: int) -> "Measured":
        """The figures of the images that were learned from."""
        mean, std = moments(train.images)
        return cls(classes, mean, std, background(train.images), len(train), validation)


@dataclass(frozen=True)
class Origin:
    """A trained trial and the study around it. versions: of the training, by package.

    run: the training whose weights are exported; final: where the trial is confirmed. doubts: what
    must be said of the trial itself, beside the study's caveats.
    FrugalError where the trial was not trained to the end.
    """

    record: Record
    setup: Setup
    study: str
    measured: Measured
    versions: Mapping[str, str] = field(default_factory=dict)
    run: TrainedRun | None = None
    final: Final | None = None
    doubts: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.record.candidate is None or self.record.consistency is None:
            raise FrugalError(
                f"trial {self.record.number} is {self.record.outcome}, only one trained to the end "
                "can be exported: choose a trial that `python -m search show` ranks"
            )

    @property
    def candidate(self) -> Candidate:
        """What was trained."""
        assert self.record.candidate is not None
        return self.record.candidate

    @property
    def caveats(self) -> tuple[str, ...]:
        """Of the study and of the trial itself."""
        return (*self.setup.caveats, *self.doubts)

    @property
    def class_names(self) -> tuple[str, ...]:
        """One name per logit; the head "pool" may give more logits than there are classes."""
        (logits,) = self.candidate.architecture.layers[-1].shape
        spare = range(len(self.measured.classes), logits)
        return (*self.measured.classes, *(f"logit {index} (no class)" for index in spare))

    @property
    def result(self) -> str:
        """Sentences about the accuracy; the score too where the objective is another."""
        return self._confirmed(self.final) if self.final else self._selected()

    def _confirmed(self, final: Final) -> str:
        """The figures on the test images, which nothing was chosen by."""
        n, count = f"(n = {final.images:,} test images)", len(final.runs)
        run = next(run for run in final.runs if run.number == final.median)
        low, high = percent(final.interval.low), percent(final.interval.high)
        return (
            f"confirmed. Lowest test accuracy over the last {self.setup.window} of "
            f"{len(run.accuracy)} epochs: {percent(final.mean)} in the mean of {count} runs, "
            f"{percent(final.worst)} in the worst {n}; {low} to {high} is to be expected of a new "
            f"run on new images, at {100 * final.interval.level:.0f} %. These weights are of run "
            f"{final.median + 1}, the one nearest the median: {percent(run.consistency)}, and "
            f"{percent(run.accuracy[-1])} after the last epoch {n}. Nothing was chosen by test "
            f"images; they were opened {counted(final.openings, 'time')} so far, see the ledger."
        )

    def _selected(self) -> str:
        curve = self.record.validation_accuracy
        last = curve[-self.setup.window :]
        lowest, n = min(last), f"(n = {self.measured.validation:,} validation images)"
        weights = "moving average (EMA)" if self.candidate.recipe.ema else "raw weights"
        told = (
            f"lowest validation accuracy over the last {len(last)} of {len(curve)} epochs: "
            f"{percent(lowest)} {n}. These weights, the {weights} after the last "
            f"epoch: {percent(curve[-1])} {n}. "
        )
        if self.record.consistency != lowest:
            told += f"Score by the study's own objective: {self.record.consistency:.6g}. "
        return told + (
            "The study chose among its candidates by such figures, so unseen images may fare a "
            "little worse; no test image was used."
        )

    @property
    def descent(self) -> str:
        """Study, trial, draws, data and budget in a sentence."""
        record, setup = self.record, self.setup
        return (
            f'study "{self.study}", trial {record.number}, seed {setup.seed}, '
            + (f"run {self.final.median + 1}" if self.final else f"draws of trial {record.origin}")
            + f"; data {setup.data} (digest {setup.digest}), "
            f"{self.measured.train:,} training images; budget {setup.budget}."
        )

    @property
    def training(self) -> str:
        """Device, time and versions of the training and of the export."""
        seconds = self.record.seconds
        if self.final:
            seconds = next(r.seconds for r in self.final.runs if r.number == self.final.median)
        told = f"on {self.record.device or 'an unknown device'} in {duration(seconds)}"
        if self.versions:
            told += f" with {_listed(self.versions)}"
        return f"{told}; exported on {date.today().isoformat()} with {_listed(_present())}."

    @property
    def metadata(self) -> dict[str, str]:
        """The same as short lines, as other formats carry them."""
        lines = {
            "result": self.result,
            "caveats": "; ".join(self.caveats),
            "origin": self.descent,
            "training": self.training,
            "classes": json.dumps(self.class_names),
            "mean": json.dumps(self.measured.mean),
            "std": json.dumps(self.measured.std),
        }
        return {name: line for name, line in lines.items() if line}


def background(images: torch.Tensor) -> Shade:
    """The shade of the outermost pixels of images (N, C, H, W), uint8."""
    if images.shape[1] != 1:
        return "mixed"
    edges = images[:, :, 0], images[:, :, -1], images[..., 0], images[..., -1]
    ring = torch.cat([edge.flatten() for edge in edges])
    mean = ring.float().mean().item() / 255
    return "dark" if mean <= DARK else "light" if mean >= LIGHT else "mixed"


def _listed(versions: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {number}" for name, number in versions.items())


def _present() -> dict[str, str]:
    try:
        return {"frugal-search": version("frugal-search"), "torch": torch.__version__}
    except PackageNotFoundError:  # run from a checkout that is not installed
        return {"torch": torch.__version__}
