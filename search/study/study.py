"""Create, open and resume studies: named folders of trials that share their settings."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import optuna
import pandas as pd
from optuna.exceptions import UpdateFinishedTrialError
from optuna.samplers import RandomSampler
from optuna.storages import BaseStorage
from optuna.trial import FrozenTrial, Trial

from search.errors import FrugalError
from search.files import from_json, make_writable, to_json, write_whole
from search.seeds import derive
from search.study.database import CREATION, shared_database
from search.study.environment import record_environment
from search.study.heartbeat import DatabaseRuns
from search.study.hints import command_hint, masked_url, study_options
from search.study.locks import RunLocks, RunRegistry
from search.study.ownership import (
    IDENTITY,
    SETUP,
    WRITTEN,
    Marker,
    check_unmarked,
    checked_marker,
    find_study,
    identity_of,
    new_identity,
    read_marker,
    set_aside,
    set_aside_former,
    write_marker,
)
from search.study.records import STATES, Outcome, Record, TrialRecords, trials_frame
from search.study.settings import StudySettings
from search.study.smallest import frontier, rank_candidates
from search.study.storage import (
    JOURNAL,
    has_journal,
    moved,
    open_storage,
    read_storage,
    storage_errors,
    storage_place,
)
from search.study.weight_files import (
    WeightsOwner,
    owner_identity,
    read_weights,
    weights_content,
    write_weights,
)

KEPT_WEIGHTS = 5  # the number of best candidates with stored weights
WEIGHTS = "weights"  # the subfolder of a study's folder for weights
WEIGHT_FILE = re.compile(r"trial-(\d+)\.safetensors")
UNFINISHED = (".part", ".partial")  # endings of files that a killed process did not finish
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
PROCESS_GONE = "its process is gone"  # the reason of a trial whose run was killed


class Study:
    """An existing study, with its trials as values and as a table.

    folder: contains weights, the copied files and, by default, the journal. optuna: Optuna's study.
    name: of the folder; the name in the storage may differ. identity: unchanged if the study is
    moved or renamed; "" in a study of an earlier version without trials. url: of the storage, None
    for the journal in the folder. place: the URL without its password, see `storage_place`. notes:
    lines about files that were set aside when the folder was opened for writing.
    """

    def __init__(
        self,
        name: str,
        folder: Path,
        storage: BaseStorage,
        opened: optuna.Study,
        url: str | None = None,
    ) -> None:
        self.name = name
        self.folder = folder
        self.url = url
        self.storage = storage
        self.optuna = opened
        self.place = storage_place(url) if url else None
        self.setup = _settings(name, opened)
        self.identity = identity_of(storage, self._number)
        self.notes: list[str] = []
        self._database = shared_database(url)
        self.run_locks = self._run_registry()
        self.trial_records = TrialRecords(opened)
        self._claimed = False

    @property
    def _number(self) -> int:
        """Optuna's number of the study in its storage."""
        return self.optuna._study_id  # noqa: SLF001 # Optuna has no public way

    def _run_registry(self) -> RunRegistry:
        """The runs of this folder; in a database, those of all folders and hosts."""
        local = RunLocks(self.folder, foreign=self.place is not None, check=self.check_folder)
        if self._database is None:
            return local
        if self._database.file:
            folder = self._database.lock_folder
            return RunLocks(folder, shared=True, check=self.check_folder)
        return DatabaseRuns(self._database, self._number, local, self.check_folder)

    def claim(self) -> None:
        """Mark the folder as this study's; required before a command writes into it.

        A study of an earlier version gets an identity. Files of other studies are set aside, with
        a line in `notes`. FrugalError if the folder cannot be written, or belongs to another study.
        """
        make_writable(self.folder, "copy it to a writable folder and select that with --studies")
        with storage_errors(), self.run_locks.admission_lock():
            check_unmarked(self.name, self.folder, self.place)
            self._keep_identity()
            self._set_aside_others()
            write_marker(Marker(self.identity, self.optuna.study_name, self.place), self.folder)
        self._claimed = True

    def _keep_identity(self) -> None:
        if IDENTITY not in self.optuna.user_attrs:
            self.optuna.set_user_attr(IDENTITY, self.identity or new_identity())
        self.identity = self.optuna.user_attrs[IDENTITY]

    def _set_aside_others(self) -> None:
        """Set aside files of the study that owned the folder, and weights of other studies."""
        marker = read_marker(self.folder)
        if marker and marker.identity != self.identity:
            written = [self.folder / name for name in WRITTEN]
            self.notes += set_aside(self.folder, written, marker.identity)
        self._set_aside_weights()

    def _set_aside_weights(self) -> None:
        weights = sorted((self.folder / WEIGHTS).glob("*.safetensors"))
        foreign = [path for path in weights if not self._owns(path)]
        for owner in sorted({owner_identity(path) for path in foreign}):
            paths = [path for path in foreign if owner_identity(path) == owner]
            self.notes += set_aside(self.folder, paths, owner)

    def check_folder(self) -> None:
        """Raise FrugalError if the folder was moved or given to another study since `claim`."""
        if not self._claimed:
            return
        marker = read_marker(self.folder)
        if not self.folder.is_dir() or (marker and marker.identity != self.identity):
            raise moved(self.folder)

    @property
    def options(self) -> str:
        """The command-line options that select this study; see `hints.study_options`."""
        return study_options(self.name, self.folder.parent, self.url)

    def command(self, command: str) -> str:
        """Return the command line for a command on it, such as "show" or "run --trials 100"."""
        return command_hint(command, self.name, self.folder.parent, self.url)

    def records(self) -> list[Record]:
        """Return all trials by number."""
        self.trial_records.refresh()
        return self.trial_records.records

    @property
    def trials(self) -> pd.DataFrame:
        """A table with one row per trial; see `records.trials_frame`."""
        return trials_frame(self.records())

    def ranking(self) -> list[Record]:
        """Return the candidates trained to the end, best first; see `rank_candidates`."""
        records, target = self.records(), self.setup.target
        return self.trial_records.ranked if target is None else rank_candidates(records, target)

    def best(self) -> Record:
        """Return the best candidate; FrugalError if none is trained to the end yet."""
        ranking = self.ranking()
        if not ranking:
            raise FrugalError(
                f"study {self.name} has no candidate trained to the end yet; to train some: "
                f"{self.command('run')}"
            )
        return ranking[0]

    def add_running_trial(self, trial: FrozenTrial) -> Trial:
        """Add a trial without a sampler. Its user attributes must be unique."""
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
        """End a trial. value: of a trained one, for the sampler. reason: human-readable.

        attributes: user attributes with the information of the reason; see `Record`. They are
        written before the state, because Optuna does not change a trial that has ended.
        """
        for name, attribute in attributes.items():
            trial.set_user_attr(name, attribute)
        if reason:
            trial.set_user_attr("reason", reason)
        trial.set_user_attr("outcome", outcome)
        self.optuna.tell(trial, value, state=STATES[outcome])

    def end_abandoned_trial(self, trial: FrozenTrial) -> None:
        """End a trial whose run was killed, unless it has ended."""
        abandoned = self._handle(trial)
        with suppress(UpdateFinishedTrialError):
            self.finish_trial(abandoned, "interrupted", reason=PROCESS_GONE, process_gone=True)

    def _handle(self, trial: FrozenTrial) -> Trial:
        return Trial(self.optuna, trial._trial_id)  # noqa: SLF001 # Optuna has no public way

    def stored_trial(self, trial: Trial) -> FrozenTrial:
        """Return the current state of a trial in the storage."""
        return self.storage.get_trial(trial._trial_id)  # noqa: SLF001 # Optuna has no public way

    @contextmanager
    def saving_weights(self, number: int, weights: dict[str, np.ndarray]) -> Iterator[None]:
        """Save a trial's weights, run the block that records its score, delete other weights.

        The weights of the best few trials are kept. This order ensures that their weights always
        exist. The caller holds the admission lock.
        """
        if self._database is None:
            with self._saving_file(number, weights):
                yield
            return
        content = weights_content(weights, self._owner(number))
        self._database.write_weights(self._number, number, content)
        yield
        self._database.keep_weights(self._number, self._trials_with_weights())

    @contextmanager
    def _saving_file(self, number: int, weights: dict[str, np.ndarray]) -> Iterator[None]:
        path = self._weights_path(number)
        path.parent.mkdir(exist_ok=True)
        if path.exists() and not self._owns(path):
            self.notes += set_aside(self.folder, [path], owner_identity(path))
        write_weights(
            path,
            weights,
            self._owner(number),
            "fix it and run the same command again to resume",
        )
        yield
        wanted = {self._weights_path(number) for number in self._trials_with_weights()}
        for other in set(path.parent.iterdir()) - wanted:
            if other.name.endswith(UNFINISHED) or self._owns(other):
                other.unlink(missing_ok=True)

    def _trials_with_weights(self) -> list[int]:
        """The numbers of the best few trials, and of those that can still become the answer."""
        best = [record.number for record in self.ranking()[:KEPT_WEIGHTS]]
        if (target := self.setup.target) is None:
            return best
        in_question = frontier(self.trial_records.records, target).in_question
        return best + [success.first.number for success in in_question]

    def weights(self, number: int) -> dict[str, np.ndarray]:
        """Return the scored weights of a trial, by name; FrugalError if they are not stored."""
        stored = self._stored_weights(number)
        if stored is None:
            numbers = self._trials_with_weights()
            there = ", ".join(str(n) for n in numbers if self._stored_weights(n) is not None)
            raise FrugalError(
                f"no weights of trial {number} in {self._weights_place}: only those of the best "
                f"{KEPT_WEIGHTS} candidates are kept; choose a trial that has weights "
                f"({there or 'none yet'})"
            )
        return read_weights(stored, self._owner(number), self._weights_place)

    def _stored_weights(self, number: int) -> Path | bytes | None:
        """The weights of a trial, in the database or in a file; None if there are none.

        Earlier versions wrote files for all storages.
        """
        if self._database is not None:
            with storage_errors():
                content = self._database.read_weights(self._number, number)
            if content is not None:
                return content
        path = self._weights_path(number)
        return path if path.exists() else None

    @property
    def _weights_place(self) -> str:
        return str(self.folder / WEIGHTS) if self._database is None else str(self.place)

    def _weights_path(self, number: int) -> Path:
        return self.folder / WEIGHTS / f"trial-{number:05}.safetensors"

    def _owner(self, number: int) -> WeightsOwner:
        record = self.records()[number]
        return WeightsOwner(
            self.identity,
            trial=number,
            seed=derive(self.setup.seed, record.origin),
            candidate=record.candidate,
            simulated=self.setup.simulated,
        )

    def _owns(self, path: Path) -> bool:
        """Whether a weight file belongs to a trial of this study."""
        named = WEIGHT_FILE.fullmatch(path.name)
        if named is None or int(named[1]) >= len(self.records()):
            return False
        return self._owner(int(named[1])).owns(path)

    def record_environment(
        self, *, device: str, operators: str, workers: int, command: str
    ) -> None:
        """Add this run to environment.json; see `environment.record_environment`."""
        with self.run_locks.admission_lock():
            record_environment(
                self.folder / "environment.json",
                identity=self.identity,
                device=device,
                operators=operators,
                workers=workers,
                command=command,
            )


