"""Checks that the engine built by this machine's compiler computes the same results as torch.

Once per process, before the first training, one step of a small network is compared with torch.
This detects a miscompiled engine.
"""

from copy import deepcopy
from functools import cache

import torch
from torch import Tensor, nn
from torch.nn import functional

from search.candidates.architecture import Architecture
from search.candidates.blocks import Block, Residual, Separable, SqueezeExcite
from search.randomness import uniform
from search.seeds import derive
from search.training.native.program import Program, program
from search.training.network import build_network

BLOCKS = (
    Block(5, padding=1),
    Block(18, pool=2),
    Residual((Separable(18, kernel=5, activation="hardswish"),)),
    Block(7, kernel=1),
    Residual((Separable(12, stride=2), SqueezeExcite(2)), activation="silu"),
)
NETWORK = Architecture((1, 14, 14), 10, BLOCKS)
IMAGES, SMOOTHING = 6, 0.1
TOLERANCE = 1e-3  # relative to each tensor's norm; float32 and float64 differ by about 1e-5


def open_program(
    architecture: Architecture,
    network: nn.Sequential,
    scored: nn.Sequential,
    batch: int,
    smoothing: float = 0.0,
) -> Program | None:
    """Like `program.program`, but also return None if the engine does not match torch."""
    opened = program(architecture, network, scored, batch, smoothing)
    return opened if opened is not None and matches_torch() else None


@cache
def matches_torch() -> bool:
    """Return whether loss, gradients, running statistics and logits match torch's in float64."""
    network = build_network(NETWORK, derive("proof"))
    oracle = deepcopy(network).double().train()
    opened = program(NETWORK, network, network, IMAGES, SMOOTHING)
    if opened is None:
        return False
    images = uniform(derive("proof", "images"), (IMAGES, *NETWORK.image))
    labels = torch.arange(IMAGES)
    opened.begin_epoch(0, 1, 1)
    _, loss = opened.compute_gradients(images, labels, labels)
    logits = oracle(images.double())
    expected = functional.cross_entropy(logits, labels, label_smoothing=SMOOTHING)
    expected.backward()
    pairs = [(torch.tensor(loss), expected.detach())]
    pairs += [(_gradient(a), _gradient(b)) for a, b in _paired(network, oracle)]
    pairs += [(a, b) for a, b in zip(network.buffers(), oracle.buffers(), strict=True) if a.dim()]
    pairs.append((opened.logits(images), oracle.eval()(images.double()).detach()))
    return all(_is_close(computed, exact) for computed, exact in pairs)


def _paired(one: nn.Module, two: nn.Module) -> list[tuple[nn.Parameter, nn.Parameter]]:
    return list(zip(one.parameters(), two.parameters(), strict=True))


def _gradient(weight: nn.Parameter) -> Tensor:
    assert weight.grad is not None  # a step has written it
    return weight.grad


def _is_close(computed: Tensor, exact: Tensor) -> bool:
    return bool((computed - exact).norm() <= TOLERANCE * exact.norm())
