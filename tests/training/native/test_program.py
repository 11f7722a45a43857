"""The C++ engine compared with torch in float64, and the fallback if it cannot be built."""

import os
import subprocess
import sys
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from random import Random
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.modules.container import Sequential

from search import Architecture, Augmentation, Block, Candidate, Head, Recipe
from search.candidates.baselines import all_baselines
from search.candidates.blocks import (
    Activation,
    AnyBlock,
    Dense,
    Norm,
    Pool,
    Repeat,
    Residual,
    Separable,
    SqueezeExcite,
)
from search.candidates.layers import ActivationKind
from search.data.dataset import Dataset
from search.training.backend import TorchBackend, open_backend
from search.training.native import available
from search.training.native.build import SWITCH, _digest
from search.training.native.program import Program
from search.training.native.self_check import matches_torch, open_program
from search.training.native.stages import stages, unsupported
from search.training.network import build_network
from search.training.trainer import DeviceData, train
from tests.support.random_values import random_architecture, without_dropout

pytestmark = pytest.mark.skipif(not available(), reason="needs a C++ compiler")
BLOCKS = {
    "3x3": (Block(8), Block(12)),
    "padded, pooled": (Block(7, padding=1, pool=2), Block(9, padding=1, pool=3)),
    "1x1 between": (Block(8), Block(5, kernel=1), Block(17, pool=2)),
    "more than a vector": (Block(20), Block(33, padding=1, pool=2)),
    "5x5 and 7x7": (Block(6, kernel=5, padding=2), Block(8, kernel=7, padding=3)),
    "norm last": (Block(8, order=("relu", "norm", "dropout", "pool"), pool=2),),
    "no norm": (Block(8, bias=True, order=("relu", "pool"), pool=2), Block(8, order=("relu",))),
    "dropout first": (Block(8, order=("norm", "dropout", "relu")), Block(8)),
    "norm after the pool": (Block(8, pool=2, order=("relu", "pool", "norm")), Block(8)),
    "nothing follows": (Block(8, order=()), Block(10, bias=True, order=("norm",))),
}
HEADS = {
    "pool-conv": Head("pool-conv", bias=True),
    "largest": Head("pool-conv", pool="maximum"),
    "conv-pool": Head("conv-pool"),
    "pool-linear": Head("pool-linear", hidden=12, bias=True),
    "linear": Head("linear", hidden=9, hidden_relu=False),
}


