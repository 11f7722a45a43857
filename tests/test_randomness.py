"""The random generator, compared with SplitMix64 in plain integers and tested statistically.

The seeds are fixed, so the tests are deterministic. The bounds would reject a correct generator
with a probability below 1 in 10,000.
"""

import numpy as np
import pytest
import torch
from scipy import stats

from search.randomness import bits, noise, permutation, uniform
from search.seeds import derive

MASK = (1 << 64) - 1
SEEDS = [0, 1, 2, 1_234_567, -1, 2**63 - 1, -(2**63), derive(0, "shuffle", 3)]
DOUBTFUL = 1e-4  # p-value below which a test fails


def splitmix64(seed: int, count: int) -> list[int]:
    """The published algorithm with unsigned integers."""
    drawn = []
    for index in range(1, count + 1):
        z = (seed + index * 0x9E3779B97F4A7C15) & MASK
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        drawn.append(z ^ (z >> 31))
    return drawn


def test_the_published_values() -> None:
    """The first values of seed 1234567 equal the published reference values."""
    assert [value & MASK for value in bits(1_234_567, 5).tolist()] == [
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
        4593380528125082431,
        16408922859458223821,
    ]


@pytest.mark.parametrize("seed", SEEDS)
def test_bits_are_splitmix64(seed: int) -> None:
    """The bits equal those of SplitMix64, for seeds of every size and sign."""
    assert [value & MASK for value in bits(seed, 1_000).tolist()] == splitmix64(seed, 1_000)


def test_bits_are_distinct_and_balanced() -> None:
    """All values of a seed are different; each of the 64 bits is set half of the time."""
    drawn = bits(7, 100_000)
    assert len(drawn.unique()) == 100_000
    share = torch.stack([(drawn >> bit & 1).float().mean() for bit in range(64)])
    assert (share - 0.5).abs().max() < 4.5 * 0.5 / 100_000**0.5


@pytest.mark.parametrize("seed", SEEDS)
def test_uniform_is_uniform(seed: int) -> None:
    """Values are in [0, 1), with the right mean, variance and distribution (KS test)."""
    drawn = uniform(seed, (200, 500))
    assert drawn.shape == (200, 500)
    assert drawn.dtype == torch.float32
    flat = drawn.flatten().double()
    assert flat.min() >= 0
    assert flat.max() < 1
    assert flat.mean().item() == pytest.approx(1 / 2, abs=4 * (1 / 12 / 1e5) ** 0.5)
    assert flat.var().item() == pytest.approx(1 / 12, abs=4 * (1 / 180 / 1e5) ** 0.5)
    assert stats.kstest(flat.numpy(), "uniform").pvalue > DOUBTFUL


def test_uniform_is_the_top_24_bits() -> None:
    """Values are exact in float32, so none is rounded up to 1."""
    drawn = [value >> 40 for value in splitmix64(3, 500)]
    assert (uniform(3, (500,)).double() * 2**24).tolist() == drawn


@pytest.mark.parametrize("apart", [1, 2, 1 << 32])
def test_neighbouring_seeds_are_independent(apart: int) -> None:
    """Values of two neighbouring seeds fill the unit square evenly (chi-squared, 16 x 16)."""
    for seed in range(8):
        pair = uniform(seed, (50_000,)).numpy(), uniform(seed + apart, (50_000,)).numpy()
        counts, _, _ = np.histogram2d(*pair, bins=16, range=[[0, 1], [0, 1]])
        assert stats.chisquare(counts.flatten()).pvalue > DOUBTFUL


def test_neighbouring_draws_are_independent() -> None:
    """Pairs of consecutive values fill the unit square evenly."""
    drawn = uniform(5, (100_001,)).numpy()
    counts, _, _ = np.histogram2d(drawn[:-1], drawn[1:], bins=16, range=[[0, 1], [0, 1]])
    assert stats.chisquare(counts.flatten()).pvalue > DOUBTFUL


