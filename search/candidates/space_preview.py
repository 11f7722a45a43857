"""What a space proposes, before anything is trained: computed here, drawn by tables. No torch."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from search.candidates.candidate import Budget, Candidate
from search.errors import FrugalError

SPELLED_OUT = 3  # candidates: enough to see how they differ, few enough to read


class Quantiles(NamedTuple):
    """Of one figure over all samples: the least, the quarters, the most."""

    least: float
    quarter: float
    median: float
    three_quarters: float
    most: float


class SpacePreview(NamedTuple):
    """What `samples` candidates of a space look like, `admitted` of them inside the budget.

    exceeded: samples over each limit of the budget that any exceeds. parameters, macs, depth:
    spread over all samples, admitted or not. candidates: a few admitted ones, from the smallest to
    the largest; the smallest of all where none is admitted.
    """

    samples: int
    admitted: int
    budget: Budget
    exceeded: Mapping[str, int]
    parameters: Quantiles
    macs: Quantiles
    depth: Quantiles
    candidates: tuple[Candidate, ...]

    @property
    def share(self) -> float:
        """Fraction of the samples that is admitted."""
        return self.admitted / self.samples


def preview_space(candidates: Sequence[Candidate], budget: Budget) -> SpacePreview:
    """The preview of sampled candidates under a budget; FrugalError if there are none."""
    if not candidates:
        raise FrugalError("0 samples: a preview needs at least 1 candidate of the space")
    violations = [budget.violations(candidate) for candidate in candidates]
    ordered = sorted(candidates, key=lambda candidate: candidate.architecture.parameters)
    admitted = [candidate for candidate in ordered if not budget.violations(candidate)]
    return SpacePreview(
        samples=len(candidates),
        admitted=len(admitted),
        budget=budget,
        exceeded=Counter(violation.limit for each in violations for violation in each),
        parameters=quantiles(candidate.architecture.parameters for candidate in candidates),
        macs=quantiles(candidate.architecture.macs for candidate in candidates),
        depth=quantiles(candidate.architecture.depth for candidate in candidates),
        candidates=_spread(admitted, SPELLED_OUT) or tuple(ordered[:1]),
    )


def quantiles(figures: Iterable[float]) -> Quantiles:
    """Least, quarters and most; between two figures linearly, as numpy has it."""
    return Quantiles(*np.quantile(list(figures), [0, 0.25, 0.5, 0.75, 1]).tolist())


def _spread(ordered: Sequence[Candidate], count: int) -> tuple[Candidate, ...]:
    """At most `count` of them at equal distances, the first and the last among them."""
    places = np.linspace(0, len(ordered) - 1, min(count, len(ordered)))
    return tuple(ordered[round(place)] for place in places)