KINDS: tuple[ActivationKind, ...] = ("relu6", "leaky_relu", "silu", "hardswish")
MOTIFS: dict[str, tuple[AnyBlock, ...]] = {
    "separable 3x3": (Block(8), Separable(12), Separable(20)),
    "separable 5x5": (Block(8, padding=1), Separable(12, kernel=5), Separable(40, kernel=5)),
    "separable 7x7, plain middle": (Block(8), Separable(12, kernel=7, middle=())),
    "depthwise with bias": (Block(20), Block(20, groups="depthwise", bias=True, padding=1)),
    "depthwise first": (Block(1, groups="depthwise", padding=1), Block(8)),
    "depthwise 2x2, unpadded": (Block(8), Block(8, kernel=2, groups="depthwise"), Block(9)),
    "strided": (Block(8, stride=2), Block(12, stride=2, padding=1), Block(9, kernel=1, stride=2)),
    "strided 5x5": (Block(8, kernel=5, padding=2, stride=2), Block(17, kernel=4, stride=2)),
    "strided depthwise": (Block(8), Separable(12, stride=2), Separable(9, kernel=5, stride=2)),
    "depthwise of stride 3": (Block(8), Separable(12, stride=3)),
    "identity shortcut": (Block(8), Residual((Separable(8), Separable(8, order=("norm",))))),
    "shortcut of the image": (Residual((Block(1, padding=1),)), Block(8)),
    "projection": (Block(8), Residual((Separable(12, stride=2),), activation="relu"), Block(9)),
    "chain of shortcuts": (
        Block(8),
        *[Residual((Separable(8),)) for _ in range(3)],
        Pool("max", 2),
        Residual((Separable(20), Separable(20)), activation="silu"),
        Residual((Block(20, padding=1, order=("norm",)),), activation="hardswish"),
    ),
    "nested shortcuts": (Block(8), Residual((Residual((Separable(8),)), Block(8, padding=1)))),
    "norm first": (
        Block(8),
        Residual((Block(8, padding=1, order=("norm", "activation", "conv")),)),
        Norm(),
        Activation(),
    ),
    "pooled shortcut": (Block(8), Residual((Block(8, padding=1), Pool("max", 3, 1, 1)))),
    "squeeze": (Block(8), SqueezeExcite(2), Separable(12), SqueezeExcite(3, "silu")),
    "squeeze, hard gate": (Block(20, pool=2), SqueezeExcite(4, "hardswish", "hardsigmoid")),
    "mobile": (
        Block(8, activation="hardswish"),
        Residual(
            (
                Block(24, kernel=1, activation="hardswish"),
                Block(24, padding=1, groups="depthwise", activation="hardswish"),
                SqueezeExcite(4),
                Block(8, kernel=1, order=("norm",)),
            )
        ),
        Block(12, kernel=1),
    ),
    "average pooling": (Block(8, pool=2, pooling="average"), Block(8), Pool("average", 3)),
    "overlapping": (Block(8), Pool("max", 3, 2, 1), Block(9), Pool("average", 3, 2, 1)),
    "overlapping, unpadded": (Pool("max", 3, 2), Block(9), Pool("average", 2, 1)),
    "stride larger than the window": (Block(9), Pool("average", 2, 3), Block(8)),
    **{
        kind: (Block(8, activation=kind), Block(12, pool=2, activation=kind), Activation(kind))
        for kind in KINDS
    },
    "wide": (Block(8, pool=2), Separable(70, stride=2), Residual((Separable(70),)), Block(128)),
    "head chain": (Block(8), Separable(20, activation="silu", pool=2)),
}


def opened(
    architecture: Architecture, batch: int, smoothing: float = 0.0
) -> tuple[Program, Sequential, Sequential]:
    """Return a program, its network with changed weights, and the same network in float64."""
    network = build_network(architecture, 3)
    torch.manual_seed(0)
    with torch.no_grad():
        for tensor in network.parameters():
            tensor.add_(0.1 * torch.randn_like(tensor))
    program = open_program(architecture, network, deepcopy(network), batch, smoothing)
    assert program is not None
    return program, network, deepcopy(network).double().train()


def learned(
    network: Sequential, images: Tensor, labels: Tensor, smoothing: float
) -> tuple[Tensor, ...]:
    """Return torch's logits and loss, and leave the gradients in the network."""
    logits = network(images)
    loss = functional.cross_entropy(logits, labels, label_smoothing=smoothing)
    network.zero_grad()
    loss.backward()
    return logits, loss


def gradients(network: nn.Module) -> list[Tensor]:
    """Return the gradients of all weights."""
    found = []
    for parameter in network.parameters():
        assert parameter.grad is not None
        found.append(parameter.grad)
    return found


def close(computed: Tensor, expected: Tensor, tolerance: float) -> bool:
    """Return whether the largest difference, relative to the largest value, is within tolerance."""
    size = expected.abs().max().item() + 1e-6
    return (computed.double() - expected).abs().max().item() <= tolerance * size


