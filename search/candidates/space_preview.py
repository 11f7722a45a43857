"""Statistics of the candidates that a space proposes, before any training.

This module computes the statistics; the command line prints them. It does not import torch.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from search.candidates.candidate import Budget, Candidate
from search.errors import FrugalError

SPELLED_OUT = 3  # candidates shown in full


class Quantiles(NamedTuple):
    """Minimum, quartiles and maximum of one quantity."""

    least: float
    quarter: float
    median: float
    three_quarters: float
    most: float


class ProposalSize(NamedTuple):
    """The size of one proposal. within: whether it is within the budget."""

    parameters: int
    macs: int
    depth: int
    within: bool


class SpacePreview(NamedTuple):
    """Statistics of `samples` proposals of a space, of which `admitted` are within the budget.

    exceeded: number of candidates over each limit; limits that none exceeds are missing.
    parameters, macs, depth: distribution over all candidates, including those over budget.
    candidates: a few candidates within the budget, from the smallest to the largest; if there are
    none, the smallest candidate. rejected: number of samples without a candidate, by outcome.
    reasons: number of samples without a candidate, by reason, most common first. sizes: of all
    candidates.
    """

    samples: int
    admitted: int
    budget: Budget
    exceeded: Mapping[str, int]
    parameters: Quantiles
    macs: Quantiles
    depth: Quantiles
    candidates: tuple[Candidate, ...]
    rejected: Mapping[str, int] = {}
    reasons: Mapping[str, int] = {}
    sizes: tuple[ProposalSize, ...] = ()

    @property
    def share(self) -> float:
        """Fraction of the samples that are within the budget, 0 to 1."""
        return self.admitted / self.samples


def preview_space(
    candidates: Sequence[Candidate], budget: Budget, rejections: Sequence[tuple[str, str]] = ()
) -> SpacePreview:
    """Return the preview of sampled candidates under a budget.

    rejections: (outcome, reason) of every sample without a candidate. FrugalError if there are no
    candidates.
    """
    reasons = Counter(reason for _, reason in rejections)
    if not candidates:
        most = f"; most common reason: {reasons.most_common(1)[0][0]}" if reasons else ""
        raise FrugalError(
            f"none of {len(rejections)} samples has a candidate: a preview needs at least 1 "
            f"candidate{most}"
        )
    violations = [budget.violations(candidate) for candidate in candidates]
    ordered = sorted(candidates, key=lambda candidate: candidate.architecture.parameters)
    admitted = [candidate for candidate in ordered if not budget.violations(candidate)]
    return SpacePreview(
        samples=len(candidates) + len(rejections),
        admitted=len(admitted),
        budget=budget,
        exceeded=Counter(violation.limit for each in violations for violation in each),
        parameters=quantiles(candidate.architecture.parameters for candidate in candidates),
        macs=quantiles(candidate.architecture.macs for candidate in candidates),
        depth=quantiles(candidate.architecture.depth for candidate in candidates),
        candidates=_spread(admitted, SPELLED_OUT) or tuple(ordered[:1]),
        rejected=Counter(outcome for outcome, _ in rejections),
        reasons=dict(reasons.most_common()),
        sizes=tuple(
            ProposalSize(a.parameters, a.macs, a.depth, within=not over)
            for a, over in zip((c.architecture for c in candidates), violations, strict=True)
        ),
    )


def quantiles(figures: Iterable[float]) -> Quantiles:
    """Return minimum, quartiles and maximum, with linear interpolation (numpy's default)."""
    return Quantiles(*np.quantile(list(figures), [0, 0.25, 0.5, 0.75, 1]).tolist())


def _spread(ordered: Sequence[Candidate], count: int) -> tuple[Candidate, ...]:
    """Return at most `count` evenly spaced items, including the first and the last."""
    places = np.linspace(0, len(ordered) - 1, min(count, len(ordered)))
    return tuple(ordered[round(place)] for place in places)
