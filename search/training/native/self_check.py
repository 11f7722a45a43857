"""Whether the engine, as this machine's compiler made it, computes what torch does.

One step of a small network, once per process, before anything is trained by it: a compiler that
makes something else of the sources must not be noticed by wrong accuracies.
"""

from copy import deepcopy
from functools import cache

import torch
from torch import Tensor, nn
from torch.nn import functional

from search.candidates.architecture import Architecture, Block
from search.randomness import uniform
from search.seeds import derive
from search.training.native.program import Program, program
from search.training.network import build_network

BLOCKS = (Block(5, padding=1), Block(18, pool=2), Block(7, kernel=1), Block(12))
NETWORK = Architecture((1, 14, 14), 10, BLOCKS)
IMAGES, SMOOTHING = 6, 0.1
TOLERANCE = 1e-3  # of each tensor's norm: float32 against float64 gives a hundredth of it


def open_program(
    architecture: Architecture,
    network: nn.Sequential,
    scored: nn.Sequential,
    batch: int,
    smoothing: float = 0.0,
) -> Program | None:
    """As `program.program`, and None too where the engine does not prove itself."""
    found = program(architecture, network, scored, batch, smoothing)
    return found if found is not None and matches_torch() else None


@cache
def matches_torch() -> bool:
    """Whether loss, gradients, running statistics and logits are torch's in float64."""
    network = build_network(NETWORK, derive("proof"))
    oracle = deepcopy(network).double().train()
    opened = program(NETWORK, network, network, IMAGES, SMOOTHING)
    if opened is None:
        return False
    images = uniform(derive("proof", "images"), (IMAGES, *NETWORK.image))
    labels = torch.arange(IMAGES)
    opened.begin(0, 1, 1)
    _, loss = opened.compute_gradients(images, labels, labels)
    logits = oracle(images.double())
    expected = functional.cross_entropy(logits, labels, label_smoothing=SMOOTHING)
    expected.backward()
    pairs = [(torch.tensor(loss), expected.detach())]
    pairs += [(_gradient(a), _gradient(b)) for a, b in _paired(network, oracle)]
    pairs += [(a, b) for a, b in zip(network.buffers(), oracle.buffers(), strict=True) if a.dim()]
    pairs.append((opened.classify(images), oracle.eval()(images.double()).detach()))
    return all(_near(found, wanted) for found, wanted in pairs)


def _paired(one: nn.Module, two: nn.Module) -> list[tuple[nn.Parameter, nn.Parameter]]:
    return list(zip(one.parameters(), two.parameters(), strict=True))


def _gradient(weight: nn.Parameter) -> Tensor:
    assert weight.grad is not None  # a step was taken
    return weight.grad


def _near(found: Tensor, wanted: Tensor) -> bool:
    return bool((found - wanted).norm() <= TOLERANCE * wanted.norm())