def assert_step_is_torch_s(
    architecture: Architecture, batch: int = 6, smoothing: float = 0.1
) -> None:
    """Compare loss, correct answers, all gradients and running statistics of two steps.

    The tolerance grows with the difference between torch's own float32 and float64.
    """
    program, network, oracle = opened(architecture, batch, smoothing)
    single = deepcopy(oracle).float()
    images = torch.randn(11, *architecture.image)
    labels = torch.randint(architecture.classes, (11,))
    places = torch.randperm(11)[:batch]
    program.begin_epoch(1, 1, 2)
    for _ in range(2):
        correct, loss = program.compute_gradients(images, places, labels[places])
        logits, expected = learned(oracle, images[places].double(), labels[places], smoothing)
        learned(single, images[places], labels[places], smoothing)
        assert loss == pytest.approx(expected.item(), rel=1e-5, abs=1e-6)
        assert correct == (logits.argmax(1) == labels[places]).sum()
        largest = max(gradient.norm().item() for gradient in gradients(oracle))
        for one, two, three in zip(*map(gradients, (network, oracle, single)), strict=True):
            # a bias before a norm has no gradient, hence the lower bound of the size
            size = max(two.norm().item(), 0.01 * largest)
            usual = 2e-3 * size + 4 * (three - two).norm().item()
            assert (one - two).norm().item() <= usual
        for one, two in zip(network.buffers(), oracle.buffers(), strict=True):
            assert not one.is_floating_point() or close(one, two, 1e-5)
    program.scored.load_state_dict(network.state_dict())
    logits = oracle.eval()(images.double())
    assert close(program.logits(images), logits.detach(), 1e-5)


@pytest.mark.parametrize("blocks", BLOCKS)
@pytest.mark.parametrize("head", HEADS)
def test_a_step_equals_torch_s(blocks: str, head: str) -> None:
    """A step is equal for every kind of block with every kind of head, on odd image sizes."""
    assert_step_is_torch_s(Architecture((1, 15, 13), 10, BLOCKS[blocks], HEADS[head]))


@pytest.mark.parametrize("blocks", MOTIFS)
def test_motifs_equal_torch_s(blocks: str) -> None:
    """A step of every motif is equal, on odd image sizes, with a chain in the head."""
    head = Head("pool-conv", blocks=(Block(12, kernel=1, activation="hardswish"),))
    assert_step_is_torch_s(Architecture((1, 19, 17), 10, MOTIFS[blocks], head))


UNSUPPORTED: dict[str, tuple[AnyBlock, ...]] = {
    "grouped convolutions": (Block(8), Block(8, groups=2)),
    "rectangular kernels": (Block(8, kernel=(1, 3)),),
    "dilated convolutions": (Block(8, dilation=2),),
    "convolutions of a stride above 2": (Block(8, stride=3),),
    "padding as large as the kernel": (Block(8, kernel=1, padding=1),),
    "more than 128 channels": (Block(129, pool=2),),
    "group normalisation": (Block(8, norm="group", norm_groups=2),),
    "layer normalisation": (Block(8, norm="layer"),),
    "PReLU": (Block(8, activation="prelu"),),
    "GELU": (Block(8, activation="gelu"),),
    "blur pooling": (Block(8), Pool("blur", 3, 2, 1)),
    "concatenations": (Dense((Block(8, padding=1),)),),
    "repeated blocks": (Block(8), Repeat((Block(8),), 2)),
}


@pytest.mark.parametrize("layers", UNSUPPORTED)
def test_other_layers_are_left_to_torch(layers: str) -> None:
    """An architecture that the engine does not support is named and trained by torch."""
    architecture = Architecture((1, 19, 17), 10, UNSUPPORTED[layers])
    network = build_network(architecture)
    assert unsupported(architecture) == layers
    assert open_program(architecture, network, network, 6) is None


@pytest.mark.parametrize("kind", ["relu", "silu"])
def test_gradients_with_dropout_at_forks(kind: ActivationKind) -> None:
    """All readers of an output see the same mask: gradients equal finite differences.

    The masks of a step depend on the seed alone, so the loss is a function of the weights.
    """
    dropping = Separable(8, activation=kind, dropout=0.3)
    blocks = (Block(8, dropout=0.2), Residual((dropping, SqueezeExcite(2), dropping)), Block(9))
    program, network, _ = opened(Architecture((1, 12, 12), 10, blocks), 16)
    images, labels = torch.randn(16, 1, 12, 12), torch.arange(16) % 10

    def loss() -> float:
        program.begin_epoch(5, 1, 1)
        return program.compute_gradients(images, torch.arange(16), labels)[1]

    loss()
    slopes = [gradient.clone() for gradient in gradients(network)]
    weights = [weight.detach() for weight in network.parameters()]
    for seed in range(5):
        torch.manual_seed(seed)
        ways = [torch.randn_like(weight) * weight.std().nan_to_num(1) for weight in weights]
        expected = sum((way * slope).sum().item() for way, slope in zip(ways, slopes, strict=True))
        sides = []
        for step in (2e-3, -4e-3):
            torch._foreach_add_(weights, ways, alpha=step)
            sides.append(loss())
        torch._foreach_add_(weights, ways, alpha=2e-3)
        assert (sides[0] - sides[1]) / 4e-3 == pytest.approx(expected, rel=0.05, abs=0.02)


