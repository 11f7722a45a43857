"""JSON of frozen values, there and back."""

import json
from copy import deepcopy
from random import Random

import pytest

from search.candidates.architecture import Architecture, Block, Head
from search.candidates.candidate import Budget, Candidate, Task
from search.candidates.recipe import Recipe
from search.errors import FrugalError
from search.files import from_data, from_json, read_file, to_data, to_json, write_file
from tests.support.random_values import random_candidate

CANDIDATE = Candidate(Architecture((1, 28, 28), 10, (Block(8), Block(12))), Recipe())


def test_random_candidates_round_trip():
    """1,000 candidates come back from JSON equal, with an equal hash and the same JSON."""
    random = Random(0)
    for candidate in (random_candidate(random) for _ in range(1_000)):
        again = from_json(Candidate, to_json(candidate))
        assert again == candidate
        assert hash(again) == hash(candidate)
        assert to_json(again) == to_json(candidate)


@pytest.mark.parametrize("budget", [Budget(), Budget(1, 1, 1, 1), Budget(9_999, 5, None, 4_096)])
def test_a_task_round_trips(budget):
    """A limit that is not set stays so."""
    task = Task((3, 32, 32), 100, budget)
    assert from_json(Task, to_json(task)) == task


def test_data_is_plain_json():
    """One line; the data is what JSON itself would give back, lists and all."""
    assert "\n" not in to_json(CANDIDATE)
    assert json.loads(to_json(CANDIDATE)) == to_data(CANDIDATE)


def test_keys_stand_in_the_order_of_the_fields():
    """So two texts can be compared by eye."""
    assert list(to_data(Head())) == [
        *("kind", "pool", "kernel", "bias", "dropout", "hidden", "hidden_relu")
    ]


def test_a_field_with_a_default_may_be_left_out():
    """A short hand-written text is enough; whole numbers serve as floats."""
    assert from_json(Block, '{"width": 8}') == Block(8)
    assert from_json(Recipe, '{"rate": 1}') == Recipe(rate=1.0)


MISSING = object()


@pytest.mark.parametrize(
    "path, value, message",
    [
        ("recipe", MISSING, "required field missing @ $.recipe"),
        (
            "architecture.blocks.1.width",
            MISSING,
            "required field missing @ $.architecture.blocks[1].width",
        ),
        ("recipe.speed", 3, "unknown field speed @ $.recipe"),
        ("architecture.head.size", 3, "unknown field size @ $.architecture.head"),
        (
            "architecture.blocks.0.width",
            3.7,
            "3.7 is not a whole number @ $.architecture.blocks[0].width",
        ),
        (
            "architecture.blocks.0.width",
            "8",
            "'8' is not a whole number @ $.architecture.blocks[0].width",
        ),
        ("architecture.classes", True, "True is not a whole number @ $.architecture.classes"),
        (
            "architecture.head.bias",
            "false",
            "'false' is not true or false @ $.architecture.head.bias",
        ),
        ("recipe.rate", "0.1", "'0.1' is not a number @ $.recipe.rate"),
        (
            "recipe.rate",
            -1,
            "recipe has rate -1.0: rate is a finite number above 0 @ $.recipe",
        ),
        (
            "recipe.optimiser",
            "lion",
            "lion not in literal ['sgd', 'adam', 'adamw'] @ $.recipe.optimiser",
        ),
        ("architecture.head", None, "not a Head @ $.architecture.head"),
        ("architecture.blocks", 3, "not a tuple @ $.architecture.blocks"),
        ("architecture.image", [1, 28], "Not enough values in [1, 28]"),
    ],
)
def test_a_wrong_field_is_named(path, value, message):
    """One line says what is wrong and where."""
    data = deepcopy(to_data(CANDIDATE))
    *way, last = (int(part) if part.isdigit() else part for part in path.split("."))
    inner = data
    for part in way:
        inner = inner[part]
    if value is MISSING:
        del inner[last]
    else:
        inner[last] = value
    with pytest.raises(FrugalError) as caught:
        from_data(Candidate, data)
    assert str(caught.value).startswith(f"not a Candidate: {message}")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "{", "nonsense", "[]", "3", "null", '"text"'])
def test_text_that_holds_no_object_is_refused(text):
    """Whatever the text, the error is ours."""
    with pytest.raises(FrugalError, match="not a Candidate: "):
        from_json(Candidate, text)


def test_a_value_is_kept_in_a_file(tmp_path):
    """Whole or not at all; where it cannot be written a line says so."""
    path = tmp_path / "recipe.json"
    assert read_file(Recipe, path) is None
    for recipe in (Recipe(), Recipe(epochs=3)):
        assert write_file(recipe, path) == path
        assert read_file(Recipe, path) == recipe
    assert [file.name for file in tmp_path.iterdir()] == ["recipe.json"]
    with pytest.raises(FrugalError, match="cannot write"):
        write_file(Recipe(), path / "within.json")
