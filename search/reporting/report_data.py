"""All that a report is made of, gathered from a study and its folder. Reads only; never torch."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import optuna
from numpy.typing import NDArray

from search.candidates.baselines import Baseline, PublicResult, all_baselines, public_results
from search.data import test_ledger as ledger
from search.data.test_ledger import Opening
from search.evaluation import repeats
from search.evaluation.repeats import Repeat, RepeatFile
from search.evaluation.results import (
    Confirmation,
    Drilldown,
    measured_repeats,
    read_confirmation,
    read_drilldown,
)
from search.study.records import Record
from search.study.settings import StudySettings
from search.study.smallest import rank_candidates
from search.study.study import Study

PREDICTIONS = "confirmed/predictions.npz"
SAMPLES = "samples.npz"
MNIST = "756438a1ed101a03c185c4796bdfc41f"  # digest of the data that baselines were published for


@dataclass(frozen=True)
class ConfirmedPredictions:
    """What the confirmed network says of the test images.

    labels, predicted (N,), int64; probability (N,), float32, of the predicted class. places (M,),
    int64: of the misclassified; images (M, C, H, W), uint8: those.
    """

    labels: NDArray[np.int64]
    predicted: NDArray[np.int64]
    probability: NDArray[np.float32]
    places: NDArray[np.int64]
    images: NDArray[np.uint8]


@dataclass(frozen=True)
class Samples:
    """Training images as the best candidate sees them. trial: whose augmentation it is.

    plain (N, C, H, W), uint8; augmented (R, N, C, H, W), uint8: R draws of each. classes: names.
    train: images of the train split.
    """

    trial: int
    plain: NDArray[np.uint8]
    augmented: NDArray[np.uint8]
    classes: tuple[str, ...]
    train: int


@dataclass(frozen=True)
class ReportData:
    """A study as it stands. openings: of the test images of its data; runs: environment.json.

    optuna: Optuna's own view. answers, samples: None where the files are not there, or another
    candidate's. measured: repeats of the baselines, by name; these and the baselines themselves
    are there for the data that they were published for alone.
    """

    name: str
    setup: StudySettings
    records: Sequence[Record]
    optuna: optuna.Study
    confirmation: Confirmation | None = None
    drilldown: Drilldown | None = None
    repeats: Sequence[Repeat] = ()
    openings: Sequence[Opening] = ()
    runs: Sequence[Mapping[str, Any]] = ()
    answers: ConfirmedPredictions | None = None
    samples: Samples | None = None
    baselines: Sequence[Baseline] = ()
    bars: Sequence[PublicResult] = ()
    measured: Mapping[str, Sequence[Repeat]] | None = None

    @cached_property
    def ranking(self) -> list[Record]:
        """Those trained to the end, best first; see `smallest.rank_candidates`."""
        return rank_candidates(self.records, self.setup.target)

    @property
    def best(self) -> Record:
        """The candidate that the page is about: the confirmed one, else the best selected one."""
        if self.confirmation:
            return self.records[self.confirmation.final.trial]
        return self.ranking[0]

    @property
    def classes(self) -> tuple[str, ...]:
        """Their names, numbers where those are not known."""
        if self.samples:
            return self.samples.classes
        return tuple(str(number) for number in range(self.setup.classes))

    @property
    def study_option(self) -> str:
        """What a command needs to mean this study."""
        return "" if self.name == "mnist" else f" --study {self.name}"

    @property
    def caveats(self) -> tuple[str, ...]:
        """What must be said of every number here."""
        told = [*self.setup.caveats, *(self.confirmation.caveats if self.confirmation else ())]
        return tuple(dict.fromkeys(told))


def gather_report_data(study: Study) -> ReportData:
    """What is known now; FrugalError where no candidate is trained to the end yet."""
    study.best()
    folder, digest = study.folder, study.setup.digest
    confirmed, records = read_confirmation(folder), study.records()
    winner = confirmed.final.trial if confirmed else study.best().number
    published = digest == MNIST
    return ReportData(
        name=study.name,
        setup=study.setup,
        records=records,
        optuna=study.optuna,
        confirmation=confirmed,
        drilldown=read_drilldown(folder),
        repeats=RepeatFile(folder / repeats.REPEATS_FILE).read(),
        openings=ledger.of(ledger.openings(folder.parent / ledger.LEDGER), digest),
        runs=_runs(folder / "environment.json"),
        answers=_answers(folder / PREDICTIONS, winner) if confirmed else None,
        samples=read_samples(folder / SAMPLES, winner),
        baselines=all_baselines() if published else (),
        bars=public_results() if published else (),
        measured=measured_repeats(folder.parent) if published else {},
    )


def _runs(path: Path) -> Sequence[Mapping[str, Any]]:
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else ()


def _answers(path: Path, trial: int) -> ConfirmedPredictions | None:
    if not path.exists():
        return None
    with np.load(path) as kept:
        if "run" in kept and kept["run"][0] != trial:
            return None
        return ConfirmedPredictions(
            **{name: kept[name] for name in ConfirmedPredictions.__dataclass_fields__}
        )


def read_samples(path: Path, trial: int) -> Samples | None:
    """The samples kept in a file, None where there are none of that trial's augmentation."""
    if not path.exists():
        return None
    with np.load(path) as kept:
        if int(kept["trial"]) != trial:
            return None
        classes = tuple(str(name) for name in kept["classes"])
        return Samples(trial, kept["plain"], kept["augmented"], classes, int(kept["train"]))
