from dataclasses import replace

import pytest

from search.candidate import Budget
from search.setup import Setup, essence
from search.values import from_json, to_json

SPACE = '''"""All choices."""

WIDEST = 16


def sample(trial, task):
    """One candidate."""
    return trial.suggest_int("width", 4, WIDEST)
'''
OBJECTIVE = "WINDOW = 5\n"
SETUP = Setup("mnist", "0123456789", (1, 28, 28), 10, Budget(), 5, 0, SPACE, OBJECTIVE)

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
}


@pytest.mark.parametrize("source", SAME.values(), ids=SAME)
def test_comments_docstrings_and_formatting_are_no_difference(source):
    """What a space does not do differently is no difference, in both directions."""
    assert SETUP.differences(replace(SETUP, space=source)) == []
    assert replace(SETUP, space=source).differences(SETUP) == []
    assert essence(source) == essence(SPACE)


@pytest.mark.parametrize("name, changed", DIFFERENT.items(), ids=DIFFERENT)
def test_a_difference_is_named(name, changed):
    """Whatever makes scores incomparable is a difference, told by its name, once."""
    (told,) = SETUP.differences(replace(SETUP, **changed))
    assert told.startswith(f"{name}: ")
    assert "\n" not in told


def test_a_difference_shows_both_sides():
    """Before and after, in words; all images are called all."""
    (told,) = SETUP.differences(replace(SETUP, train_examples=1_000))
    assert told == "train examples: all in the study, 1000 now"
    (told,) = SETUP.differences(replace(SETUP, space=SPACE.replace("16", "32")))
    assert told == "space.py: -WIDEST = 16 / +WIDEST = 32"


def test_a_long_difference_is_cut():
    """A rewritten space fills no screen."""
    (told,) = SETUP.differences(replace(SETUP, space="\n".join(f"A{n} = {n}" for n in range(99))))
    assert told.endswith(" / ...")
    assert told.count(" / ") == 6


def test_the_same_images_by_another_name_are_the_same():
    """A data folder may be moved; its images are told by their digest."""
    assert SETUP.differences(replace(SETUP, data="moved/mnist")) == []


def test_what_was_overridden_is_said():
    """Every override and every note of the data is a caveat."""
    setup = replace(SETUP, overrides=(("epochs", 2), ("window", 1)), notes=("a subset",))
    assert setup.caveats == ("epochs overridden: 2", "window overridden: 1", "a subset")


def test_a_setup_is_kept_as_json():
    """There and back, equal; a study that was begun before a figure existed still opens."""
    setup = replace(SETUP, overrides=(("epochs", 2),), train_examples=500)
    assert from_json(Setup, to_json(setup)) == setup
    old = to_json(SETUP).split(', "train_examples"')[0] + "}"
    assert from_json(Setup, old) == SETUP
