"""Candidates and their budget."""

from dataclasses import replace
from typing import Any

import pytest

from search.candidates.architecture import Architecture, Head
from search.candidates.blocks import Block
from search.candidates.candidate import Budget, Candidate, Task, Violation
from search.candidates.recipe import Augmentation, Recipe, Schedule
from search.errors import FrugalError

CANDIDATE = Candidate(
    Architecture(
        (1, 28, 28),
        10,
        (Block(12, padding=1), Block(16, kernel=5, pool=2), Block(10, kernel=1)),
    ),
    Recipe(15, 128, rate=0.08),
)
USED: dict[str, Any] = {
    "parameters": CANDIDATE.architecture.parameters,
    "epochs": 15,
    "macs": CANDIDATE.architecture.macs,
    "activation_bytes": CANDIDATE.architecture.activation_bytes,
}


def test_figures_by_hand() -> None:
    """The figures of the candidate equal those calculated by hand."""
    assert USED == {
        "parameters": (9 * 12 + 24) + (25 * 12 * 16 + 32) + (16 * 10 + 20) + 10 * 10,
        "epochs": 15,
        "macs": 28**2 * 9 * 12 + 24**2 * 25 * 12 * 16 + 12**2 * 16 * 10 + 100,
        "activation_bytes": 4 * (12 * 28**2 + 16 * 24**2),
    }


def test_limits_are_inclusive() -> None:
    """A candidate at all four limits is within the budget."""
    assert Budget(**USED).violations(CANDIDATE) == ()


@pytest.mark.parametrize("limit", USED)
def test_one_over_a_limit_is_a_violation(limit: str) -> None:
    """A candidate that is one over a limit violates it by one."""
    tight = replace(Budget(**USED), **{limit: USED[limit] - 1})
    (violation,) = tight.violations(CANDIDATE)
    assert violation == Violation(limit, USED[limit], USED[limit] - 1)
    assert violation.excess == 1


def test_every_violated_limit_is_returned() -> None:
    """All violations are returned in the order of the budget, each with its excess."""
    found = Budget(5_000, 10, 1_000, 1_000).violations(CANDIDATE)
    assert [violation.limit for violation in found] == list(USED)
    assert [violation.excess for violation in found] == [
        USED["parameters"] - 5_000,
        5,
        USED["macs"] - 1_000,
        USED["activation_bytes"] - 1_000,
    ]


def test_unlimited_figures_are_not_checked() -> None:
    """MACs and activation bytes have no limit by default."""
    big = replace(CANDIDATE, architecture=Architecture((3, 64, 64), 10, (Block(32, kernel=7),)))
    assert Budget(parameters=10_000, epochs=15).violations(big) == ()


@pytest.mark.parametrize("limit", USED)
@pytest.mark.parametrize("wrong", [0, -1, 10.5, "10"])
def test_a_limit_is_a_count(limit: str, wrong: float | int | str) -> None:
    """Each limit must be a whole number of at least 1."""
    limits: dict[str, Any] = {limit: wrong}
    with pytest.raises(FrugalError, match=f"budget has {limit} {wrong!r}: {limit} must be a whole"):
        Budget(**limits)


def test_budget_as_text() -> None:
    """The text of a budget lists the limits that are set, with thousands separators."""
    assert str(Budget()) == "10,000 parameters, 15 epochs"
    assert str(Budget(8_000, 5, 1_000_000, 65_536)) == (
        "8,000 parameters, 5 epochs, 1,000,000 MACs, 65,536 activation bytes"
    )


@pytest.mark.parametrize(
    "candidate, label",
    [
        (CANDIDATE, "12p 16k5 | 10k1 pool-conv, sgd onecycle 0.08 b128"),
        (
            Candidate(
                Architecture((1, 28, 28), 10, (), Head("linear")),
                Recipe(optimiser="adamw", batch=64, rate=0.00123, schedule=Schedule("cosine")),
            ),
            "linear, adamw cosine 0.0012 b64",
        ),
    ],
)
def test_label(candidate: Candidate, label: str) -> None:
    """A label has the blocks with kernel, padding and pooling, then the head and the recipe."""
    assert candidate.label == label


def test_a_task_has_the_default_budget() -> None:
    """A task without a budget gets 10,000 parameters and 15 epochs."""
    assert Task((1, 28, 28), 10).budget == Budget(10_000, 15)


def test_a_fill_has_one_number_per_channel_or_one_for_all() -> None:
    """A fill with another number of channels raises an error with both numbers."""
    recipe = Recipe(augmentation=Augmentation(rotation=5, fill=(0.1, 0.2, 0.3)))
    rgb = Architecture((3, 8, 8), 2, (Block(4),))
    assert Candidate(rgb, recipe).recipe is recipe
    with pytest.raises(FrugalError, match=r"fill \(0.1, 0.2, 0.3\) of 3 channels, .* have 1"):
        Candidate(CANDIDATE.architecture, recipe)


def test_resolving_a_candidate_changes_only_the_fill() -> None:
    """Resolving replaces a fill of None; a resolved candidate does not change."""
    moved = replace(CANDIDATE, recipe=replace(CANDIDATE.recipe, augmentation=Augmentation(5)))
    resolved = moved.resolved((1.0,))
    assert resolved.recipe == replace(moved.recipe, augmentation=Augmentation(5, fill=1.0))
    assert resolved.architecture == moved.architecture
    assert resolved.resolved((0.5,)) == resolved