@pytest.mark.parametrize("blocks", MOTIFS)
def test_every_motif_is_supported(blocks: str) -> None:
    """No motif is left to torch."""
    assert unsupported(Architecture((1, 19, 17), 10, MOTIFS[blocks])) == ""


@pytest.mark.parametrize("seed", range(60))
def test_a_random_network_of_motifs_equals_torch_s(seed: int) -> None:
    """Any nesting of motifs is equal, or torch is used."""
    random = Random(seed)
    motifs = [random_motif(random, 2) for _ in range(random.randint(1, 4))]
    architecture = Architecture((1, 16, 16), 10, (Block(8, padding=1), *motifs))
    assert unsupported(architecture) == ""
    assert_step_is_torch_s(architecture, batch=7)


def random_motif(random: Random, depth: int) -> AnyBlock:
    """Return a random block that keeps the size, which may contain others."""
    kinds: tuple[ActivationKind, ...] = ("relu", "silu", "hardswish", "none")
    kind = random.choice(kinds)
    pick = random.randrange(7 if depth else 5)
    if pick == 0:
        return Block(random.choice((8, 20)), padding="same", activation=kind)
    if pick == 1:
        return Separable(random.choice((8, 20)), random.choice((3, 5)), activation=kind)
    if pick == 2:
        return SqueezeExcite(random.choice((2, 4)), gate=random.choice(("sigmoid", "hardsigmoid")))
    if pick == 3:
        return Pool(random.choice(("max", "average")), 3, 1, 1)
    if pick == 4:
        return random.choice((Norm(), Activation(kind)))
    inner = tuple(random_motif(random, depth - 1) for _ in range(random.randint(1, 3)))
    return Residual(inner, activation=kind)


@pytest.mark.parametrize("channels", [1, 2, 3, 5])
def test_colours(channels: int) -> None:
    """A step is equal for images of any number of channels."""
    assert_step_is_torch_s(Architecture((channels, 9, 12), 7, (Block(6), Block(7, padding=1))))


@pytest.mark.parametrize(
    "name", [b.name for b in all_baselines() if b.candidate and b.parameters <= 20_000]
)
def test_published_networks(name: str) -> None:
    """The engine supports every small published network; without dropout it equals torch."""
    (baseline,) = [b for b in all_baselines() if b.name == name]
    assert baseline.candidate is not None
    architecture = baseline.candidate.architecture
    assert stages(architecture)
    assert_step_is_torch_s(without_dropout(architecture))


@pytest.mark.parametrize("seed", range(30))
def test_every_supported_architecture_equals_torch(seed: int) -> None:
    """For a random architecture the engine either equals torch or does not support it."""
    architecture = without_dropout(random_architecture(Random(seed)))
    network = build_network(architecture)
    if open_program(architecture, network, network, 6) is not None:
        assert_step_is_torch_s(architecture)


def test_unsupported_networks_use_torch() -> None:
    """The engine supports at most 128 channels: torch's operators train a network with 129."""
    architecture = Architecture((1, 12, 12), 10, (Block(129),))
    backend = open_backend(architecture, build_network(architecture), Recipe(), 8)
    assert isinstance(backend, TorchBackend)


# dropout
RATE = 0.3


