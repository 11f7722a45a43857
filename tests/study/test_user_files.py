from pathlib import Path
from random import Random

import optuna
import pytest

from search.candidates.candidate import Budget, Candidate, Task
from search.candidates.recipe import Augmentation, Recipe
from search.errors import FrugalError
from search.files import from_json, to_json
from search.study.user_files import NoCandidateError, load_objective, load_space
from tests.support import tiny
from tests.support.nested_architectures import EACH_BLOCK
from tests.support.random_values import random_nested_architecture

ROOT = Path(__file__).parents[2]
TASK = Task((1, 28, 28), 10)
WHITE = Task((1, 28, 28), 10, border=(1.0,))
OBJECTIVE = tiny.OBJECTIVE.read_text()
SPACE = tiny.SPACE.read_text()
BAD_SPACES = {
    "missing": (None, "cannot read"),
    "no sample": ("x = 1\n", "defines no sample(trial, task)"),
    "no Python": ("def sample(trial, task)\n", "line 1: expected ':'"),
    "raises when loaded": ("\nx = 1 / 0\n", "line 2: ZeroDivisionError: division by zero"),
}
BAD_SAMPLES = {
    "raises": ("\n    raise ValueError('no\\n   idea')", "line 2: ValueError: no idea"),
    "raises below": ("\n    return [].x", "line 2: AttributeError: "),
    "takes another call": ("\n    return 1\nsample = lambda trial: 1", "py: TypeError: "),
    "ends the program": ("\n    raise SystemExit(0)", "line 2: SystemExit: 0"),
    "returns nothing": (
        "\n    pass",
        "returned NoneType; it must return a search.Candidate, or raise",
    ),
    "returns another thing": ("\n    return 42", "sample() returned int; it must return"),
}
BAD_OBJECTIVES = {
    "no budget": (("BUDGET = ", "LIMIT = "), "defines no BUDGET (Budget)"),
    "no window": (("WINDOW = 2", "WIDTH = 2"), "defines no WINDOW (int)"),
    "no consistency": (("def consistency", "def score"), "defines no consistency(accuracies)"),
    "window of none": (("WINDOW = 2", "WINDOW = 0"), "must be at least 1"),
    "window too wide": (("WINDOW = 2", "WINDOW = 3"), "2 epochs are fewer than the window of 3"),
    "budget of none": (("1_200", "0"), "parameters must be a whole number of at least 1"),
    "raises": (("min(accuracies[-WINDOW:])", "accuracies[99]"), "line 13: IndexError: "),
    "no number": (("min(accuracies[-WINDOW:])", "'high'"), "consistency() returned 'high'"),
    "not finite": (("min(accuracies[-WINDOW:])", "float('nan')"), "consistency() returned nan"),
}


def written(folder: Path, text: str | None) -> Path:
    """Write the text to a file; without text, return the path of a missing file."""
    path = folder / "mine.py"
    if text is not None:
        path.write_text(text)
    return path


def sampled(path: Path) -> Candidate:
    """One candidate of the space."""
    return load_space(path).sample(optuna.create_study().ask(), TASK)


def test_the_shipped_files_load(monkeypatch: pytest.MonkeyPatch) -> None:
    """The files of the current directory are found and complete."""
    monkeypatch.chdir(ROOT)
    space, objective = load_space(), load_objective()
    assert (space.path, objective.path) == (ROOT / "space.py", ROOT / "objective.py")
    assert (objective.budget, objective.window) == (Budget(10_000, 15), 5)
    assert objective.monotone
    assert objective.score([0.9, 0.5, 0.6, 0.7, 0.8, 0.9]) == 0.5
    assert sampled(space.path).architecture.classes == 10


