"""Owners of folders and files, with real studies of tiny networks: renamed, copied, replaced."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import optuna
import pytest

from search.api import export
from search.data.dataset import Dataset
from search.errors import FrugalError
from search.loop.events import RunEvent
from search.loop.run import Run
from search.study import ownership, study
from search.study.ownership import MARKER, SET_ASIDE, SHORT, Marker, read_marker, set_aside
from search.study.storage import open_storage
from search.study.study import load
from tests.support import tiny

OLD = Path(__file__).parents[1] / "support" / "old_study"
SEEDS = {"first": 0, "second": 5}


@pytest.fixture(scope="module")
def searched(tmp_path_factory: pytest.TempPathFactory, small_mnist: Dataset) -> Path:
    """A studies folder with two studies of two trained candidates each. Shared, so read-only."""
    root = tmp_path_factory.mktemp("searched")
    for name, seed in SEEDS.items():
        tiny.search(root, tiny.few(small_mnist), 2, name=name, seed=seed)
    return root


@pytest.fixture
def studies(searched: Path, tmp_path: Path) -> Path:
    """A copy of the studies folder."""
    return Path(shutil.copytree(searched, tmp_path / "studies"))


@pytest.fixture
def resume(small_mnist: Dataset) -> Callable[..., Any]:
    """Return a function that continues or starts a study, as a command in another process would."""

    def search(studies: Path, wanted: int, **given: Any) -> study.Study:
        return tiny.search(studies, tiny.few(small_mnist), wanted, **given)

    return search


def contents(folder: Path) -> dict[str, bytes]:
    """The contents of all files below a folder, except locks."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.endswith(".lock")
    }


def weights(folder: Path) -> dict[str, bytes]:
    """The weight files of a study, by name."""
    return contents(folder / "weights")


@pytest.mark.parametrize("marked", [True, False], ids=["marked", "without marker"])
def test_a_renamed_folder_is_the_study_of_its_new_name(
    studies: Path, resume: Callable[..., Any], marked: bool, tmp_path: Path
) -> None:
    """A renamed folder is listed, exported and resumed with its weights and identity."""
    before = load("first", studies)
    kept, trials = weights(before.folder), len(before.records())
    (studies / "first").rename(studies / "renamed")
    if not marked:
        (studies / "renamed" / MARKER).unlink()
    assert study.names(studies) == ["renamed", "second"]
    assert not study.exists("first", studies)
    found = load("renamed", studies)
    assert (found.name, found.identity) == ("renamed", before.identity)
    assert found.command("show").startswith("python -m search show --study renamed")
    export("renamed", out=tmp_path / "best.py", studies=studies)
    again = resume(studies, 3, name="renamed")
    assert len(again.records()) > trials
    assert again.identity == before.identity
    assert kept.items() <= weights(again.folder).items()
    assert read_marker(again.folder) == Marker(before.identity, "first")


def test_a_copied_folder_leaves_the_first_alone(studies: Path, resume: Callable[..., Any]) -> None:
    """A copy and its original both open and do not affect each other."""
    shutil.copytree(studies / "first", studies / "copy")
    before = contents(studies / "first")
    assert resume(studies, 4, name="copy").identity == load("first", studies).identity
    assert contents(studies / "first") == before
    assert sum(record.counts for record in load("copy", studies).records()) == 4


def test_a_study_in_the_folder_of_a_former_one_sets_its_files_aside(
    studies: Path, resume: Callable[..., Any]
) -> None:
    """If only the journal was deleted, files of the former study are neither lost nor used."""
    folder = studies / "first"
    identity = load("first", studies).identity
    (folder / "report.html").write_text("the former report")
    (folder / "confirmed").mkdir()
    (folder / "confirmed" / "trial-1-run-0.safetensors").write_bytes(b"former weights")
    (folder / "notes.txt").write_text("a person's own file")
    (folder / "journal.log").unlink()
    with pytest.raises(FrugalError, match=r"no journal\.log any more: restore it from a copy; .*"):
        load("first", studies)
    before = contents(folder)
    started = resume(studies, 1, name="first", seed=9)
    assert started.identity not in ("", identity)
    (line,) = started.notes
    place = folder / SET_ASIDE / identity[:SHORT]
    assert line.startswith(
        f"set aside files of another study (identity {identity[:SHORT]}) in {place}: "
    )
    moved = contents(place)
    gone = {MARKER, "space.py", "objective.py", "notes.txt"}  # replaced or the same in both
    assert moved == {name: text for name, text in before.items() if name not in gone}
    assert (folder / "notes.txt").read_text() == "a person's own file"
    assert read_marker(folder) == Marker(started.identity, "first")
    assert list(weights(folder)) == ["trial-00000.safetensors"]


