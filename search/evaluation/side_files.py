"""Reads the results in a study's folder, after checking that they belong to the study. No torch.

A result records its study's identity, the seed and the candidate. A file of an earlier version
records no study: it belongs to the study if its seeds and candidates match those of the trials.
Reading ignores results of other studies; commands that write set them aside.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import NamedTuple
from zipfile import BadZipFile

import numpy as np

from search.candidates.candidate import Candidate
from search.evaluation.ingredients import variants, with_epochs
from search.evaluation.repeats import (
    REPEATS_FILE,
    Repeat,
    RepeatFile,
    drilldown_key,
    drilldown_seed,
    final_seed,
    race_seed,
    repeat_key,
)
from search.evaluation.results import (
    CONFIRMATION_FILE,
    CONFIRMED_FOLDER,
    DRILLDOWN_FILE,
    DRILLDOWN_PAGE,
    SAMPLES_FILE,
    Confirmation,
    Drilldown,
    Predictions,
    Racer,
    predictions_path,
    read_confirmation,
    read_drilldown,
    read_predictions,
)
from search.study.ownership import set_aside
from search.study.records import Record
from search.study.study import Study
from search.study.weight_files import WeightsOwner, owner_identity

TRIAL_KEY = re.compile(r"trial (\d+)")
DRILLDOWN_KEY = re.compile(r"drilldown trial (\d+), ([\d,]+) epochs?: (.+)")
FINAL_WEIGHTS = re.compile(r"trial-(\d+)-run-(\d+)\.safetensors")
SAME_NETWORK = 0.005  # accuracy: above the difference of two devices scoring the same weights


class Expected(NamedTuple):
    """The trial, seed and candidate of a repeat if it belongs to this study."""

    trial: int
    seed: int
    candidate: Candidate


def study_confirmation(study: Study) -> Confirmation | None:
    """The study's confirmation; None if the folder has none that belongs to the study."""
    confirmation = read_confirmation(study.folder)
    return confirmation if confirmation and _is_confirmation_of(study, confirmation) else None


def study_drilldown(study: Study) -> Drilldown | None:
    """The study's drill-down; None if the folder has none that belongs to the study."""
    drilldown = read_drilldown(study.folder)
    return drilldown if drilldown and _is_drilldown_of(study, drilldown) else None


def study_repeats(study: Study) -> RepeatFile:
    """The study's repeat file; repeats of other studies in it are ignored."""
    return RepeatFile(
        study.folder / REPEATS_FILE,
        accepts=RepeatCheck(study).belongs,
        identity=study.identity,
        check=study.check_folder,
    )


def study_predictions(study: Study) -> Predictions | None:
    """The study's predictions; None if the folder has none that belong to the study."""
    try:
        predictions = read_predictions(predictions_path(study.folder))
    except (OSError, EOFError, ValueError, KeyError, TypeError, BadZipFile):  # damaged
        return None
    return predictions if predictions and _are_predictions_of(study, predictions) else None


def final_weights(study: Study, trial: int, number: int) -> WeightsOwner:
    """The owner of the weights of a final run: study, trial, seed and candidate."""
    record = study.records()[trial]
    seed = final_seed(study.setup.seed, record.origin, number)
    return WeightsOwner(study.identity, trial=trial, seed=seed, candidate=record.candidate)


def prepare_to_write(study: Study) -> None:
    """Claim the folder for the study and set aside files of other studies in it.

    The files set aside are listed in the study's notes. Every command that writes results into the
    folder calls this first.
    """
    study.claim()
    folder = study.folder
    with study.run_locks.admission_lock():
        foreign: dict[str, list[Path]] = {}
        for files, owner in _foreign_files(study):
            foreign.setdefault(owner, []).extend(files)
        for owner, files in foreign.items():
            study.notes += set_aside(folder, files, owner)