@dataclass(frozen=True)
class ListedStudy:
    """An entry in a list of studies: its settings, and its trials by number.

    setup: None if the folder cannot be opened as a study. problem: the reason, else "".
    """

    name: str
    setup: StudySettings | None
    records: Sequence[Record]
    problem: str = ""


def study_folder(name: str, studies: Path) -> Path:
    """Return the folder of a study; FrugalError if the name is invalid."""
    if not NAME.fullmatch(name):
        raise FrugalError(
            f'"{name}" cannot name a study: use letters, digits, dots, dashes and '
            "underscores, and begin with a letter or digit"
        )
    return studies / name


def exists(name: str, studies: Path, url: str | None = None) -> bool:
    """Whether the study exists. Writes nothing."""
    folder = study_folder(name, studies)
    if url is None and read_marker(folder) is None and not has_journal(folder):
        return False
    marker = checked_marker(name, folder, url)
    if url is None and not has_journal(folder):
        return False
    return find_study(name, folder, read_storage(folder, url), marker, url) is not None


def load(name: str, studies: Path, url: str | None = None) -> Study:
    """Open an existing study without writing; FrugalError with the existing names if missing.

    Commands that write into the study's folder must call `Study.claim` first.
    """
    folder = study_folder(name, studies)
    marker = checked_marker(name, folder, url)
    if url is None and not has_journal(folder):
        raise FrugalError(_no_study(name, studies))
    return _load(name, folder, read_storage(folder, url), marker, url)


