"""The name of a study that was given none, and the study that was run last. No torch.

A new study is named after its data and after what limits it: mnist, mnist-2000-images-4-epochs.
Commands other than run take the study that was run last in the studies folder, or in the storage.
"""

import json
import re
import unicodedata
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path

from search.data.test_ledger import LEDGER
from search.errors import FrugalError
from search.files import from_data, to_data, write_whole
from search.study.hints import PROGRAM
from search.study.settings import StudySettings
from search.study.storage import JOURNAL
from search.study.study import load, names, names_in_storage

DEFAULT_DATA = "mnist"
LAST_RUNS = ".last-run.json"  # in the studies folder
LONGEST = 60  # characters of a folder's name in that of a study
# Folders whose own name says nothing about the images; the folder around them is named too.
GENERAL = {"data", "dataset", "images", "raw", "train", "training"}
PASSWORD = re.compile(r"//[^/]*@")  # with the user, in a storage URL


@dataclass(frozen=True)
class Request:
    """What a run without --study asks for, of all that names a study. None: nothing was said.

    data: a name or a folder. minimise: see `StudySettings`. simulated: False for a real device.
    """

    data: str | None = None
    train_examples: int | None = None
    parameters: int | None = None
    epochs: int | None = None
    window: int | None = None
    minimise: str | None = None
    simulated: bool | None = None

    def fits(self, setup: StudySettings, digest: str | None) -> bool:
        """Whether a study has everything that was asked for. digest: of the data's images."""
        asked_and_kept = (
            (digest, setup.digest),
            (self.train_examples, setup.train_examples or setup.training_images),
            (self.parameters, setup.budget.parameters),
            (self.epochs, setup.budget.epochs),
            (self.window, setup.window),
            (self.simulated, setup.simulated),
        )
        same_goal = self.minimise == setup.minimise
        return same_goal and all(asked in (None, kept) for asked, kept in asked_and_kept)


def default_name(request: Request, known_data: Iterable[str]) -> str:
    """The name of a study for the request, whose limits are those that differ from the usual ones.

    known_data: names of data that are no folders.
    """
    parts = [
        data_name(request.data or DEFAULT_DATA, known_data),
        "smallest" if request.minimise else "",
        f"{request.train_examples}-images" if request.train_examples is not None else "",
        f"{request.epochs}-epochs" if request.epochs is not None else "",
        f"{request.parameters}-parameters" if request.parameters is not None else "",
        f"window-{request.window}" if request.window is not None else "",
        "simulated" if request.simulated else "",
    ]
    return "-".join(filter(None, parts))


def data_name(data: str, known_data: Iterable[str]) -> str:
    """The data's part of a study's name: its own name, or that of its folder in plain letters.

    A folder that is called like other data, or like a file of the studies folder, is "...-folder".
    """
    if data in known_data:
        return data
    folder = Path(data).expanduser().resolve()
    name = _plain(folder.name)
    if name.lower() in GENERAL:
        name = "-".join(filter(None, [_plain(folder.parent.name), name]))
    name = name or "images"
    return f"{name}-folder" if name in {*known_data, LEDGER} else name


def former_name(request: Request) -> str:
    """The name that versions before gave: "mnist", or "mnist-smallest" after the data."""
    if not request.minimise:
        return DEFAULT_DATA
    folder = Path(request.data).resolve().name if request.data else DEFAULT_DATA
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", folder).strip(".-_")
    return f"{name or DEFAULT_DATA}-smallest"


def _plain(name: str) -> str:
    """The name in ASCII letters, digits, dots, dashes and underscores; accents are dropped."""
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9._-]+", "-", letters)[:LONGEST].strip(".-_")


@dataclass(frozen=True)
class LastRun:
    """The study that a folder or storage ran last. time: ISO 8601, UTC.

    storage: a mark of the storage's URL without its password, "" for journals in the folder.
    """

    study: str
    time: str
    storage: str = ""

    @property
    def text(self) -> str:
        """The line that commands begin with: "study mnist, last run 2026-11-25 19:40"."""
        local = datetime.fromisoformat(self.time).astimezone()
        return f"study {self.study}, last run {local:%Y-%m-%d %H:%M}"


def record_last_run(study: str, studies: Path, url: str | None = None) -> None:
    """Makes a study the one that commands without --study take."""
    mark = _mark(url)
    others = [run for run in _recorded(studies) if run.storage != mark]
    run = LastRun(study, datetime.now(UTC).isoformat(timespec="seconds"), mark)
    runs = [to_data(each) for each in (*others, run)]
    write_whole(studies / LAST_RUNS, json.dumps(runs, indent=1) + "\n")


def last_run(studies: Path, url: str | None = None) -> LastRun:
    """The study run last: as recorded, else by the times in the studies' own files.

    FrugalError where there is no study.
    """
    there = names_in_storage(url) if url else names(studies)
    if not there:
        place = "the storage" if url else studies
        raise FrugalError(f"no study in {place} yet: {PROGRAM} run starts one")
    mark = _mark(url)
    for run in _recorded(studies):
        if run.storage == mark and run.study in there:
            return run
    times = {name: _time_of_last_run(name, studies, url) for name in there}
    newest = max(there, key=lambda name: times[name])
    return LastRun(newest, times[newest].isoformat(timespec="seconds"), mark)


def _mark(url: str | None) -> str:
    plain = PASSWORD.sub("//", url or "").partition("?")[0]
    return blake2b(plain.encode(), digest_size=8).hexdigest() if plain else ""


def _recorded(studies: Path) -> list[LastRun]:
    """The recorded runs; none where the file is missing or damaged, for it can be done without."""
    try:
        runs = json.loads((studies / LAST_RUNS).read_text(encoding="utf-8"))
        return [from_data(LastRun, run) for run in runs]
    except (OSError, ValueError, TypeError, FrugalError):
        return []


def _time_of_last_run(name: str, studies: Path, url: str | None) -> datetime:
    """When a study was used last: by its environment.json, else by its trials."""
    folder = studies / name
    with suppress(OSError, ValueError, TypeError, KeyError, AttributeError):
        runs = json.loads((folder / "environment.json").read_text(encoding="utf-8"))
        return max(datetime.fromisoformat(run["started"]).astimezone(UTC) for run in runs)
    with suppress(OSError):
        return datetime.fromtimestamp((folder / JOURNAL).stat().st_mtime, UTC)
    started: list[datetime] = []
    with suppress(FrugalError):  # a folder that cannot be opened is not the study run last
        trials = load(name, studies, url).optuna.get_trials(deepcopy=False)
        started = [trial.datetime_start.astimezone(UTC) for trial in trials if trial.datetime_start]
    return max(started, default=datetime.fromtimestamp(0, UTC))
