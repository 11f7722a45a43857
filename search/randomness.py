"""Random numbers: a counter-based generator in torch integer operations.

It is the only generator of the project. Every number is a function of (seed, element), so all
engines and devices give the same numbers and no state is kept. The mixing function is SplitMix64
(Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014). It multiplies
modulo 2^64, as int64 tensors do.
"""

from math import prod

import torch
from torch import Tensor

GOLDEN = 0x9E3779B97F4A7C15  # 2^64 / golden ratio: the step of SplitMix64's counter
MIX_1, SHIFT_1 = 0xBF58476D1CE4E5B9, 30
MIX_2, SHIFT_2 = 0x94D049BB133111EB, 27
SHIFT_3 = 31
MANTISSA = 24  # bits of a float32 in [0, 1)
NUMBERS = 4  # of 16 bits in 64 bits


def bits(seed: int, count: int, device: torch.device | str = "cpu", first: int = 0) -> Tensor:
    """Return `count` integers of 64 random bits, int64 on `device`, all different.

    first: index of the first one in the sequence of the seed, from 0.
    """
    counter = torch.arange(first + 1, first + count + 1, dtype=torch.int64, device=device)
    mixed = counter.mul_(_signed(GOLDEN)).add_(_signed(seed))
    mixed = mixed.bitwise_xor_(_shifted(mixed, SHIFT_1)).mul_(_signed(MIX_1))
    mixed = mixed.bitwise_xor_(_shifted(mixed, SHIFT_2)).mul_(_signed(MIX_2))
    return mixed.bitwise_xor_(_shifted(mixed, SHIFT_3))


def uniform(seed: int, shape: tuple[int, ...], device: torch.device | str = "cpu") -> Tensor:
    """Return a float32 tensor of the given shape, uniform in [0, 1)."""
    mantissas = _shifted(bits(seed, prod(shape), device), 64 - MANTISSA)
    return mantissas.to(torch.float32).mul_(2.0**-MANTISSA).reshape(shape)


def noise(
    seed: int, rows: int, columns: int, device: torch.device | str = "cpu", first: int = 0
) -> Tensor:
    """Return a float32 tensor (rows, columns), uniform in [-1, 1), of 16 random bits per number.

    Four times faster than `uniform`, for many numbers that need no precision. A row depends on the
    seed, its index and the number of columns. first: index of the first row, from 0.
    """
    words = -(-columns // NUMBERS)  # per row
    drawn = bits(seed, rows * words, device, first * words).view(torch.int16)
    numbers = drawn.view(rows, words * NUMBERS)[:, :columns]
    return numbers.to(torch.float32).mul_(2.0**-15)


def permutation(seed: int, count: int, device: torch.device | str = "cpu") -> Tensor:
    """Return the numbers 0 to count - 1, int64, in random order."""
    return torch.argsort(bits(seed, count, device))


def _shifted(value: Tensor, by: int) -> Tensor:
    """Return a logical right shift; the shift of int64 would copy the sign bit."""
    return (value >> by).bitwise_and_((1 << (64 - by)) - 1)


def _signed(value: int) -> int:
    """Return the int64 with the same 64 bits."""
    value &= (1 << 64) - 1
    return value - (1 << 64) if value >> 63 else value