def _no_study(name: str, studies: Path) -> str:
    folder = studies / name
    if folder.is_symlink() and not folder.exists():
        return (
            f"{folder} is a link to a folder that does not exist ({folder.readlink()}): fix or "
            "remove the link"
        )
    if read_marker(folder):
        return (
            f"{folder} has no {JOURNAL} any more: restore it from a copy; "
            f"{command_hint('run', name, studies)} starts another study there and sets the files "
            "of this one aside"
        )
    known = ", ".join(names(studies)) or "none yet"
    return (
        f"no study {name} in {studies} (existing studies: {known}); "
        f"{command_hint('run', name, studies)} starts it"
    )


def names(studies: Path) -> list[str]:
    """Return the sorted names of the studies in a folder, including unreadable ones."""
    try:
        entries = sorted(studies.iterdir())
    except FileNotFoundError:
        return []
    except OSError as error:
        raise FrugalError(
            f"cannot read {studies}: {error.strerror or error}; choose another studies folder "
            "with --studies"
        ) from error
    return [path.name for path in entries if path.name[0] != "." and _holds_study(path)]


def _holds_study(folder: Path) -> bool:
    if has_journal(folder) or read_marker(folder):
        return True
    return folder.is_symlink() and not folder.exists()


def listed_study(name: str, studies: Path) -> ListedStudy:
    """Return the entry of a folder in a list of studies, also if it cannot be opened."""
    try:
        study = load(name, studies)
        return ListedStudy(name, study.setup, study.records())
    except FrugalError as error:
        problem = str(error)
    except Exception as error:  # noqa: BLE001 # one unreadable folder must not hide the others
        problem = f"cannot be read: {error!r:.200}"
    return ListedStudy(name, None, (), problem)


