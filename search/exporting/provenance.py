"""What a study knows of a trained network: its weights, and where they come from."""

from collections.abc import Mapping

import numpy as np

from search.candidates.wording import percent
from search.data.dataset import all_training_images
from search.evaluation import results as confirmation
from search.evaluation.confirm import confirmed_weights
from search.evaluation.results import Final
from search.exporting.origin import Measured, Origin
from search.exporting.trained_run import TrainedRun
from search.randomness import derive
from search.study.kept import study_data
from search.study.records import Record
from search.study.settings import Setup
from search.study.smallest import frontier
from search.study.study import Study


def answer(study: Study) -> Record:
    """The study's answer: the confirmed trial, else the best; FrugalError where none is trained."""
    found = confirmation.read(study.folder)
    return study.records()[found.final.trial] if found else study.best()


def kept(study: Study, record: Record) -> tuple[Origin, Mapping[str, np.ndarray]]:
    """The origin and the weights of a trained trial: of its median final run if it is confirmed.

    FrugalError where the weights are not kept, the trial was not trained to the end, or the data
    are no longer the study's.
    """
    found = confirmation.read(study.folder)
    if found and found.final.trial == record.number:
        return _confirmed(study, record, found.final, found.versions)
    weights = study.weights(record.number)
    told = study.optuna.trials[record.number].user_attrs.get("versions", {})
    measured = Measured.of(study_data(study))
    run, doubts = _run(study, record), _doubts(study, record)
    return Origin(record, study.setup, study.name, measured, told, run, None, doubts), weights


def _doubts(study: Study, record: Record) -> tuple[str, ...]:
    """Of a search for the smallest: whether the trial is believed to hold the target."""
    target = study.setup.target
    if target is None or record.number in frontier(study.records(), target).believed:
        return ()
    return (f"not believed to hold {percent(target)}: that takes three runs that all reach it",)


def _confirmed(
    study: Study, record: Record, final: Final, versions: str
) -> tuple[Origin, Mapping[str, np.ndarray]]:
    setup, dataset = study.setup, study_data(study)
    train = all_training_images(setup.data, setup.train_examples)
    measured = Measured.learned_from(train, dataset.classes, len(dataset.validation))
    told = dict(part.rsplit(" ", 1) for part in versions.split(", ") if " " in part)
    run = _final_run(setup, record, final, versions)
    origin = Origin(record, setup, study.name, measured, told, run, final)
    return origin, confirmed_weights(study.folder, record.number, final.median)


def _run(study: Study, record: Record) -> TrainedRun:
    setup = study.setup
    return TrainedRun(
        setup.data,
        setup.digest,
        "validation",
        setup.train_examples,
        derive(setup.seed, record.origin),
        record.parameters,
        record.validation_accuracy,
        setup.validation_images or 0,
        record.device,
        record.versions,
    )


def _final_run(setup: Setup, record: Record, final: Final, versions: str) -> TrainedRun:
    run = next(run for run in final.runs if run.number == final.median)
    return TrainedRun(
        setup.data,
        setup.digest,
        "test",
        setup.train_examples,
        run.seed,
        record.parameters,
        run.accuracy,
        final.images,
        record.device,
        versions,
    )
