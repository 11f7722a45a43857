from dataclasses import replace

import pytest

from search.candidates.candidate import Budget
from search.errors import FrugalError
from search.files import from_json, to_json
from search.study.settings import StudySettings, check_goal, default_study, normalised_source

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
def test_comments_docstrings_and_formatting_are_no_difference(source):
    """What a space does not do differently is no difference, in both directions."""
    assert SETUP.differences(replace(SETUP, space=source)) == []
    assert replace(SETUP, space=source).differences(SETUP) == []
    assert normalised_source(source) == normalised_source(SPACE)


@pytest.mark.parametrize("name, changed", DIFFERENT.items(), ids=DIFFERENT)
def test_a_difference_is_named(name, changed):
    """Whatever makes scores incomparable is a difference, told by its name, once."""
    (line,) = SETUP.differences(replace(SETUP, **changed))
    assert line.startswith(f"{name}: ")
    assert "\n" not in line


def test_a_difference_shows_both_sides():
    """Before and after, in words; all images are called all."""
    (line,) = SETUP.differences(replace(SETUP, train_examples=1_000))
    assert line == "train examples: all in the study, 1000 now"
    (line,) = SETUP.differences(replace(SETUP, space=SPACE.replace("16", "32")))
    assert line == "space.py: -WIDEST = 16 / +WIDEST = 32"


def test_a_long_difference_is_cut():
    """A rewritten space fills no screen."""
    (line,) = SETUP.differences(replace(SETUP, space="\n".join(f"A{n} = {n}" for n in range(99))))
    assert line.endswith(" / ...")
    assert line.count(" / ") == 6


def test_the_same_images_by_another_name_are_the_same():
    """A data folder may be moved; its images are told by their digest."""
    assert SETUP.differences(replace(SETUP, data="moved/mnist")) == []


def test_what_was_overridden_is_said():
    """Every override and every note of the data is a caveat."""
    setup = replace(SETUP, overrides=(("epochs", 2), ("window", 1)), notes=("a subset",))
    assert setup.caveats == ("epochs overridden: 2", "window overridden: 1", "a subset")


def test_a_simulated_study_says_so_first_and_is_refused_as_evidence():
    """Before every other caveat; a command that needs trained networks names study and remedy."""
    simulated = replace(SETUP, simulated=True, notes=("a subset",))
    assert simulated.caveats == (
        "simulated: accuracies are drawn, nothing was trained",
        "a subset",
    )
    with pytest.raises(FrugalError, match=r"study mine is simulated.*; confirm needs a trained"):
        simulated.check_trained("mine", "confirm")
    SETUP.check_trained("mine", "confirm")


def test_a_setup_is_kept_as_json():
    """There and back, equal; a study that was begun before a figure existed still opens."""
    setup = replace(SETUP, overrides=(("epochs", 2),), train_examples=500, simulated=True)
    assert from_json(StudySettings, to_json(setup)) == setup
    old = to_json(SETUP).split(', "train_examples"')[0] + "}"
    assert from_json(StudySettings, old) == SETUP


@pytest.mark.parametrize(
    "minimise, target, line",
    [
        ("parameters", None, "--minimise parameters needs the consistency"),
        (None, 0.994, "--target 99.4 is for --minimise parameters"),
        ("parameters", 0.5, "--target 50: a consistency in %, above 50 and below 100"),
        ("parameters", 1.0, "--target 100: a consistency in %"),
        ("parameters", 0.00994, "--target 0.994: a consistency in %"),
        ("parameters", float("nan"), "--target nan: a consistency in %"),
        ("macs", 0.994, '--minimise "macs": one of parameters'),
    ],
)
def test_a_goal_that_is_none_is_told(minimise, target, line):
    """Both or neither, and a target that a search can reach and miss."""
    with pytest.raises(FrugalError) as caught:
        check_goal(minimise, target)
    assert str(caught.value).startswith(line)


def test_a_goal_is_part_of_what_makes_scores_comparable():
    """Another goal, or another target of it, is a difference; old studies have the usual goal."""
    smallest = replace(SETUP, minimise="parameters", target=0.994)
    assert SETUP.goal == "the highest consistency"
    assert smallest.goal == "the fewest parameters that hold 99.4 %"
    assert SETUP.differences(smallest) == [
        "goal: the highest consistency in the study, the fewest parameters that hold 99.4 % now"
    ]
    (line,) = smallest.differences(replace(smallest, target=0.995))
    assert line.startswith("goal: ")
    assert from_json(StudySettings, to_json(smallest)) == smallest


@pytest.mark.parametrize(
    "minimise, data, name",
    [
        (None, "kmnist", "mnist"),
        ("parameters", None, "mnist-smallest"),
        ("parameters", "kmnist", "kmnist-smallest"),
        ("parameters", "images/my letters/", "my-letters-smallest"),
    ],
)
def test_a_study_without_a_name_is_called_after_goal_and_data(minimise, data, name):
    """A search for the smallest is a study of its own."""
    assert default_study(minimise, data) == name
