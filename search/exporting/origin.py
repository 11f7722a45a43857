"""Provenance written into exported files: the study, the run and the data of a trained network."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from importlib.metadata import PackageNotFoundError, version

import numpy as np
import torch

from search.candidates.candidate import Candidate
from search.candidates.wording import counted, duration, percent
from search.data.dataset import measure
from search.data.description import OLD_RULES, DataStatistics, FolderRules
from search.errors import FrugalError
from search.evaluation.confirm import confirmed_weights
from search.evaluation.repeats import SplitName
from search.evaluation.results import FinalResult
from search.evaluation.retraining import load_study_data
from search.evaluation.side_files import study_confirmation
from search.seeds import derive
from search.study.environment import read_versions, versions_text
from search.study.records import Record
from search.study.settings import StudySettings
from search.study.smallest import frontier
from search.study.study import Study

IDENTITY_WORD = "identity"  # precedes a study's identity in exported files; read back from them


@dataclass(frozen=True)
class TrainedRun:
    """The inputs of `reproduce` apart from the candidate, and the accuracies for the comparison.

    data: name of the data. digest: of its training images. split: the scored split; "test" also
    means that the run was trained on all training images. train_examples: setting of the study,
    None for all images. seed: random seed. accuracy: per epoch. images: number of images in the
    scored split. versions: see `versions_text`. rules: how the data folder is read; missing in
    files of versions before 0.2.
    """

    data: str
    digest: str
    split: SplitName
    train_examples: int | None
    seed: int
    parameters: int
    accuracy: tuple[float, ...]
    images: int
    device: str
    versions: str
    rules: FolderRules = OLD_RULES


@dataclass(frozen=True)
class Origin:
    """A trained trial and its study. FrugalError if the trial was not trained to the end.

    study, identity: name and identity of the study. versions: of the training, by package. run: the
    training that produced the exported weights. final: the final result if the trial is confirmed,
    else None. doubts: caveats of the trial itself, in addition to those of the study.
    """

    record: Record
    setup: StudySettings
    study: str
    measured: DataStatistics
    versions: Mapping[str, str] = field(default_factory=dict)
    run: TrainedRun | None = None
    final: FinalResult | None = None
    doubts: tuple[str, ...] = ()
    identity: str = ""

    def __post_init__(self) -> None:
        if self.record.candidate is None or self.record.consistency is None:
            raise FrugalError(
                f"trial {self.record.number} cannot be exported, its outcome is "
                f'"{self.record.outcome}": choose a trial that was trained to the end, as listed '
                "by `python -m search show`"
            )

    @property
    def candidate(self) -> Candidate:
        """The trained candidate."""
        assert self.record.candidate is not None
        return self.record.candidate

    @property
    def caveats(self) -> tuple[str, ...]:
        """The caveats of the study and of the trial itself."""
        return (*self.setup.caveats, *self.doubts)

    @property
    def class_names(self) -> tuple[str, ...]:
        """One name per logit; the head "pool" may have more logits than there are classes."""
        (logits,) = self.candidate.architecture.layers[-1].shape
        spare = range(len(self.measured.classes), logits)
        return (*self.measured.classes, *(f"logit {index} (no class)" for index in spare))

    @property
    def result(self) -> str:
        """Sentences about the accuracy, and the score if the objective differs from the default."""
        return self._confirmed(self.final) if self.final else self._selected()

    def _confirmed(self, final: FinalResult) -> str:
        """Sentences about the accuracy on the test images, which were not used for selection."""
        n, count = f"(n = {final.images:,} test images)", len(final.runs)
        run = next(run for run in final.runs if run.number == final.median)
        low, high = percent(final.interval.low), percent(final.interval.high)
        return (
            f"confirmed. Lowest test accuracy over the last {self.setup.window} of "
            f"{len(run.accuracy)} epochs: mean of {count} runs {percent(final.mean)}, worst run "
            f"{percent(final.worst)} {n}; expected for a new run on new images: {low} to {high} "
            f"({100 * final.interval.level:.0f} % interval). These are the weights of run "
            f"{final.median + 1}, the run nearest the median: {percent(run.consistency)}, and "
            f"{percent(run.accuracy[-1])} after the last epoch {n}. The test images were not used "
            "for selection; the file `ledger` in the studies folder lists "
            f"{counted(final.openings, 'evaluation')} on the test set of these data so far."
        )

    def _selected(self) -> str:
        curve = self.record.validation_accuracy
        last = curve[-self.setup.window :]
        lowest, n = min(last), f"(n = {self.measured.validation:,} validation images)"
        weights = "moving average (EMA)" if self.candidate.recipe.ema else "raw weights"
        accuracy = (
            f"lowest validation accuracy over the last {len(last)} of {len(curve)} epochs: "
            f"{percent(lowest)} {n}. Accuracy of the exported weights, the {weights} after the "
            f"last epoch: {percent(curve[-1])} {n}. "
        )
        if self.record.consistency != lowest:
            accuracy += f"Score of the study's own objective: {self.record.consistency:.6g}. "
        return accuracy + (
            "The study selected its candidates by this score, so the accuracy on unseen images may "
            "be slightly lower. No test image was used."
        )

    @property
    def descent(self) -> str:
        """A sentence that names study, trial, random draws, data and budget."""
        record, setup = self.record, self.setup
        return (
            f'study "{self.study}"{_identified(self.identity)}, trial {record.number}, '
            f"seed {setup.seed}, "
            + (
                f"run {self.final.median + 1}"
                if self.final
                else f"random draws of trial {record.origin}"
            )
            + f"; data {setup.data} (digest {setup.digest}), "
            f"{self.measured.train:,} training images; budget {setup.budget}."
        )

    @property
    def training(self) -> str:
        """A sentence with device, time and versions of the training and of the export."""
        seconds = self.record.seconds
        if self.final:
            seconds = next(r.seconds for r in self.final.runs if r.number == self.final.median)
        trained = f"on {self.record.device or 'an unknown device'} in {duration(seconds)}"
        if self.versions:
            trained += f" with {versions_text(self.versions)}"
        today, installed = date.today().isoformat(), versions_text(_installed())
        return f"{trained}; exported on {today} with {installed}."

    @property
    def metadata(self) -> dict[str, str]:
        """The origin as named strings, for the metadata of other formats."""
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


def _identified(identity: str) -> str:
    return f" ({IDENTITY_WORD} {identity})" if identity else ""


def _installed() -> dict[str, str]:
    try:
        return {"frugal-search": version("frugal-search"), "torch": torch.__version__}
    except PackageNotFoundError:  # run from a checkout that is not installed
        return {"torch": torch.__version__}


def selected_trial(study: Study) -> Record:
    """The confirmed trial, or the best one if none is confirmed; FrugalError if none is trained."""
    confirmation = study_confirmation(study)
    return study.records()[confirmation.final.trial] if confirmation else study.best()


def trained_network(
    study: Study, record: Record, data: str | None = None
) -> tuple[Origin, Mapping[str, np.ndarray]]:
    """The origin and the weights of a trained trial: of its median final run if it is confirmed.

    data: new location of the study's data, which is checked and recorded. Without it, images are
    read only if the study has no stored statistics. FrugalError if the weights were not kept, the
    trial was not trained to the end, or the data differ from the study's.
    """
    study.setup.check_trained(study.name, "export")
    confirmation = study_confirmation(study)
    if confirmation and confirmation.final.trial == record.number:
        final = confirmation.final
        run = _final_run(study.setup, record, final)
        run = replace(run, versions=confirmation.versions)
        doubts: tuple[str, ...] = ()
        weights = confirmed_weights(study, record.number, final.median)
    else:
        final = None
        run = _selected_run(study.setup, record)
        doubts = _doubts(study, record)
        weights = study.weights(record.number)
    run = replace(run, data=data or study.setup.data)
    origin = Origin(
        record=record,
        setup=study.setup,
        study=study.name,
        identity=study.identity,
        measured=_statistics(study, data, everything=final is not None),
        versions=read_versions(run.versions),
        run=run,
        final=final,
        doubts=doubts,
    )
    return origin, weights


def _statistics(study: Study, data: str | None, *, everything: bool) -> DataStatistics:
    """Statistics of the training images: as stored in the study, or measured."""
    kept = study.setup.statistics
    if kept is None or data:
        dataset = load_study_data(study, data, everything=everything)
        return measure(dataset)
    return kept.final if everything else kept.split


def _doubts(study: Study, record: Record) -> tuple[str, ...]:
    """A caveat if the trial is not verified to reach the target of a search for the smallest."""
    target = study.setup.target
    if target is None or record.number in frontier(study.records(), target).believed:
        return ()
    return (f"not verified to reach {percent(target)}: this requires three runs that reach it",)


def _selected_run(setup: StudySettings, record: Record) -> TrainedRun:
    return TrainedRun(
        data=setup.data,
        digest=setup.digest,
        split="validation",
        train_examples=setup.train_examples,
        seed=derive(setup.seed, record.origin),
        parameters=record.parameters,
        accuracy=record.validation_accuracy,
        images=setup.validation_images or 0,
        device=record.device,
        versions=record.versions,
        rules=setup.rules,
    )


def _final_run(setup: StudySettings, record: Record, final: FinalResult) -> TrainedRun:
    run = next(run for run in final.runs if run.number == final.median)
    return TrainedRun(
        data=setup.data,
        digest=setup.digest,
        split="test",
        train_examples=setup.train_examples,
        seed=run.seed,
        parameters=record.parameters,
        accuracy=run.accuracy,
        images=final.images,
        device=record.device,
        versions=record.versions,
        rules=setup.rules,
    )
