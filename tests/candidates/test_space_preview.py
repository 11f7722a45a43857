from dataclasses import replace

import numpy as np
import pytest

from search import Architecture, Block, Budget, Candidate, Recipe
from search.candidates.space_preview import preview_space, quantiles
from search.errors import FrugalError


def candidates(*widths):
    """One convolution each, of these widths: 21 parameters per channel, head included."""
    return [
        Candidate(Architecture((1, 8, 8), 10, (Block(width),)), Recipe(epochs=15))
        for width in widths
    ]


def test_a_preview_counts_what_the_budget_admits():
    """Limits are allowed, every limit exceeded is counted."""
    sampled = [*candidates(1, 2, 3, 4), replace(candidates(5)[0], recipe=Recipe(epochs=16))]
    seen = preview_space(sampled, Budget(parameters=63, epochs=15))
    assert (seen.samples, seen.admitted, seen.share) == (5, 3, 0.6)
    assert seen.exceeded == {"parameters": 2, "epochs": 1}
    assert seen.parameters == (21, 42, 63, 84, 105)
    assert seen.depth == (2, 2, 2, 2, 2)
    assert seen.macs.least == 9 * 36 + 10


def test_the_candidates_spelled_out_span_the_admitted():
    """From the smallest to the largest that keeps the budget."""
    seen = preview_space(candidates(7, 3, 5, 1, 9, 2), Budget(parameters=21 * 7))
    assert [c.architecture.blocks[0].width for c in seen.candidates] == [1, 3, 7]
    assert preview_space(candidates(2), Budget()).candidates == tuple(candidates(2))


def test_where_nothing_is_admitted_the_smallest_is_shown():
    """Its count says what the budget would have to be."""
    seen = preview_space(candidates(7, 3, 5), Budget(parameters=20))
    assert seen.admitted == 0
    assert [c.architecture.blocks[0].width for c in seen.candidates] == [3]


def test_quantiles_are_those_of_numpy():
    """Oracle: numpy's own names for them."""
    figures = np.random.default_rng(0).integers(0, 10_000, 101)
    found = quantiles(figures.tolist())
    assert found.median == np.median(figures)
    assert (found.least, found.most) == (figures.min(), figures.max())
    assert (found.quarter, found.three_quarters) == tuple(np.percentile(figures, [25, 75]))


def test_no_samples_are_an_error():
    """A preview of nothing says what is needed."""
    with pytest.raises(FrugalError, match="at least 1 candidate"):
        preview_space([], Budget())
