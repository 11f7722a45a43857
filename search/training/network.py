"""Conversion of an architecture to a torch module: an `nn.Sequential` of its layers."""

from collections.abc import Callable
from math import sqrt

import torch
from torch import nn

from search.candidates.architecture import Architecture
from search.randomness import uniform
from search.seeds import derive

MODULES: dict[str, Callable[..., nn.Module]] = {
    "conv": nn.Conv2d,
    "linear": nn.Linear,
    "norm": nn.BatchNorm2d,
    "relu": nn.ReLU,
    "dropout": nn.Dropout,
    "maxpool": nn.MaxPool2d,
    "global_avgpool": nn.AdaptiveAvgPool2d,
    "global_maxpool": nn.AdaptiveMaxPool2d,
    "flatten": nn.Flatten,
}


def build_network(architecture: Architecture, seed: int = 0) -> nn.Sequential:
    """Build the network, which maps images (N, C, H, W), float32, to logits (N, classes).

    The initial weights depend on the seed alone and are the same on every device. They are uniform
    between plus and minus 1 / sqrt(fan in), torch's default for convolutions and linear layers.
    """
    with torch.device("meta"):
        network = nn.Sequential(
            *(MODULES[layer.kind](**layer.arguments) for layer in architecture.layers)
        )
    # not to_empty: its meta kernels import sympy, which takes each worker a second at its start
    memory = {name: torch.empty(t.shape, dtype=t.dtype) for name, t in network.state_dict().items()}
    network.load_state_dict(memory, assign=True)
    initialise(network, seed)
    return network


def initialise(network: nn.Sequential, seed: int) -> None:
    """Write initial weights and running statistics, which depend on the seed alone."""
    with torch.no_grad():
        for index, module in enumerate(network):
            if isinstance(module, nn.BatchNorm2d):
                module.reset_parameters()
            elif isinstance(module, nn.Conv2d | nn.Linear):
                bound = 1 / sqrt(module.weight[0].numel())
                for name, tensor in module.named_parameters():
                    drawn = uniform(derive(seed, index, name), tuple(tensor.shape))
                    tensor.copy_(drawn.mul_(2).sub_(1).mul_(bound))
