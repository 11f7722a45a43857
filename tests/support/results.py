"""Results of members of a pool."""

from search.training.pool import EpochResult, Failure


def succeeded(result: EpochResult | Failure) -> EpochResult:
    """Return the result of an epoch; asserts that it is no failure."""
    assert isinstance(result, EpochResult)
    return result
