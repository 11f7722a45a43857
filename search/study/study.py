"""A study: a named folder of trials that share one setup. Opened, created or resumed here."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import optuna
import pandas as pd
from optuna.samplers import RandomSampler
from optuna.storages import BaseStorage
from optuna.trial import FrozenTrial, Trial
from safetensors.numpy import load_file, save

from search.errors import FrugalError
from search.files import from_json, make_writable, to_json, write_whole
from search.study.environment import record_environment
from search.study.locks import RunLocks
from search.study.records import STATES, Outcome, Record, TrialRecords, trials_frame
from search.study.settings import StudySettings
from search.study.smallest import frontier, rank_candidates
from search.study.storage import JOURNAL, open_storage, storage_errors

SETUP = "setup"  # the user attribute of Optuna's study that holds ours
KEPT_WEIGHTS = 5  # candidates whose weights are kept, best first
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
PROCESS_GONE = "its process is gone"  # the reason of a trial whose run was killed


class Study:
    """A study that exists, with its trials as values and as a table.

    folder: where weights, the copied files and, by default, the journal lie. optuna: Optuna's own
    view of it.
    """

    def __init__(self, name: str, folder: Path, storage: BaseStorage, opened: optuna.Study) -> None:
        self.name = name
        self.folder = folder
        self.storage = storage
        self.optuna = opened
        journal = isinstance(storage, optuna.storages.JournalStorage)
        self.run_locks = RunLocks(folder, shared=not journal)
        self.setup = from_json(StudySettings, opened.user_attrs[SETUP])
        self.trial_records = TrialRecords(opened)

    def records(self) -> list[Record]:
        """Every trial, in order of its number."""
        self.trial_records.refresh()
        return self.trial_records.records

    @property
    def trials(self) -> pd.DataFrame:
        """Every trial as a row; see `records.trials_frame`."""
        return trials_frame(self.records())

    def ranking(self) -> list[Record]:
        """The candidates trained to the end, best first; see `smallest.rank_candidates`."""
        records, target = self.records(), self.setup.target
        return self.trial_records.ranked if target is None else rank_candidates(records, target)

    def best(self) -> Record:
        """The best candidate; FrugalError where none is trained yet."""
        ranking = self.ranking()
        if not ranking:
            raise FrugalError(
                f"study {self.name} has no candidate trained to the end yet: "
                f"python -m search run --study {self.name}"
            )
        return ranking[0]

    def add_running_trial(self, trial: FrozenTrial) -> Trial:
        """Adds a trial that no sampler proposed; no other trial has its user attributes."""
        self.optuna.add_trial(trial)
        trials = reversed(self.optuna.get_trials(deepcopy=False))
        return self._handle(next(t for t in trials if t.user_attrs == trial.user_attrs))

    def finish_trial(
        self,
        trial: Trial,
        outcome: Outcome,
        value: float | None = None,
        reason: str = "",
        **attributes: bool,
    ) -> None:
        """Ends a trial. value: for the sampler, of a trained one. reason: in words, for people.

        attributes: user attributes with the same information as the reason; see `Record`. All are
        written before the state, because Optuna does not change a trial that has ended.
        """
        for name, attribute in attributes.items():
            trial.set_user_attr(name, attribute)
        if reason:
            trial.set_user_attr("reason", reason)
        trial.set_user_attr("outcome", outcome)
        self.optuna.tell(trial, value, state=STATES[outcome])

    def end_abandoned_trial(self, trial: FrozenTrial) -> None:
        """Ends a trial whose run was killed."""
        abandoned = self._handle(trial)
        self.finish_trial(abandoned, "interrupted", reason=PROCESS_GONE, process_gone=True)

    def _handle(self, trial: FrozenTrial) -> Trial:
        return Trial(self.optuna, trial._trial_id)  # noqa: SLF001 # Optuna has no public way

    @contextmanager
    def saving_weights(self, number: int, weights: dict[str, np.ndarray]) -> Iterator[None]:
        """Saves a trial's weights, runs the block, which records its score, and drops others.

        The weights of the best few are kept. Because of this order and a lock against other runs,
        the weights of these trials exist at all times.
        """
        with self.run_locks.admission_lock():
            path = self._weights_path(number)
            path.parent.mkdir(exist_ok=True)
            write_whole(path, save(weights), "mend it and run the same command again")
            yield
            wanted = {self._weights_path(number) for number in self._trials_with_weights()}
            for other in set(path.parent.iterdir()) - wanted:
                other.unlink(missing_ok=True)

    def _trials_with_weights(self) -> list[int]:
        """The best few, and those that may yet become the answer, by number."""
        best = [record.number for record in self.ranking()[:KEPT_WEIGHTS]]
        if (target := self.setup.target) is None:
            return best
        in_question = frontier(self.trial_records.records, target).in_question
        return best + [success.first.number for success in in_question]

    def weights(self, number: int) -> dict[str, np.ndarray]:
        """The scored weights of a trial, by name; FrugalError where they are not kept."""
        path = self._weights_path(number)
        if not path.exists():
            numbers = self._trials_with_weights()
            there = ", ".join(str(trial) for trial in numbers if self._weights_path(trial).exists())
            raise FrugalError(
                f"no weights of trial {number} in {path.parent}: those of the best "
                f"{KEPT_WEIGHTS} are kept ({there or 'none yet'})"
            )
        return load_file(path)

    def _weights_path(self, number: int) -> Path:
        return self.folder / "weights" / f"trial-{number:05}.safetensors"

    def record_environment(
        self, *, device: str, operators: str, workers: int, command: str
    ) -> None:
        """Adds this run to environment.json; see `environment.record_environment`."""
        with self.run_locks.admission_lock():
            record_environment(
                self.folder / "environment.json",
                device=device,
                operators=operators,
                workers=workers,
                command=command,
            )


@dataclass(frozen=True)
class ListedStudy:
    """An entry in a list of studies: its settings, and its trials in order of their number."""

    name: str
    setup: StudySettings
    records: Sequence[Record]


def study_folder(name: str, studies: Path) -> Path:
    """The folder of a study; FrugalError where the name cannot be one."""
    if not NAME.fullmatch(name):
        raise FrugalError(
            f'"{name}" cannot name a study: letters, digits, dots, dashes and underscores, '
            "beginning with a letter or digit"
        )
    return studies / name


def exists(name: str, studies: Path, url: str | None = None) -> bool:
    """Whether the study has been created."""
    folder = study_folder(name, studies)
    if url is None and not (folder / JOURNAL).exists():
        return False
    return not _absent(name, open_storage(folder, url))


def load(name: str, studies: Path, url: str | None = None) -> Study:
    """An existing study; FrugalError where there is none, naming those that are."""
    folder = study_folder(name, studies)
    if url is None and not (folder / JOURNAL).exists():
        known = ", ".join(names(studies)) or "none yet"
        raise FrugalError(
            f"no study {name} in {studies} (there: {known}); python -m search run --study {name} "
            "begins one"
        )
    return _load(name, folder, open_storage(folder, url))


def names(studies: Path) -> list[str]:
    """The studies under a root, by name."""
    return sorted(path.parent.name for path in studies.glob(f"*/{JOURNAL}"))


def names_in_storage(url: str) -> list[str]:
    """The studies of this program in a storage, by name."""
    with storage_errors():
        there = open_storage(Path(), url).get_all_studies()
    return sorted(study.study_name for study in there if SETUP in study.user_attrs)


def create_or_resume(
    name: str, studies: Path, setup: StudySettings, url: str | None = None
) -> Study:
    """The study of that name, made if there is none.

    FrugalError where it exists with another setup, with the difference and a remedy.
    """
    folder = study_folder(name, studies)
    make_writable(folder, "choose another root with --studies")
    storage = open_storage(folder, url)
    with storage_errors(), RunLocks(folder).admission_lock():
        if _absent(name, storage):
            _create(name, folder, setup, storage)
    study = _load(name, folder, storage)
    if differences := study.setup.differences(setup):
        raise FrugalError(
            f"study {name} was made with another setup ({'; '.join(differences)}): "
            "its scores would not compare; begin another with --study "
            f"{free_name(name, studies, url)}"
        )
    return study


def _absent(name: str, storage: BaseStorage) -> bool:
    """Whether there is no such study, or only the partial files of a killed creation."""
    if name not in optuna.get_all_study_names(storage):
        return True
    left = optuna.load_study(study_name=name, storage=storage)
    return SETUP not in left.user_attrs and not left.get_trials(deepcopy=False)


def _create(name: str, folder: Path, setup: StudySettings, storage: BaseStorage) -> None:
    """Creates a study. The setup is written last and marks the study as complete."""
    created = optuna.create_study(
        study_name=name, storage=storage, direction="maximize", load_if_exists=True
    )
    for path, text in setup.files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        write_whole(folder / path, text)
    created.set_user_attr(SETUP, to_json(setup))


def _load(name: str, folder: Path, storage: BaseStorage) -> Study:
    if _absent(name, storage):
        raise FrugalError(
            f"the storage holds no study {name}; python -m search run --study {name} begins one"
        )
    # a handle on a trial asks its study's sampler: this one costs nothing
    opened = optuna.load_study(study_name=name, storage=storage, sampler=RandomSampler())
    if SETUP not in opened.user_attrs:
        raise FrugalError(
            f"study {name} was not made by this program: it lacks our setup; choose another --study"
        )
    return Study(name, folder, storage, opened)


def free_name(name: str, studies: Path, url: str | None = None) -> str:
    """A name like that of a study which no other has: mnist-2; mnist-3 after mnist and mnist-2."""
    stem, _, last = name.rpartition("-")
    numbered = bool(stem) and last.isdigit() and (studies / stem).exists()
    stem, number = (stem, int(last) + 1) if numbered else (name, 2)
    taken = names_in_storage(url) if url else []
    while (studies / f"{stem}-{number}").exists() or f"{stem}-{number}" in taken:
        number += 1
    return f"{stem}-{number}"