def test_weights_of_another_study_are_neither_used_nor_deleted(
    studies: Path, resume: Callable[..., Any], tmp_path: Path
) -> None:
    """Weights of another study with this study's file names are neither used nor deleted."""
    folder, other = studies / "first", studies / "second"
    foreign = dict(zip(weights(folder), weights(other).values(), strict=True))
    for name, content in foreign.items():
        (folder / "weights" / name).write_bytes(content)
    with pytest.raises(FrugalError, match="is damaged or belongs to another study"):
        export("first", out=tmp_path / "best.py", studies=studies)
    assert weights(folder) == foreign  # exporting writes nothing there
    assert not (tmp_path / "best.py").exists()
    searched = resume(studies, 3, name="first")
    assert len(searched.notes) == 1
    identity = load("second", studies).identity
    place = folder / SET_ASIDE / identity[:SHORT] / "weights"
    assert contents(place) == foreign
    assert not foreign.items() & weights(folder).items()


def test_other_files_in_the_weights_folder_stay(studies: Path, resume: Callable[..., Any]) -> None:
    """Better candidates replace only this study's own weights, no other files."""
    own = studies / "first" / "weights" / "mine.bin"
    own.write_bytes(b"mine")
    resume(studies, 9, name="first")
    assert own.read_bytes() == b"mine"
    kept = [name for name in weights(studies / "first") if name.startswith("trial-")]
    assert len(kept) == study.KEPT_WEIGHTS


def test_what_is_set_aside_never_replaces_anything(tmp_path: Path) -> None:
    """Files of the same name are all kept, from the same study or from unknown ones."""
    for text in ("one", "two"):
        (tmp_path / "report.html").write_text(text)
        assert len(set_aside(tmp_path, [tmp_path / "report.html"], "0123456789abcdef")) == 1
    place = tmp_path / SET_ASIDE
    assert (place / "01234567" / "report.html").read_text() == "one"
    assert (place / "01234567-2" / "report.html").read_text() == "two"
    assert set_aside(tmp_path, [tmp_path / "report.html"], "0123456789abcdef") == []


def test_a_storage_and_a_journal_do_not_share_a_folder(
    studies: Path, resume: Callable[..., Any], tmp_path: Path
) -> None:
    """Adding or omitting --storage later is an error with the remedy."""
    url = f"sqlite:///{tmp_path / 'trials.db'}"
    with pytest.raises(FrugalError, match=r"belongs to the study in its journal.*omit --storage"):
        resume(studies, 3, name="first", storage=url)
    stored = resume(studies, 2, name="stored", storage=url)
    before = contents(stored.folder)
    with pytest.raises(FrugalError, match=r"belongs to study stored in the storage .*--storage"):
        resume(studies, 3, name="stored")
    with pytest.raises(FrugalError, match="--storage"):
        load("stored", studies)
    (listed,) = [study.listed_study("stored", studies)]
    assert "--storage" in listed.problem
    assert contents(stored.folder) == before


def test_another_storage_is_an_error(
    studies: Path, resume: Callable[..., Any], tmp_path: Path
) -> None:
    """A folder whose marker names another storage is rejected."""
    urls = [f"sqlite:///{tmp_path / name}" for name in ("one.db", "two.db")]
    resume(studies, 1, name="stored", storage=urls[0])
    with pytest.raises(FrugalError, match=r"one\.db, not in .*two\.db.*choose another --study"):
        resume(studies, 1, name="stored", storage=urls[1])