def dropped_first(places: int, steps: int) -> torch.Tensor:
    """Return the outputs of dropout of ones over several steps, (steps, positions)."""
    side = places
    block = Block(1, kernel=1, dropout=RATE, order=("dropout",))
    architecture = Architecture((1, side, side), 10, (block,), Head("linear"))
    network = build_network(architecture)
    first, last = network[0], network[-1]
    assert isinstance(first, nn.Conv2d)
    assert isinstance(last, nn.Linear)
    with torch.no_grad():
        first.weight.fill_(1.0)
        last.weight.zero_()
    program = open_program(architecture, network, network, 1)
    assert program is not None
    program.begin_epoch(5, 1, steps)
    values = []
    for _ in range(steps):
        program.compute_gradients(
            torch.ones(1, 1, side, side), torch.tensor([0]), torch.tensor([3])
        )
        # all logits are zero, so the gradient of a weight is its input times (0.1 - [class is 3])
        assert last.weight.grad is not None
        values.append(last.weight.grad[3].clone() / (0.1 - 1))
    return torch.stack(values)


def test_dropout_has_the_correct_share_and_scale() -> None:
    """Kept values are scaled by 1 / (1 - p), and the dropped share is within 5 deviations of p."""
    values = dropped_first(30, 40)
    nonzero = values[values != 0]
    assert torch.allclose(nonzero, torch.tensor(1 / (1 - RATE)), atol=1e-5)
    share = (values == 0).double().mean().item()
    spread = (RATE * (1 - RATE) / values.numel()) ** 0.5
    assert abs(share - RATE) < 5 * spread


def test_steps_have_different_masks() -> None:
    """The masks of two steps agree as often as independent masks."""
    values = dropped_first(30, 40) == 0
    agree = (values[1:] == values[:-1]).double().mean().item()
    assert agree == pytest.approx(RATE**2 + (1 - RATE) ** 2, abs=0.02)


def test_gradients_use_the_masks_of_the_forward_pass() -> None:
    """With fixed masks, the gradient equals a numerical derivative along its direction."""
    smooth = Block(6, dropout=0.2, order=("norm", "dropout"))  # no ReLU: it is not differentiable
    head = Head(pool="maximum", dropout=0.2)
    program, network, _ = opened(Architecture((1, 12, 12), 10, (smooth, smooth), head), 8)
    images, labels, places = torch.randn(8, 1, 12, 12), torch.randint(10, (8,)), torch.arange(8)

    def loss() -> float:
        program.begin_epoch(7, 1, 1)
        return program.compute_gradients(images, places, labels)[1]

    loss()
    for parameter in network.parameters():
        assert parameter.grad is not None
        gradient = parameter.grad.clone()
        way = 3e-3 * gradient / (gradient.norm() + 1e-12)
        with torch.no_grad():
            parameter.add_(way)
            above = loss()
            parameter.sub_(2 * way)
            below = loss()
            parameter.add_(way)
        assert (above - below) / 6e-3 == pytest.approx(gradient.norm().item(), rel=0.02, abs=1e-3)


