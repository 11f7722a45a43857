"""Conversion of an architecture to a torch module."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from math import comb, sqrt
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from search.candidates.architecture import Architecture
from search.candidates.layers import IMAGE, JOINTS, Layer, last_readers, module_numbers
from search.randomness import uniform
from search.seeds import derive


class ChannelNorm(nn.Module):
    """Layer normalisation over the channels of each pixel of a map (N, C, H, W)."""

    def __init__(self, num_features: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(num_features))
        self.bias = nn.Parameter(torch.zeros(num_features))

    def reset_parameters(self) -> None:
        """Write scale 1 and shift 0."""
        nn.init.ones_(self.weight)
        nn.init.zeros_(self.bias)

    def forward(self, features: Tensor) -> Tensor:
        """features (N, C, H, W) -> the same shape."""
        last = features.permute(0, 2, 3, 1)
        normed = functional.layer_norm(last, last.shape[-1:], self.weight, self.bias)
        return normed.permute(0, 3, 1, 2)


class BlurPool(nn.Module):
    """A fixed binomial filter on each channel, with stride and zero padding."""

    kernel: Tensor

    def __init__(self, kernel_size: int, stride: int, padding: int = 0) -> None:
        super().__init__()
        self.size, self.stride, self.padding = kernel_size, stride, padding
        self.register_buffer("kernel", torch.empty(kernel_size, kernel_size))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Write the filter."""
        row = [comb(self.size - 1, k) for k in range(self.size)]
        rows = torch.tensor([[a * b / sum(row) ** 2 for b in row] for a in row])
        self.kernel.copy_(rows)

    def forward(self, features: Tensor) -> Tensor:
        """features (N, C, H, W) -> (N, C, height, width)."""
        channels = features.shape[1]
        kernel = self.kernel.expand(channels, 1, *self.kernel.shape)
        return functional.conv2d(
            features, kernel, stride=self.stride, padding=self.padding, groups=channels
        )


MODULES: dict[str, Callable[..., nn.Module]] = {
    "conv": nn.Conv2d,
    "linear": nn.Linear,
    "norm": nn.BatchNorm2d,
    "group_norm": nn.GroupNorm,
    "channel_norm": ChannelNorm,
    "relu": nn.ReLU,
    "relu6": nn.ReLU6,
    "leaky_relu": nn.LeakyReLU,
    "prelu": nn.PReLU,
    "silu": nn.SiLU,
    "hardswish": nn.Hardswish,
    "gelu": nn.GELU,
    "sigmoid": nn.Sigmoid,
    "hardsigmoid": nn.Hardsigmoid,
    "dropout": nn.Dropout,
    "maxpool": nn.MaxPool2d,
    "avgpool": nn.AvgPool2d,
    "blurpool": BlurPool,
    "global_avgpool": nn.AdaptiveAvgPool2d,
    "global_maxpool": nn.AdaptiveMaxPool2d,
    "flatten": nn.Flatten,
}

# their initial values do not depend on the seed
FIXED_START = (nn.BatchNorm2d, nn.GroupNorm, ChannelNorm, nn.PReLU, BlurPool)


class Call(NamedTuple):
    """One layer of the forward pass.

    module: index of its module; None for a joint. kind: of the layer. inputs: numbers of the calls
    that it reads, from 0; IMAGE for the image. released: those that no later call reads.
    """

    module: int | None
    kind: str
    inputs: tuple[int, ...]
    released: tuple[int, ...]


class Network(nn.Sequential):
    """The modules of a network, called in the order of its layers.

    For a chain of layers it is a plain `nn.Sequential`. Otherwise `calls` says which outputs each
    layer reads, and a module may be called several times.
    """

    def __init__(self, modules: Iterable[nn.Module], calls: Sequence[Call]) -> None:
        super().__init__(*modules)
        self.calls = tuple(calls)
        self._is_chain = all(
            (call.module, call.inputs) == (number, (number - 1,))
            for number, call in enumerate(self.calls)
        )

    def forward(self, images: Tensor) -> Tensor:
        """images (N, C, H, W) -> logits (N, classes)."""
        if self._is_chain:
            for module in self:
                images = module(images)
            return images
        values = {IMAGE: images}
        for number, call in enumerate(self.calls):
            inputs = [values[n] for n in call.inputs]
            values[number] = self._called(call, inputs)
            for n in call.released:
                del values[n]
        return values[number]

    def _called(self, call: Call, inputs: list[Tensor]) -> Tensor:
        if call.module is not None:
            result: Tensor = self[call.module](*inputs)
            return result
        if call.kind == "concat":
            return torch.cat(inputs, dim=1)
        first, second = inputs
        return first + second if call.kind == "add" else first * second

    def with_modules(self, modules: Iterable[nn.Module]) -> "Network":
        """Return a network with other modules at the same places."""
        return Network(modules, self.calls)

    def before(self, index: int) -> int | None:
        """Return the index of the module whose output the module at `index` alone reads.

        None if there is none, or if the module at `index` is called several times.
        """
        called = [call for call in self.calls if call.module == index]
        readers = Counter(n for call in self.calls for n in call.inputs)
        (source,) = called[0].inputs
        if len(called) > 1 or source == IMAGE or readers[source] > 1:
            return None
        return self.calls[source].module


def as_network(modules: nn.Sequential) -> Network:
    """Return the network itself, or a chain of modules as a network."""
    if isinstance(modules, Network):
        return modules
    chain = [Call(n, "", (n - 1,), (n - 1,)) for n in range(len(modules))]
    return Network(modules, chain)


def build_network(architecture: Architecture, seed: int = 0) -> Network:
    """Build the network, which maps images (N, C, H, W), float32, to logits (N, classes).

    The initial weights depend on the seed alone and are the same on every device. They are uniform
    between plus and minus 1 / sqrt(fan in), torch's default for convolutions and linear layers.
    """
    network = meta_network(architecture)
    # not to_empty: its meta kernels import sympy, which takes each worker a second at its start
    memory = {name: torch.empty(t.shape, dtype=t.dtype) for name, t in network.state_dict().items()}
    network.load_state_dict(memory, assign=True)
    initialise(network, seed)
    return network


def meta_network(architecture: Architecture) -> Network:
    """Return the network on the meta device: it computes shapes, but has no values."""
    layers = architecture.layers
    own = [layer for layer in layers if layer.kind not in JOINTS and layer.source is None]
    with torch.device("meta"):
        modules = [MODULES[layer.kind](**layer.arguments) for layer in own]
    return Network(modules, calls(layers))


def calls(layers: Sequence[Layer]) -> list[Call]:
    """Return the calls of the forward pass."""
    last = last_readers(layers)
    return [
        Call(
            module,
            layer.kind,
            layer.inputs,
            tuple(n for n in dict.fromkeys(layer.inputs) if last[n] == number),
        )
        for number, (layer, module) in enumerate(zip(layers, module_numbers(layers), strict=True))
    ]


def initialise(network: nn.Sequential, seed: int) -> None:
    """Write initial weights and running statistics, which depend on the seed alone."""
    with torch.no_grad():
        for index, module in enumerate(network):
            if isinstance(module, FIXED_START):
                module.reset_parameters()
            elif isinstance(module, nn.Conv2d | nn.Linear):
                bound = 1 / sqrt(module.weight[0].numel())
                for name, tensor in module.named_parameters():
                    drawn = uniform(derive(seed, index, name), tuple(tensor.shape))
                    tensor.copy_(drawn.mul_(2).sub_(1).mul_(bound))
