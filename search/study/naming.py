"""The default name of a study, and the study that was run last. Does not import torch.

A new study is named after its data and its limits: mnist, mnist-2000-images-4-epochs. Without
--study, commands other than run use the study that was run last in the studies folder or storage.
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
LONGEST = 60  # characters of a data folder's name used in a study's name
# Names of folders that do not describe the images; the parent folder's name is added.
GENERAL = {"data", "dataset", "images", "raw", "train", "training"}
PASSWORD = re.compile(r"//[^/]*@")  # user and password in a storage URL


@dataclass(frozen=True)
class Request:
    """The options of a run without --study that determine the study's name. None: not given.

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
        """Whether a study has all requested settings. digest: of the data's images."""
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
    """Return the name of a study for a request: its data and all limits that were given.

    known_data: names of data sets that are not folders.
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
    """Return the data's part of a study's name: its name, or that of its folder in plain letters.

    "-folder" is added to a name that other data or a file of the studies folder has.
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
    """The default name in earlier versions: "mnist", or the data's name and "-smallest"."""
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
    """The study of a studies folder or storage that was run last. time: ISO 8601, UTC.

    storage: a hash of the storage's URL without its password; "" for journals in the folder.
    """

    study: str
    time: str
    storage: str = ""

    @property
    def text(self) -> str:
        """The first line of a command's output: "study mnist, last run 2026-11-25 19:40"."""
        local = datetime.fromisoformat(self.time).astimezone()
        return f"study {self.study}, last run {local:%Y-%m-%d %H:%M}"


def record_last_run(study: str, studies: Path, url: str | None = None) -> None:
    """Record a study as the one that commands without --study use."""
    mark = _mark(url)
    others = [run for run in _recorded(studies) if run.storage != mark]
    run = LastRun(study, datetime.now(UTC).isoformat(timespec="seconds"), mark)
    runs = [to_data(each) for each in (*others, run)]
    write_whole(studies / LAST_RUNS, json.dumps(runs, indent=1) + "\n")


def last_run(studies: Path, url: str | None = None) -> LastRun:
    """Return the study run last: as recorded, else by the times in the studies' own files.

    FrugalError if there is no study.
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
    """The recorded runs; none if the file is missing or damaged, because it is optional."""
    try:
        runs = json.loads((studies / LAST_RUNS).read_text(encoding="utf-8"))
        return [from_data(LastRun, run) for run in runs]
    except (OSError, ValueError, TypeError, FrugalError):
        return []


def _time_of_last_run(name: str, studies: Path, url: str | None) -> datetime:
    """The time of a study's last run: by its environment.json, else by its trials."""
    folder = studies / name
    with suppress(OSError, ValueError, TypeError, KeyError, AttributeError):
        runs = json.loads((folder / "environment.json").read_text(encoding="utf-8"))
        return max(datetime.fromisoformat(run["started"]).astimezone(UTC) for run in runs)
    with suppress(OSError):
        return datetime.fromtimestamp((folder / JOURNAL).stat().st_mtime, UTC)
    started: list[datetime] = []
    with suppress(FrugalError):  # a study that cannot be opened is not the last one
        trials = load(name, studies, url).optuna.get_trials(deepcopy=False)
        started = [trial.datetime_start.astimezone(UTC) for trial in trials if trial.datetime_start]
    return max(started, default=datetime.fromtimestamp(0, UTC))