# training
def test_accuracy_does_not_depend_on_the_engine(
    small_mnist: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Mean accuracies over 10 seeds, with all features, differ by at most 3 standard errors."""
    blocks = (Block(8, dropout=0.1, pool=2), Block(10, dropout=0.1, pool=2))
    recipe = Recipe(epochs=2, batch=50, rate=0.1, augmentation=Augmentation(5, 1, 0.05))
    candidate = Candidate(Architecture((1, 28, 28), 10, blocks, Head("linear")), recipe)
    data = DeviceData(small_mnist, torch.device("cpu"))
    results = []
    for switch in ("0", "1"):
        monkeypatch.setenv(SWITCH, switch)
        scores = [list(train(candidate, s, data))[-1].validation_accuracy for s in range(10)]
        results.append(torch.tensor(scores, dtype=torch.float64))
    torch_alone, native = results
    error = ((torch_alone.var() + native.var()) / 10).sqrt().item()
    assert abs(torch_alone.mean() - native.mean()).item() < 3 * error + 0.002
    assert not torch.equal(torch_alone, native)


def test_it_diverges_like_torch() -> None:
    """Weights that are NaN result in a NaN loss, also through a ReLU."""
    architecture = Architecture((1, 12, 12), 10, (Block(8, pool=2), Block(8)))
    program, network, _ = opened(architecture, 4)
    first = network[0]
    assert isinstance(first, nn.Conv2d)
    nn.init.constant_(first.weight, float("nan"))
    result = program.compute_gradients(torch.randn(4, 1, 12, 12), torch.arange(4), torch.arange(4))
    assert result[1] != result[1]


def test_wrong_shapes_and_types_are_an_error() -> None:
    """The engine reads raw memory, so tensors of a wrong shape or type are an error."""
    program, _, _ = opened(Architecture((1, 12, 12), 10, (Block(8),)), 4)
    for images in (torch.zeros(4, 1, 12, 11), torch.zeros(4, 1, 12, 12, dtype=torch.float64)):
        with pytest.raises(RuntimeError, match="expected input"):
            program.logits(images)
    images, whole = torch.zeros(4, 1, 12, 12), torch.arange(4)
    for indices, labels in ((whole.int(), whole), (whole, whole.int()), (whole, whole.float())):
        with pytest.raises(RuntimeError, match=r"expected (indices|labels) of int64"):
            program.compute_gradients(images, indices, labels)


# strides
def transposed(tensor: torch.Tensor) -> torch.Tensor:
    """Return the same values with the dimensions in reverse order in memory."""
    reverse = tuple(reversed(range(tensor.dim())))
    return tensor.permute(reverse).contiguous().permute(reverse)


def sliced(tensor: torch.Tensor) -> torch.Tensor:
    """Return the same values as a view of every second element of a larger tensor."""
    larger = torch.full([2 * side + 1 for side in tensor.shape], 7, dtype=tensor.dtype)
    view = larger[tuple(slice(1, None, 2) for _ in tensor.shape)]
    view.copy_(tensor)
    return view


def channels_last(tensor: torch.Tensor) -> torch.Tensor:
    """Return the same values in the memory format channels_last."""
    return tensor.to(memory_format=torch.channels_last) if tensor.dim() == 4 else tensor


COLOUR = Architecture((3, 12, 10), 3, (Block(8, pool=2), Block(6)), Head("linear", bias=True))


def two_steps(
    network: Sequential, images: Tensor, indices: Tensor, labels: Tensor
) -> tuple[list[tuple[int, float]], list[Tensor]]:
    """Return losses, gradients, statistics and logits of two steps of the engine."""
    program = open_program(COLOUR, network, network, len(indices), 0.1)
    assert program is not None
    program.begin_epoch(1, 1, 2)
    results = [program.compute_gradients(images, indices, labels) for _ in range(2)]
    return results, [*gradients(network), *network.buffers(), program.logits(images)]


def assert_equal_steps(
    one: tuple[list[tuple[int, float]], list[Tensor]],
    two: tuple[list[tuple[int, float]], list[Tensor]],
) -> None:
    """Assert that two results of `two_steps` are bitwise equal."""
    assert one[0] == two[0]
    assert all(map(torch.equal, one[1], two[1]))


@pytest.mark.parametrize("view", [transposed, sliced, channels_last])
def test_strides_of_images_indices_and_labels_make_no_difference(view: Callable[..., Any]) -> None:
    """Views with any strides give the same results as contiguous tensors of equal values."""
    torch.manual_seed(0)
    images, indices, labels = torch.randn(9, 3, 12, 10), torch.randperm(9)[:6], torch.arange(6) % 3
    expected = two_steps(build_network(COLOUR, 3), images, indices, labels)
    views = [view(tensor) for tensor in (images, indices, labels)]
    assert not views[0].is_contiguous()
    assert_equal_steps(two_steps(build_network(COLOUR, 3), *views), expected)


def test_expanded_tensors_make_no_difference() -> None:
    """Strides of 0 work: one image, one index and one label expanded to the batch."""
    images, number = torch.randn(1, 3, 12, 10).expand(4, 3, 12, 10), torch.tensor([2]).expand(4)
    expected = two_steps(
        build_network(COLOUR, 3), images.contiguous(), number.contiguous(), number.contiguous()
    )
    assert_equal_steps(two_steps(build_network(COLOUR, 3), images, number, number), expected)


def test_strides_of_weights_make_no_difference() -> None:
    """A network in another memory format learns the same, in its own tensors."""
    images, indices = torch.randn(4, 3, 12, 10), torch.arange(4)
    expected = two_steps(build_network(COLOUR, 3), images, indices, indices % 3)
    network = build_network(COLOUR, 3).to(memory_format=torch.channels_last)
    for parameter in network.parameters():
        parameter.data = transposed(parameter.data)
    assert_equal_steps(two_steps(network, images, indices, indices % 3), expected)


def test_an_invalid_label_makes_the_loss_nan() -> None:
    """A label that is not a class makes the loss NaN and causes no read outside the logits."""
    program, _, _ = opened(Architecture((1, 12, 12), 10, (Block(8),)), 4)
    result = program.compute_gradients(
        torch.zeros(4, 1, 12, 12), torch.arange(4), torch.tensor([0, 1, 2, 10**9])
    )
    assert result[1] != result[1]


# the library
ASK = "from search.training.native import available; print(available())"


def availability(**environment: Any) -> str:
    """Return what a new process prints about the availability of the engine."""
    done = subprocess.run(
        [sys.executable, "-c", ASK],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert not done.stderr
    return done.stdout.strip()


def test_without_a_compiler_torch_is_used(tmp_path: Path) -> None:
    """Without a compiler and a built engine, torch's operators are used without a message."""
    empty: dict[str, Any] = {"PATH": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path), "CXX": ""}
    assert availability(**empty) == "False"