def names_in_storage(url: str) -> list[str]:
    """Return the sorted names of this program's studies in a storage."""
    with storage_errors():
        there = open_storage(Path(), url).get_all_studies()
    return sorted(study.study_name for study in there if SETUP in study.user_attrs)


def create_or_resume(
    name: str, studies: Path, setup: StudySettings, url: str | None = None
) -> Study:
    """Open a study for writing, or create it if it does not exist.

    FrugalError, with the differences and a remedy, if it exists with other settings.
    """
    folder = study_folder(name, studies)
    checked_marker(name, folder, url)
    make_writable(folder, "choose another studies folder with --studies")
    storage = open_storage(folder, url)
    database = shared_database(url)
    notes: list[str] = []
    with (
        storage_errors(),
        RunLocks(folder).admission_lock(),
        database.lock(CREATION) if database else nullcontext(),
    ):
        marker = checked_marker(name, folder, url)
        if find_study(name, folder, storage, marker, url) is None:
            check_unmarked(name, folder, url)
            notes = set_aside_former(folder, setup.files, marker)
            number = _create(name, folder, setup, storage)
            if database:
                database.keep_weights(number, ())  # those of a deleted study with the same number
            marker = None
    study = _load(name, folder, storage, marker, url)
    if differences := study.setup.differences(setup):
        raise FrugalError(
            f"study {name} was created with other settings ({'; '.join(differences)}): "
            "its scores would not be comparable; start another study with --study "
            f"{free_name(name, studies, url)}"
        )
    study.notes += notes
    study.claim()
    return study


def _create(name: str, folder: Path, setup: StudySettings, storage: BaseStorage) -> int:
    """Create a study and return its number in the storage.

    The settings are written last; they mark it as complete.
    """
    created = optuna.create_study(
        study_name=name, storage=storage, direction="maximize", load_if_exists=True
    )
    created.set_user_attr(IDENTITY, new_identity())
    for path, text in setup.files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        write_whole(folder / path, text)
    created.set_user_attr(SETUP, to_json(setup))
    return created._study_id  # noqa: SLF001 # Optuna has no public way


def _load(
    name: str, folder: Path, storage: BaseStorage, marker: Marker | None, url: str | None
) -> Study:
    found = find_study(name, folder, storage, marker, url)
    if found is None:
        where = masked_url(url) if url else str(folder / JOURNAL)
        raise FrugalError(
            f"the storage contains no study {name} ({where}); "
            f"{command_hint('run', name, folder.parent, url)} starts it"
        )
    # creating a Trial calls its study's sampler, so use a cheap one
    opened = optuna.load_study(study_name=found.name, storage=storage, sampler=RandomSampler())
    return Study(name, folder, storage, opened, url)


def _settings(name: str, opened: optuna.Study) -> StudySettings:
    try:
        return from_json(StudySettings, opened.user_attrs[SETUP])
    except (FrugalError, TypeError) as error:
        raise FrugalError(
            f"the settings of study {name} cannot be read ({error}): a newer version of this "
            "program may have written them; update it, or choose another --study"
        ) from error


def free_name(name: str, studies: Path, url: str | None = None) -> str:
    """Return an unused name like that of a study: mnist-2; mnist-3 after mnist and mnist-2."""
    stem, _, last = name.rpartition("-")
    numbered = bool(stem) and last.isdigit() and (studies / stem).exists()
    stem, number = (stem, int(last) + 1) if numbered else (name, 2)
    taken = names_in_storage(url) if url else []
    while (studies / f"{stem}-{number}").exists() or f"{stem}-{number}" in taken:
        number += 1
    return f"{stem}-{number}"
