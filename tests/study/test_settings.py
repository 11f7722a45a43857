from dataclasses import replace
from typing import Any

import pytest

from search.candidates.candidate import Budget
from search.errors import FrugalError
from search.files import from_json, to_json
from search.study.settings import (
    StudySettings,
    changed_lines,
    check_goal,
    normalised_source,
    same_source,
)

SPACE = '''"""All choices."""

WIDEST = 16


def sample(trial, task):
    """One candidate."""
    return trial.suggest_int("width", 4, WIDEST)
'''
OBJECTIVE = "WINDOW = 5\n"
SETUP = StudySettings(
    data="mnist",
    digest="0123456789",
    image=(1, 28, 28),
    classes=10,
    budget=Budget(),
    window=5,
    seed=0,
    space=SPACE,
    objective=OBJECTIVE,
)
SAME = {
    "comments": SPACE.replace("WIDEST = 16", "# the widest of all\nWIDEST = 16  # channels"),
    "formatting": SPACE.replace('("width", 4, WIDEST)', "(\n        'width',\n    4, WIDEST )"),
    "another docstring": SPACE.replace("One candidate.", "A candidate."),
    "a docstring less": SPACE.replace('    """One candidate."""\n', ""),
    "a module docstring less": SPACE.removeprefix('"""All choices."""\n'),
    "a docstring at last": SPACE.replace('"""All choices."""', '"""All choices.\n\nRead on.\n"""'),
}
DIFFERENT = {
    "data": {"data": "fashion-mnist", "digest": "9876543210"},
    "train examples": {"train_examples": 1_000},
    "budget": {"budget": Budget(5_000)},
    "window": {"window": 3},
    "seed": {"seed": 1},
    "space.py": {"space": SPACE.replace("16", "32")},
    "objective.py": {"objective": "WINDOW = 5\nMONOTONE = False\n"},
    "training": {"simulated": True},
}


@pytest.mark.parametrize("source", SAME.values(), ids=SAME)
def test_comments_docstrings_and_formatting_are_no_difference(source: str) -> None:
    """Changes without effect on behaviour are no difference, in both directions."""
    assert SETUP.differences(replace(SETUP, space=source)) == []
    assert replace(SETUP, space=source).differences(SETUP) == []
    assert normalised_source(source) == normalised_source(SPACE)


@pytest.mark.parametrize("name, changed", DIFFERENT.items(), ids=DIFFERENT)
def test_a_difference_is_named(name: str, changed: dict[str, Any]) -> None:
    """Every setting that makes scores incomparable is listed once, by name."""
    (line,) = SETUP.differences(replace(SETUP, **changed))
    assert line.startswith(f"{name}: ")
    assert "\n" not in line


def test_a_difference_shows_both_sides() -> None:
    """A difference shows both values in words; None is shown as all images."""
    (line,) = SETUP.differences(replace(SETUP, train_examples=1_000))
    assert line == "train examples: all in the study, 1000 now"
    (line,) = SETUP.differences(replace(SETUP, space=SPACE.replace("16", "32")))
    assert line == "space.py: -WIDEST = 16 / +WIDEST = 32"


def test_a_long_difference_is_cut() -> None:
    """The difference to a rewritten space is limited to a few lines."""
    (line,) = SETUP.differences(replace(SETUP, space="\n".join(f"A{n} = {n}" for n in range(99))))
    assert line.endswith(" / ...")
    assert line.count(" / ") == 6


def test_the_same_images_by_another_name_are_the_same() -> None:
    """A moved data folder is no difference, as images are compared by their digest."""
    assert SETUP.differences(replace(SETUP, data="moved/mnist")) == []


def test_overrides_and_notes_are_caveats() -> None:
    """Every override and every note of the data is a caveat."""
    setup = replace(SETUP, overrides=(("epochs", 2), ("window", 1)), notes=("a subset",))
    assert setup.caveats == ("epochs overridden: 2", "window overridden: 1", "a subset")


def test_a_simulated_study_has_a_caveat_and_is_rejected_as_evidence() -> None:
    """The caveat comes first; commands that need trained networks raise an error with a remedy."""
    simulated = replace(SETUP, simulated=True, notes=("a subset",))
    assert simulated.caveats == (
        "simulated: accuracies are random draws, nothing was trained",
        "a subset",
    )
    with pytest.raises(FrugalError, match=r"study mine is simulated.*; confirm needs a trained"):
        simulated.check_trained("mine", "confirm")
    SETUP.check_trained("mine", "confirm")


