"""Collects the data of a report from a study and its folder. Writes nothing; no torch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import optuna
from numpy.typing import NDArray

from search.candidates.baselines import Baseline, PublicResult, all_baselines, public_results
from search.data.test_ledger import LEDGER, Opening, openings_of, read_openings
from search.evaluation.repeats import Repeat
from search.evaluation.results import (
    SAMPLES_FILE,
    Confirmation,
    Drilldown,
    Predictions,
    measured_repeats,
)
from search.evaluation.side_files import (
    study_confirmation,
    study_drilldown,
    study_predictions,
    study_repeats,
)
from search.study.environment import read_environments
from search.study.records import Record
from search.study.settings import StudySettings
from search.study.smallest import rank_candidates
from search.study.study import Study

SAMPLES = SAMPLES_FILE
MNIST = "756438a1ed101a03c185c4796bdfc41f"  # digest of the data that baselines were published for


@dataclass(frozen=True)
class AugmentationSamples:
    """Training images, plain and augmented. trial: whose augmentation it is.

    plain (N, C, H, W), uint8; augmented (R, N, C, H, W), uint8: R draws of each. classes: names.
    train: images of the train split. identity: of the study; "" from an earlier version.
    """

    trial: int
    plain: NDArray[np.uint8]
    augmented: NDArray[np.uint8]
    classes: tuple[str, ...]
    train: int
    identity: str = ""


@dataclass(frozen=True)
class ReportData:
    """The current state of a study. openings: of the test images of its data.

    optuna_study: Optuna's own view. identity: of the study. environments: of every run, as
    environment.json has them. predictions: of the confirmed candidate on the test images; samples:
    by the best candidate's augmentation; both None where the files are not there, or another
    candidate's. baseline_repeats: our repeats of the baselines by name; these, the baselines and
    the public results are given only for the data that they were published for.
    """

    name: str
    options: str
    setup: StudySettings
    records: Sequence[Record]
    optuna_study: optuna.Study
    identity: str = ""
    confirmation: Confirmation | None = None
    drilldown: Drilldown | None = None
    repeats: Sequence[Repeat] = ()
    openings: Sequence[Opening] = ()
    environments: Sequence[Mapping[str, Any]] = ()
    predictions: Predictions | None = None
    samples: AugmentationSamples | None = None
    baselines: Sequence[Baseline] = ()
    public_results: Sequence[PublicResult] = ()
    baseline_repeats: Mapping[str, Sequence[Repeat]] | None = None

    @cached_property
    def ranking(self) -> list[Record]:
        """Those trained to the end, best first; see `smallest.rank_candidates`."""
        return rank_candidates(self.records, self.setup.target)

    @property
    def best(self) -> Record:
        """The candidate of the report: the confirmed one, else the best by selection."""
        if self.confirmation:
            return self.records[self.confirmation.final.trial]
        return self.ranking[0]

    @property
    def classes(self) -> tuple[str, ...]:
        """Their names, numbers where those are not known."""
        if self.samples:
            return self.samples.classes
        if self.setup.statistics:
            return self.setup.statistics.split.classes
        return tuple(str(number) for number in range(self.setup.classes))

    @property
    def caveats(self) -> tuple[str, ...]:
        """Caveats for every number of the report."""
        of_confirmation = self.confirmation.caveats if self.confirmation else ()
        return tuple(dict.fromkeys([*self.setup.caveats, *of_confirmation]))


def gather_report_data(study: Study, samples: AugmentationSamples | None = None) -> ReportData:
    """The current data; FrugalError where no candidate is trained to the end yet.

    samples: see `pictures.ensure_samples`, None to do without.
    """
    best = study.best()
    folder, digest = study.folder, study.setup.digest
    confirmation = study_confirmation(study)
    trial = confirmation.final.trial if confirmation else best.number
    published = digest == MNIST
    return ReportData(
        name=study.name,
        options=study.options,
        setup=study.setup,
        records=study.records(),
        optuna_study=study.optuna,
        identity=study.identity,
        confirmation=confirmation,
        drilldown=study_drilldown(study),
        repeats=study_repeats(study).read(),
        openings=openings_of(read_openings(folder.parent / LEDGER), digest),
        environments=read_environments(folder / "environment.json", study.identity),
        predictions=_predictions(study, trial) if confirmation else None,
        samples=samples,
        baselines=all_baselines() if published else (),
        public_results=public_results() if published else (),
        baseline_repeats=measured_repeats(folder.parent) if published else {},
    )


def _predictions(study: Study, trial: int) -> Predictions | None:
    """None where they are of another trial than the confirmed one."""
    predictions = study_predictions(study)
    return predictions if predictions and predictions.run[0] == trial else None


def read_samples(path: Path, trial: int, identity: str) -> AugmentationSamples | None:
    """The samples in a file, None if it has none of that trial's augmentation.

    identity: of the study. Samples of an earlier version name no study and are read too.
    """
    try:
        if not path.exists():
            return None
        with path.open("rb") as file, np.load(file) as arrays:
            named = str(arrays["identity"]) if "identity" in arrays else ""
            if int(arrays["trial"]) != trial or named not in ("", identity):
                return None
            return AugmentationSamples(
                trial,
                plain=arrays["plain"],
                augmented=arrays["augmented"],
                classes=tuple(str(name) for name in arrays["classes"]),
                train=int(arrays["train"]),
                identity=named,
            )
    except (OSError, EOFError, ValueError, KeyError, BadZipFile):  # damaged: they are drawn again
        return None