def test_a_failing_compiler_is_like_none(tmp_path: Path) -> None:
    """If the compiler fails, torch is used and no partial library remains in the cache."""
    broken = tmp_path / "broken"
    broken.write_text("#!/bin/sh\n[ $1 = --version ] || exit 1\n")
    broken.chmod(0o755)
    assert availability(CXX=str(broken), XDG_CACHE_HOME=str(tmp_path)) == "False"
    assert not list((tmp_path / "frugal").glob("*.so"))


def test_with_an_unwritable_cache_torch_is_used(tmp_path: Path) -> None:
    """torch's operators are used if the path of the cache folder is a file."""
    (tmp_path / "frugal").write_text("")
    assert availability(XDG_CACHE_HOME=str(tmp_path)) == "False"


def test_the_switch_disables_the_engine() -> None:
    """FRUGAL_NATIVE=0 disables the engine."""
    assert availability(**{SWITCH: "0"}) == "False"


@pytest.mark.slow
def test_it_is_built_once(tmp_path: Path) -> None:
    """Two processes that start at the same time build it once; a third process reuses it."""
    started = [
        subprocess.Popen(
            [sys.executable, "-c", ASK],
            env=os.environ | {"XDG_CACHE_HOME": str(tmp_path)},
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    assert [process.communicate()[0].strip() for process in started] == ["True", "True"]
    (built,) = (tmp_path / "frugal").glob("engine-*.so")
    made = built.stat().st_mtime_ns
    assert availability(XDG_CACHE_HOME=str(tmp_path)) == "True"
    assert built.stat().st_mtime_ns == made


WRONG = """
from search.training.native import program
from search.training.native.self_check import matches_torch
correct_step = program.Program.compute_gradients

def wrong_step(*given):
    correct, loss = correct_step(*given)
    return correct, 1.002 * loss

program.Program.compute_gradients = wrong_step
print(matches_torch())
"""


def test_an_engine_with_wrong_results_is_not_used() -> None:
    """The self-check fails if the loss is 0.2 % too large, and passes otherwise."""
    done = subprocess.run([sys.executable, "-c", WRONG], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
    assert matches_torch()


def test_another_compiler_makes_another_library(tmp_path: Path) -> None:
    """The name of the library depends on the compiler."""
    other = tmp_path / "other"
    other.write_text("#!/bin/sh\necho version 2\n")
    other.chmod(0o755)
    assert _digest(str(other)) != _digest("c++")
