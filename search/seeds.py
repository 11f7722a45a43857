"""Seeds for every purpose, derived from the study's seed. Does not import torch.

`search.randomness` generates random numbers from them.
"""

from hashlib import blake2b


def derive(*parts: int | str) -> int:
    """Return a 63-bit seed for a purpose: derive(study seed, trial number, "shuffle", epoch)."""
    text = "\x1f".join(f"{type(part).__name__}:{part}" for part in parts)
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big") >> 1