def _foreign_files(study: Study) -> list[tuple[list[Path], str]]:
    """The files of other studies, with the identity of their own study, "" if unknown."""
    folder = study.folder
    foreign: list[tuple[list[Path], str]] = []
    confirmation, drilldown = read_confirmation(folder), read_drilldown(folder)
    if confirmation and not _is_confirmation_of(study, confirmation):
        foreign.append(([folder / CONFIRMATION_FILE], confirmation.identity))
    if drilldown and not _is_drilldown_of(study, drilldown):
        pages = [folder / name for name in (DRILLDOWN_FILE, DRILLDOWN_PAGE)]
        foreign.append((pages, drilldown.identity))
    every = RepeatFile(folder / REPEATS_FILE).read()
    own = study_repeats(study).read()
    if every and not own:
        foreign.append(([folder / REPEATS_FILE], every[0].identity))
    predictions = predictions_path(folder)
    if predictions.exists() and study_predictions(study) is None:
        foreign.append(([predictions], arrays_identity(predictions)))
    if arrays_identity(folder / SAMPLES_FILE) not in ("", study.identity):
        foreign.append(([folder / SAMPLES_FILE], arrays_identity(folder / SAMPLES_FILE)))
    weights = sorted((folder / CONFIRMED_FOLDER).glob("*.safetensors"))
    foreign += [([path], owner_identity(path)) for path in weights if not _owns(study, path, own)]
    return foreign


def arrays_identity(path: Path) -> str:
    """The identity of the study recorded in an .npz file; "" if there is none."""
    try:
        with path.open("rb") as file, np.load(file) as arrays:
            return str(arrays["identity"])
    except (OSError, EOFError, ValueError, KeyError, BadZipFile):
        return ""


def _owns(study: Study, path: Path, repeats: Sequence[Repeat]) -> bool:
    """Whether weights in `confirmed` are of a final run of this study. repeats: of the study."""
    named = FINAL_WEIGHTS.fullmatch(path.name)
    if named is None or int(named[1]) >= len(study.records()):
        return False
    trial, number = int(named[1]), int(named[2])
    final = (repeat_key(trial), number, "test")
    recorded = any((repeat.key, repeat.number, repeat.split) == final for repeat in repeats)
    return (recorded or owner_identity(path) != "") and final_weights(study, trial, number).owns(
        path
    )


def _is_confirmation_of(study: Study, confirmation: Confirmation) -> bool:
    records, final = study.records(), confirmation.final
    if final.trial >= len(records):
        return False
    record, seed = records[final.trial], study.setup.seed
    if confirmation.identity:
        named = (confirmation.identity, confirmation.seed, confirmation.candidate)
        return named == (study.identity, seed, record.candidate)
    seeds = [final_seed(seed, record.origin, run.number) for run in final.runs]
    raced = all(_is_racer(records, racer) for racer in confirmation.race.racers)
    return raced and [run.seed for run in final.runs] == seeds


def _is_racer(records: Sequence[Record], racer: Racer) -> bool:
    if racer.trial >= len(records):
        return False
    record = records[racer.trial]
    known = (record.label, record.parameters, record.consistency)
    return (racer.label, racer.parameters, racer.selected) == known


def _is_drilldown_of(study: Study, drilldown: Drilldown) -> bool:
    records = study.records()
    if drilldown.trial >= len(records):
        return False
    candidate = records[drilldown.trial].candidate
    if candidate is None or not drilldown.steps:
        return False
    if drilldown.steps[-1].candidate != with_epochs(candidate, drilldown.epochs):
        return False
    if drilldown.identity:
        return (drilldown.identity, drilldown.seed) == (study.identity, study.setup.seed)
    return _has_repeats(study, drilldown)


def _has_repeats(study: Study, drilldown: Drilldown) -> bool:
    """Whether all repeats of a drill-down are recorded with the seeds of this study."""
    expected = RepeatCheck(study).expected
    seeds = {(r.key, r.number): r.seed for r in RepeatFile(study.folder / REPEATS_FILE).read()}
    wanted = [
        (drilldown_key(drilldown.trial, drilldown.epochs, step.name), number)
        for step in drilldown.steps
        for number in range(drilldown.seeds)
    ]
    found = [(seeds.get(repeat), expected(*repeat, "validation")) for repeat in wanted]
    return all(known is not None and known.seed == seed for seed, known in found)


def _are_predictions_of(study: Study, predictions: Predictions) -> bool:
    if str(predictions.identity):
        return str(predictions.identity) == study.identity
    trial, number = predictions.run.tolist()
    finals = {r.number: r for r in study_repeats(study).of(repeat_key(trial), "test")}
    if number not in finals or finals[number].images != len(predictions.labels):
        return False
    accuracy = float(np.mean(predictions.labels == predictions.predicted))
    return abs(accuracy - finals[number].accuracy[-1]) <= SAME_NETWORK