def test_a_renamed_folder_finds_its_study_in_a_storage(
    studies: Path, resume: Callable[..., Any], tmp_path: Path
) -> None:
    """The marker identifies the study; a second study with the folder's name is an error."""
    url = f"sqlite:///{tmp_path / 'trials.db'}"
    first = resume(studies, 2, name="stored", storage=url)
    best = first.best().number
    kept = first.weights(best)
    first.folder.rename(studies / "renamed")
    again = resume(studies, 3, name="renamed", storage=url)
    assert again.identity == first.identity
    assert all((array == kept[name]).all() for name, array in again.weights(best).items())
    resume(studies, 1, name="other", seed=5, storage=url)
    shutil.rmtree(studies / "other")
    again.folder.rename(studies / "other")
    with pytest.raises(FrugalError, match="belongs to study stored, and the storage also has"):
        resume(studies, 4, name="other", storage=url)


def test_a_study_started_again_in_a_storage_sets_the_former_one_aside(
    studies: Path, resume: Callable[..., Any], tmp_path: Path
) -> None:
    """If the study was deleted in the storage, files of the former one are set aside."""
    url = f"sqlite:///{tmp_path / 'trials.db'}"
    former = resume(studies, 2, name="stored", storage=url)
    (former.folder / "report.md").write_text("of the former study")
    optuna.delete_study(study_name="stored", storage=url)
    started = resume(studies, 1, name="stored", seed=5, storage=url)
    place = started.folder / SET_ASIDE / former.identity[:SHORT]
    assert (place / "report.md").read_text() == "of the former study"
    assert started.weights(started.best().number)
    with pytest.raises(FrugalError, match="no weights of trial 0 in"):
        started.weights(0)  # of the former study, which had the same number in the database


def test_an_old_study_gets_its_identity_at_its_next_write(tmp_path: Path) -> None:
    """Reading an old study changes nothing; copies get the same identity when written to."""
    identities = []
    for name in ("one", "two"):
        root = Path(shutil.copytree(OLD, tmp_path / name))
        before = contents(root)
        read = load("b", root)
        assert contents(root) == before
        assert ownership.IDENTITY not in read.optuna.user_attrs
        read.claim()
        assert load("b", root).optuna.user_attrs[ownership.IDENTITY] == read.identity
        assert read_marker(root / "b") == Marker(read.identity, "b")
        assert read.notes == []
        changed = {path for path, text in contents(root).items() if before.get(path) != text}
        assert changed == {f"b/{MARKER}", "b/journal.log"}
        identities.append(read.identity)
    assert identities[0] == identities[1] != ""


def test_a_folder_that_is_renamed_during_a_run_gets_no_second_folder(
    studies: Path, small_mnist: Dataset
) -> None:
    """The run ends with one line and does not create a folder of the old name."""

    def rename(event: RunEvent, _: Run) -> None:
        if type(event).__name__ == "Finished" and not (studies / "renamed").exists():
            (studies / "first").rename(studies / "renamed")

    with pytest.raises(FrugalError, match="moved"):
        tiny.search(studies, tiny.few(small_mnist), 6, name="first", show=rename)
    assert not (studies / "first").exists()
    assert sum(record.counts for record in load("renamed", studies).records()) == 3


def test_a_journal_of_several_studies_opens_by_the_folder_s_name(studies: Path) -> None:
    """A journal with several studies, copied by Optuna, opens the one with the folder's name."""
    folder = studies / "first"
    storage = open_storage(folder)
    optuna.copy_study(
        from_study_name="first",
        from_storage=storage,
        to_storage=storage,
        to_study_name="extra",
    )
    assert load("first", studies).optuna.study_name == "first"
    folder.rename(studies / "extra")
    assert load("extra", studies).optuna.study_name == "extra"
    (studies / "extra").rename(studies / "neither")
    (studies / "neither" / MARKER).unlink()
    with pytest.raises(FrugalError, match=r"contains 2 studies \(first, extra\).*give the folder"):
        load("neither", studies)


@pytest.mark.parametrize("content", ["", "{", '{"identity": 7}', "[]", "\0\0", '"text"'])
def test_a_damaged_marker_counts_as_none(
    studies: Path, resume: Callable[..., Any], content: str
) -> None:
    """With a damaged marker the journal's identity is used; the next write fixes the marker."""
    identity = load("first", studies).identity
    (studies / "first" / MARKER).write_text(content)
    assert load("first", studies).identity == identity
    resume(studies, 2, name="first")
    assert read_marker(studies / "first") == Marker(identity, "first")