def test_the_files_of_the_current_directory_come_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without them, the files shipped with the package are used."""
    monkeypatch.chdir(tmp_path)
    assert load_space().path == ROOT / "space.py"
    (tmp_path / "space.py").write_text(SPACE)
    assert load_space().path == tmp_path / "space.py"


@pytest.mark.parametrize("text, message", BAD_SPACES.values(), ids=BAD_SPACES)
def test_an_invalid_space_file_is_an_error(tmp_path: Path, text: str | None, message: str) -> None:
    """The error is one line with the file, and the line number if there is one."""
    path = written(tmp_path, text)
    with pytest.raises(FrugalError) as caught:
        load_space(path)
    assert message in str(caught.value)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("body, message", BAD_SAMPLES.values(), ids=BAD_SAMPLES)
def test_a_failing_space_is_an_error(tmp_path: Path, body: str, message: str) -> None:
    """The error is one line with the line number and message of the user's code."""
    with pytest.raises(FrugalError) as caught:
        sampled(written(tmp_path, f"def sample(trial, task):{body}\n"))
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


NO_CANDIDATE = {
    "pruned": ("raise optuna.TrialPruned()", "rejected by the space", "line 3: TrialPruned"),
    "pruned with a reason": (
        "raise optuna.TrialPruned('too\\n wide')",
        "rejected by the space",
        "line 3: TrialPruned: too wide",
    ),
    "impossible where it is counted": (
        "return Architecture(task.image, 10, (Block(8, pool=99),)).parameters",
        "impossible",
        "layer 4 (99x99 max pooling in block 1) needs at least 99x99 pixels",
    ),
    "impossible when it is returned": (
        "return Candidate(Architecture(task.image, 10, (Block(8, kernel=29),)), Recipe())",
        "impossible",
        "layer 1 (29x29 convolution in block 1) needs at least 29x29 pixels",
    ),
    "impossible by its fields": (
        "return Architecture(task.image, 10, [Block(8)])",
        "impossible",
        "blocks must be a tuple of blocks",
    ),
    "a flag of numpy's": (
        "import numpy; return Architecture(task.image, 10, (Block(8, bias=numpy.True_),))",
        "impossible",
        "block 1 has bias np.True_: bias must be True or False",
    ),
    "words for a flag": (
        "return Architecture(task.image, 10, (Block(8, bias='yes'),))",
        "impossible",
        "block 1 has bias 'yes': bias must be True or False",
    ),
}


@pytest.mark.parametrize("body, outcome, reason", NO_CANDIDATE.values(), ids=NO_CANDIDATE)
def test_no_candidate_is_not_an_error_of_the_file(
    tmp_path: Path, body: str, outcome: str, reason: str
) -> None:
    """A pruned trial and an impossible network have their own outcomes and reasons."""
    text = f"import optuna; from search import *\ndef sample(trial, task):\n    {body}\n"
    with pytest.raises(NoCandidateError) as caught:
        sampled(written(tmp_path, text))
    assert caught.value.outcome == outcome
    assert reason in str(caught.value)
    assert "\n" not in str(caught.value)


NOT_KEPT = {
    "no block": "8",
    "a class": "Block",
}


@pytest.mark.parametrize("block", NOT_KEPT.values(), ids=NOT_KEPT)
def test_a_candidate_that_cannot_be_stored_is_an_error(tmp_path: Path, block: str) -> None:
    """It is rejected before it is written, because the study could not be read afterwards."""
    text = (
        "from search import *\ndef sample(trial, task):\n"
        f"    return Candidate(Architecture(task.image, 10, ({block},)), Recipe())\n"
    )
    with pytest.raises(FrugalError, match=r"mine\.py") as caught:
        sampled(written(tmp_path, text))
    assert not isinstance(caught.value, NoCandidateError)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("seed", range(30))
def test_candidates_of_nested_blocks_can_be_stored(seed: int) -> None:
    """Every candidate of nested blocks is equal after a round trip through JSON."""
    candidate = Candidate(random_nested_architecture(Random(seed)), Recipe())
    assert from_json(Candidate, to_json(candidate)) == candidate


@pytest.mark.parametrize("name", EACH_BLOCK)
def test_candidates_of_each_block_can_be_stored(name: str) -> None:
    """So is a candidate of every kind of block."""
    candidate = Candidate(EACH_BLOCK[name], Recipe())
    assert from_json(Candidate, to_json(candidate)) == candidate