def test_settings_are_stored_as_json() -> None:
    """Settings survive JSON, and those of studies older than a field can be read."""
    setup = replace(SETUP, overrides=(("epochs", 2),), train_examples=500, simulated=True)
    assert from_json(StudySettings, to_json(setup)) == setup
    old = to_json(SETUP).split(', "train_examples"')[0] + "}"
    assert from_json(StudySettings, old) == SETUP


@pytest.mark.parametrize(
    "minimise, target, line",
    [
        ("parameters", None, "--minimise parameters needs the consistency"),
        (None, 0.994, "--target 99.4 requires --minimise parameters"),
        ("parameters", 0.5, "--target 50 is out of range: give a consistency in %, above 50 "),
        ("parameters", 1.0, "--target 100 is out of range"),
        ("parameters", 0.00994, "--target 0.994 is out of range"),
        ("parameters", float("nan"), "--target nan is out of range"),
        ("macs", 0.994, '--minimise "macs": must be one of parameters'),
    ],
)
def test_an_invalid_goal_is_an_error(minimise: str | None, target: float | None, line: str) -> None:
    """--minimise and --target must be given together, with a target in the valid range."""
    with pytest.raises(FrugalError) as caught:
        check_goal(minimise, target)
    assert str(caught.value).startswith(line)


def test_a_goal_is_part_of_what_makes_scores_comparable() -> None:
    """Another goal or target is a difference; old studies have the default goal."""
    smallest = replace(SETUP, minimise="parameters", target=0.994)
    assert SETUP.goal == "the highest consistency"
    assert smallest.goal == "the fewest parameters that reach 99.4 %"
    assert SETUP.differences(smallest) == [
        "goal: the highest consistency in the study, the fewest parameters that reach 99.4 % now"
    ]
    (line,) = smallest.differences(replace(smallest, target=0.995))
    assert line.startswith("goal: ")
    assert from_json(StudySettings, to_json(smallest)) == smallest


def test_the_users_own_modules_are_compared() -> None:
    """An edited, a new and a missing module are each a difference with its path."""
    kept = replace(SETUP, modules=(("blocks.py", "WIDTH = 8"), ("lab/__init__.py", "")))
    assert kept.differences(replace(kept, modules=(("blocks.py", "WIDTH = 9"),))) == [
        "blocks.py: -WIDTH = 8 / +WIDTH = 9",
        "lab/__init__.py: only in the study",
    ]
    more = (*kept.modules, ("more.py", ""))
    assert kept.differences(replace(kept, modules=more)) == ["more.py: only now"]
    commented = (("blocks.py", "WIDTH = 8  # channels"), ("lab/__init__.py", ""))
    assert kept.differences(replace(kept, modules=commented)) == []
    assert from_json(StudySettings, to_json(kept)) == kept


def test_a_study_without_modules_has_none_to_compare() -> None:
    """A study without modules may be older than the field, so modules are not compared."""
    assert SETUP.differences(replace(SETUP, modules=(("blocks.py", "WIDTH = 8"),))) == []


@pytest.mark.parametrize(
    "path", ["../x.py", "/x.py", "a/../../x.py", "x.txt", "a//x.py", "", "a\\x.py"]
)
def test_a_module_path_is_within_the_studys_folder(path: str) -> None:
    """A study from elsewhere cannot write files outside of its folder."""
    with pytest.raises(FrugalError, match="is not within the study's folder"):
        replace(SETUP, modules=((path, ""),))


def test_all_images_by_their_number_are_all_images() -> None:
    """Giving the total number equals giving none; a subset is shown with the total."""
    every = replace(SETUP, train_examples=50_000, training_images=50_000)
    assert replace(SETUP, training_images=50_000).differences(every) == []
    assert every.differences(SETUP) == []
    assert every.images_text == ""
    part = replace(every, train_examples=2_000)
    assert part.images_text == "2,000 of 50,000 training images"
    assert replace(part, training_images=None).images_text == "2,000 training images"
    assert len(every.differences(part)) == 1


def test_an_invalid_source_only_equals_itself() -> None:
    """A copy with a syntax error, such as while it is edited, only equals itself."""
    assert same_source("def f(", "def f(")
    assert not same_source("def f(", "def f():\n    pass\n")
    assert same_source("X = 1\n", "X=1 # one\n")
    assert changed_lines("X = 1\n", "X=1 # one\n") == []
