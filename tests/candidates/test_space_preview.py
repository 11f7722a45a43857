from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from search import Architecture, Block, Budget, Candidate, Recipe
from search.candidates.blocks import widths
from search.candidates.space_preview import Quantiles, preview_space, quantiles
from search.errors import FrugalError


def candidates(*widths: Any) -> list[Candidate]:
    """Candidates with one convolution of each width: 21 parameters per channel with the head."""
    return [
        Candidate(Architecture((1, 8, 8), 10, (Block(width),)), Recipe(epochs=15))
        for width in widths
    ]


def test_a_preview_counts_candidates_within_the_budget() -> None:
    """Limits are inclusive, and every exceeded limit is counted."""
    sampled = [*candidates(1, 2, 3, 4), replace(candidates(5)[0], recipe=Recipe(epochs=16))]
    seen = preview_space(sampled, Budget(parameters=63, epochs=15))
    assert (seen.samples, seen.admitted, seen.share) == (5, 3, 0.6)
    assert seen.exceeded == {"parameters": 2, "epochs": 1}
    assert seen.parameters == Quantiles(21, 42, 63, 84, 105)
    assert seen.depth == Quantiles(2, 2, 2, 2, 2)
    assert seen.macs.least == 9 * 36 + 10


def test_the_shown_candidates_span_those_within_the_budget() -> None:
    """The shown candidates include the smallest and the largest within the budget."""
    seen = preview_space(candidates(7, 3, 5, 1, 9, 2), Budget(parameters=21 * 7))
    assert [widths(c.architecture.blocks)[0] for c in seen.candidates] == [1, 3, 7]
    assert preview_space(candidates(2), Budget()).candidates == tuple(candidates(2))


def test_the_smallest_is_shown_if_all_are_over_budget() -> None:
    """If no candidate is within the budget, the smallest one is shown."""
    seen = preview_space(candidates(7, 3, 5), Budget(parameters=20))
    assert seen.admitted == 0
    assert [widths(c.architecture.blocks)[0] for c in seen.candidates] == [3]


def test_quantiles_are_those_of_numpy() -> None:
    """Quantiles equal those of numpy."""
    figures = np.random.default_rng(0).integers(0, 10_000, 101)
    found = quantiles(figures.tolist())
    assert found.median == np.median(figures)
    assert (found.least, found.most) == (figures.min(), figures.max())
    assert (found.quarter, found.three_quarters) == tuple(np.percentile(figures, [25, 75]))


def test_no_samples_are_an_error() -> None:
    """A preview without candidates is an error."""
    with pytest.raises(FrugalError, match="at least 1 candidate"):
        preview_space([], Budget())