@pytest.mark.parametrize("block", ["Residual(Block(8))", "Parallel((Block(8), Block(8)))"])
def test_a_block_instead_of_a_chain_is_an_error(tmp_path: Path, block: str) -> None:
    """The error of a forgotten comma names the place and the right form."""
    text = (
        "from search import *\ndef sample(trial, task):\n"
        f"    return Candidate(Architecture(task.image, 10, ({block},)), Recipe())\n"
    )
    with pytest.raises(FrugalError, match=r"must be a tuple of .*such as \(Block\(8\),\)"):
        sampled(written(tmp_path, text))


def test_draws_need_no_study_and_are_reproducible(tmp_path: Path) -> None:
    """Candidates and rejections depend only on the seed; other errors are raised."""
    pruning = SPACE.replace(
        "    head = ", "    if trial.number % 2:\n        raise optuna.TrialPruned\n    head = "
    )
    space = load_space(written(tmp_path, f"{pruning}\nimport optuna\n"))
    drawn, again, others = (space.draw(TASK, 6, seed) for seed in (0, 0, 1))
    assert [isinstance(each, Candidate) for each in drawn] == [True, False] * 3
    assert drawn[::2] == again[::2] != others[::2]
    with pytest.raises(FrugalError, match="ZeroDivisionError"):
        load_space(written(tmp_path, "def sample(trial, task):\n    1 / 0\n")).draw(TASK, 1, 0)


@pytest.mark.parametrize("wrong", [("task.classes", "7"), ("task.image", "(3, 28, 28)")])
def test_a_network_for_another_task_is_an_error(tmp_path: Path, wrong: tuple[str, str]) -> None:
    """It is rejected before training."""
    with pytest.raises(FrugalError, match=r"use task.image and task.classes"):
        sampled(written(tmp_path, SPACE.replace(*wrong)))


@pytest.mark.parametrize("change, message", BAD_OBJECTIVES.values(), ids=BAD_OBJECTIVES)
def test_an_invalid_objective_file_is_an_error(
    tmp_path: Path, change: tuple[str, str], message: str
) -> None:
    """It is rejected when it is loaded, before hours of training."""
    path = written(tmp_path, OBJECTIVE.replace(*change))
    with pytest.raises(FrugalError) as caught:
        load_objective(path)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_failing_score_is_an_error(tmp_path: Path) -> None:
    """The error has the line number and message of the user's code."""
    late = OBJECTIVE.replace("min(", "1 / (accuracies[0] != 0.9) * min(")
    objective = load_objective(written(tmp_path, late))
    with pytest.raises(FrugalError, match=r"mine.py, line 13: ZeroDivisionError: "):
        objective.score([0.9, 0.9])


def test_given_values_override_the_files() -> None:
    """consistency() uses the given window, and overrides are recorded."""
    objective = load_objective(tiny.OBJECTIVE, max_params=500, max_epochs=4, window=3)
    assert (objective.budget, objective.window) == (Budget(500, 4), 3)
    assert objective.score([0.1, 0.3, 0.4, 0.5]) == 0.3
    assert objective.overrides == (("epochs", 4), ("parameters", 500), ("window", 3))
    assert load_objective(tiny.OBJECTIVE).overrides == ()


def test_the_file_defines_whether_it_is_monotone(tmp_path: Path) -> None:
    """An objective is monotone unless its file says otherwise."""
    assert load_objective(tiny.OBJECTIVE).monotone
    assert not load_objective(written(tmp_path, OBJECTIVE + "\nMONOTONE = False\n")).monotone


def test_a_fill_of_none_is_the_task_s_border(tmp_path: Path) -> None:
    """The fill is the border in a new study, 0 in an old one, or the candidate's own."""
    moved = SPACE.replace("Recipe(", "Recipe(augmentation=Augmentation(5), ").replace(
        "search import ", "search import Augmentation, ", 1
    )
    own = moved.replace("Augmentation(5)", "Augmentation(5, fill=0.25)")
    for text, task, fill in ((moved, WHITE, 1.0), (moved, TASK, 0.0), (own, WHITE, 0.25)):
        space = load_space(written(tmp_path, text))
        candidate = space.sample(optuna.create_study().ask(), task)
        assert candidate.recipe.augmentation == Augmentation(5, fill=fill)
