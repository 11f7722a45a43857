"""The one source of random draws: a counter-based generator in torch integer operations.

Every draw is a function of (seed, element), so engines and devices agree and no state is kept.
The mixing function is SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number
generators", OOPSLA 2014); on int64 tensors the multiplication wraps as it must.
"""

from hashlib import blake2b


def derive(*parts: int | str) -> int:
    """A 63-bit seed for the given purpose: derive(study seed, trial number, "shuffle", epoch)."""
    text = "\x1f".join(f"{type(part).__name__}:{part}" for part in parts)
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big") >> 1