def test_many_seeds_are_uncorrelated() -> None:
    """No two of 64 consecutive seeds are correlated more than by chance."""
    drawn = np.stack([uniform(seed, (4_096,)).numpy() for seed in range(64)])
    between = np.corrcoef(drawn)[np.triu_indices(64, k=1)]
    assert np.abs(between).max() < 5.5 / 4_096**0.5


@pytest.mark.parametrize("count", [0, 1, 2, 1_000])
def test_permutation_holds_each_number_once(count: int) -> None:
    """A permutation has each of 0 to count - 1 once, as int64."""
    order = permutation(9, count)
    assert order.dtype == torch.int64
    assert sorted(order.tolist()) == list(range(count))


def test_permutations_are_equally_frequent() -> None:
    """The 24 orders of four elements are uniform over 2,400 seeds (chi-squared)."""
    orders = [tuple(permutation(derive(seed), 4).tolist()) for seed in range(2_400)]
    _, counts = np.unique(orders, axis=0, return_counts=True)
    assert len(counts) == 24
    assert stats.chisquare(counts).pvalue > DOUBTFUL


def test_derive_separates_order_type_and_number() -> None:
    """Different lists of parts give different seeds."""
    parts: list[tuple[int | str, ...]] = [
        *((), (0,), (0, 0), (1,), ("1",), (1, 2), (2, 1), (12,), ("12",), ("1", "2")),
        *(("shuffle", 1), ("shuffle", 2), ("augment", 1), (1, "shuffle"), ("",), ("", "")),
        *((-1,), (10**30,)),
    ]
    assert len({derive(*some) for some in parts}) == len(parts)


def test_derived_seeds_have_63_bits() -> None:
    """Seeds fit into int64 and JSON, and use the full range."""
    seeds = [derive(study, "trial", number) for study in range(20) for number in range(50)]
    assert all(0 <= seed < 2**63 for seed in seeds)
    assert len(set(seeds)) == 1_000
    assert max(seeds) > 2**62


def test_derive_is_stable() -> None:
    """Seeds are equal in all processes and versions, so that studies can be resumed."""
    assert derive(0, "weights", 7) == 967873435614775329


@pytest.mark.gpu
@pytest.mark.parametrize("seed", SEEDS)
def test_a_cuda_device_draws_the_same(seed: int) -> None:
    """Bits, floats and permutations are identical on a CUDA device."""
    assert torch.equal(bits(seed, 10_000, "cuda").cpu(), bits(seed, 10_000))
    assert torch.equal(uniform(seed, (10, 100), "cuda").cpu(), uniform(seed, (10, 100)))
    assert torch.equal(permutation(seed, 10_000, "cuda").cpu(), permutation(seed, 10_000))


def test_a_part_of_the_sequence() -> None:
    """Bits from index `first` on are those of the whole sequence."""
    whole = bits(SEEDS[3], 100)
    assert torch.equal(bits(SEEDS[3], 30, first=70), whole[70:])


@pytest.mark.parametrize("columns", [1, 4, 7, 1_568])
def test_rows_of_noise_do_not_depend_on_other_rows(columns: int) -> None:
    """Rows from index `first` on are those of the whole tensor, for any number of columns."""
    whole = noise(5, 10, columns)
    assert whole.shape == (10, columns)
    assert whole.dtype == torch.float32
    assert torch.equal(noise(5, 3, columns, first=7), whole[7:])
    assert torch.equal(noise(5, 10, columns + 1)[0, :columns], whole[0])


def test_noise_is_uniform_and_independent() -> None:
    """Values are uniform in [-1, 1), and neighbours in a row and a column are uncorrelated."""
    drawn = noise(derive(1, "noise"), 1_000, 100).double()
    assert drawn.min() >= -1
    assert drawn.max() < 1
    assert stats.kstest(drawn.flatten().numpy(), "uniform", args=(-1, 2)).pvalue > DOUBTFUL
    for one, other in ((drawn[1:], drawn[:-1]), (drawn[:, 1:], drawn[:, :-1])):
        correlation = stats.pearsonr(one.flatten().numpy(), other.flatten().numpy()).statistic
        assert abs(correlation) < 4 / drawn.numel() ** 0.5
