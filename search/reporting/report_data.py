"""Read the data of a report from a study and its folder. Writes nothing; no torch."""

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
MNIST = "756438a1ed101a03c185c4796bdfc41f"  # digest of the baselines' data set


@dataclass(frozen=True)
class AugmentationSamples:
    """Training images, original and augmented with the augmentation of a trial's recipe.

    trial: the number of the trial. plain: original images, (N, C, H, W), uint8. augmented: R
    augmented versions of each, (R, N, C, H, W), uint8. classes: their names. train: number of
    images in the train split. identity: of the study; "" in files of an earlier version.
    """

    trial: int
    plain: NDArray[np.uint8]
    augmented: NDArray[np.uint8]
    classes: tuple[str, ...]
    train: int
    identity: str = ""


@dataclass(frozen=True)
class ReportData:
    """The current state of a study.

    options: the command line options that select the study, see `Study.options`. optuna_study: the
    study as Optuna's object. identity: of the study. openings: recorded evaluations on the test
    images of its data. environments: one entry for each run, as in environment.json. predictions:
    of the confirmed candidate on the test images. samples: images with the best candidate's
    augmentation. Both are None if the files do not exist or belong to another candidate.
    baseline_repeats: repeats of the baselines, by name. The repeats, the baselines and the
    public results are empty unless the data are those for which they were published.
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
        """The candidates trained to the end, best first; see `smallest.rank_candidates`."""
        return rank_candidates(self.records, self.setup.target)

    @property
    def best(self) -> Record:
        """The candidate that is reported: the confirmed one, otherwise the best on validation."""
        if self.confirmation:
            return self.records[self.confirmation.final.trial]
        return self.ranking[0]

    @property
    def classes(self) -> tuple[str, ...]:
        """The names of the classes, or their numbers if the names are not known."""
        if self.samples:
            return self.samples.classes
        if self.setup.statistics:
            return self.setup.statistics.split.classes
        return tuple(str(number) for number in range(self.setup.classes))

    @property
    def caveats(self) -> tuple[str, ...]:
        """Caveats that apply to all numbers of the report."""
        of_confirmation = self.confirmation.caveats if self.confirmation else ()
        return tuple(dict.fromkeys([*self.setup.caveats, *of_confirmation]))


def gather_report_data(study: Study, samples: AugmentationSamples | None = None) -> ReportData:
    """Read the current data; FrugalError if no candidate has been trained to the end yet.

    samples: see `pictures.ensure_samples`; None for a report without augmentation examples.
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
    """Return the predictions of the confirmed trial, None if they belong to another trial."""
    predictions = study_predictions(study)
    return predictions if predictions and predictions.run[0] == trial else None


def read_samples(path: Path, trial: int, identity: str) -> AugmentationSamples | None:
    """Return the samples in a file, None if it has none for that trial's augmentation.

    identity: of the study. Samples written by an earlier version have no identity and are accepted.
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
    except (
        OSError,
        EOFError,
        ValueError,
        KeyError,
        BadZipFile,
    ):  # damaged: they are generated again
        return None