class RepeatCheck:
    """Checks whether repeats belong to a study, by identity, seed and candidate."""

    def __init__(self, study: Study) -> None:
        self._study = study
        self._candidates: dict[tuple[int, int], Mapping[str, Candidate]] = {}

    def belongs(self, repeat: Repeat) -> bool:
        """Whether a recorded repeat belongs to this study."""
        expected = self.expected(repeat.key, repeat.number, repeat.split)
        if expected is None or repeat.seed != expected.seed:
            return False
        if repeat.identity:
            named = (repeat.identity, repeat.candidate)
            return named == (self._study.identity, expected.candidate)
        if self._has_another_confirmation or not self._fits(repeat, expected):
            return False
        trial = expected.trial
        return self._is_later(repeat, trial) or self._is_in_a_result(repeat, trial)

    def expected(self, key: str, number: int, split: str) -> Expected | None:
        """The expected trial, seed and candidate of a repeat; None if the study cannot have it."""
        seed = self._study.setup.seed
        if named := TRIAL_KEY.fullmatch(key):
            record = self._record(int(named[1]))
            if record is None or record.candidate is None:
                return None
            derived = final_seed if split == "test" else race_seed
            return Expected(record.number, derived(seed, record.origin, number), record.candidate)
        if named := DRILLDOWN_KEY.fullmatch(key):
            record = self._record(int(named[1]))
            candidate = self._step(record, int(named[2].replace(",", "")), named[3])
            if record is None or candidate is None:
                return None
            derived_seed = drilldown_seed(seed, record.origin, named[3], number)
            return Expected(record.number, derived_seed, candidate)
        return None

    def _record(self, number: int) -> Record | None:
        records = self._study.trial_records.records or self._study.records()
        if number >= len(records):
            records = self._study.records()
        return records[number] if number < len(records) else None

    def _step(self, record: Record | None, epochs: int, step: str) -> Candidate | None:
        """The candidate of a step in a drill-down of a trial; None if there is no such step."""
        if record is None or record.candidate is None or not epochs:
            return None
        if (record.number, epochs) not in self._candidates:
            steps, _ = variants(with_epochs(record.candidate, epochs))
            named = {variant.ingredient.name: variant.candidate for variant in steps}
            self._candidates[record.number, epochs] = named
        return self._candidates[record.number, epochs].get(step)

    # repeats of earlier versions, which record no study

    @cached_property
    def _has_another_confirmation(self) -> bool:
        """Whether the folder's confirmation, and so its repeats, belong to another study."""
        confirmation = read_confirmation(self._study.folder)
        return confirmation is not None and not _is_confirmation_of(self._study, confirmation)

    def _fits(self, repeat: Repeat, expected: Expected) -> bool:
        """Whether the number of images matches the study's, and the epochs the candidate's."""
        images = self._study.setup.validation_images
        scored = repeat.split == "test" or images in (None, repeat.images)
        epochs = len(repeat.accuracy) == expected.candidate.recipe.epochs
        return scored and (epochs or repeat.failure != "")

    def _is_later(self, repeat: Repeat, trial: int) -> bool:
        """Whether the repeat ended later than its trial, in this host's local time."""
        ended = self._study.optuna.get_trials(deepcopy=False)[trial].datetime_complete
        return ended is not None and datetime.fromisoformat(repeat.time) > ended.astimezone()

    def _is_in_a_result(self, repeat: Repeat, trial: int) -> bool:
        """Whether a confirmation or a drill-down of this study uses the repeat.

        This decides if the study was copied from a host in another time zone, because Optuna
        records local times.
        """
        if TRIAL_KEY.fullmatch(repeat.key):
            return trial in self._raced
        drilldown = self._drilldown
        return drilldown is not None and repeat.key in {
            drilldown_key(trial, drilldown.epochs, step.name)
            for step in drilldown.steps
            if drilldown.trial == trial
        }

    @cached_property
    def _raced(self) -> frozenset[int]:
        confirmation = study_confirmation(self._study)
        racers = confirmation.race.racers if confirmation else ()
        return frozenset(racer.trial for racer in racers)

    @cached_property
    def _drilldown(self) -> Drilldown | None:
        return study_drilldown(self._study)
