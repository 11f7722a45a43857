"""The capturable step: it equals the eager engine and exchanges no data with the host."""

from copy import deepcopy
from dataclasses import replace
from itertools import product
from random import Random
from typing import Any, get_args

import pytest
import torch
from numpy.linalg import norm
from torch import nn

from search.candidates.architecture import Architecture, Head
from search.candidates.blocks import Block
from search.candidates.candidate import Candidate
from search.candidates.recipe import Augmentation, Optimiser, Recipe, Schedule, ScheduleKind
from search.data.dataset import Dataset
from search.seeds import derive
from search.training.dropout import GeneratorDropout, with_generator_dropout
from search.training.engines.cuda_graphs import CudaGraphPool
from search.training.engines.cuda_step import (
    ALIGNED,
    CapturableTraining,
    FlatParameters,
)
from search.training.engines.optimiser_steps import MuonStep
from search.training.native.build import SWITCH
from search.training.network import build_network
from search.training.pool import EpochResult
from search.training.trainer import DeviceData, Trainer, train
from tests.support.random_values import random_nested_architecture, without_dropout
from tests.support.replayed_graph import Tape
from tests.support.results import succeeded

CPU = torch.device("cpu")
SEED = 7
ARCHITECTURE = Architecture((1, 28, 28), 10, (Block(6, pool=2), Block(10)))
DROPPING = Architecture(
    (1, 28, 28), 10, (Block(6, pool=2, dropout=0.3), Block(10, dropout=0.3)), Head(dropout=0.2)
)
FULL = Recipe(epochs=2, batch=96, rate=0.05, augmentation=Augmentation(7, 1, 0.05), ema=0.9)
MOVING = Augmentation(7, 1, 0.05, 0.1, shear=5, elastic=1, erasing=0.3, flip=0.5)
RECIPES = {
    "sgd, average, moved": FULL,
    "no momentum": Recipe(epochs=2, batch=100, momentum=0.0, ema=0.0),
    "nesterov, decay": Recipe(epochs=2, nesterov=True, weight_decay=0.1, ema=0.99),
    "moving momentum": Recipe(epochs=2, schedule=Schedule(cycle_momentum=True), smoothing=0.2),
    "steps": Recipe(epochs=2, schedule=Schedule("step", every=1), batch=300),
    "adam, decay": Recipe(epochs=2, optimiser="adam", rate=0.003, weight_decay=0.1),
    "adamw, decay": Recipe(
        epochs=2, optimiser="adamw", rate=0.003, weight_decay=1.0, schedule=Schedule("cosine")
    ),
    "one batch": Recipe(epochs=2, batch=10_000, rate=0.2),
    "clipped": Recipe(epochs=2, clip=0.5, weight_decay=0.01),
    "muon, clipped": Recipe(epochs=2, optimiser="muon", rate=0.02, muon_steps=3, clip=0.5),
}
SEEDS = range(10)
LEVEL = 0.01  # significance level of tests of distributions; seeds are fixed for reproducibility
WAITING = {
    "_local_scalar_dense",
    "item",
    "nonzero",
    "is_nonzero",
    "equal",
    "unique",
    "masked_select",
    "index of bools",
}
EACH_OPTIMISER: dict[Optimiser, Recipe] = {
    "sgd": Recipe(momentum=0.8),
    "adam": Recipe(optimiser="adam", rate=0.003, beta2=0.99),
    "adamw": Recipe(optimiser="adamw", rate=0.003, weight_decay=0.1, epsilon=1e-6),
    "nadam": Recipe(optimiser="nadam", rate=0.003, momentum_decay=0.01),
    "rmsprop": Recipe(optimiser="rmsprop", rate=0.0005, alpha=0.95, epsilon=1e-6),
    "muon": Recipe(optimiser="muon", rate=0.02, nesterov=True, weight_decay=0.01),
}
EACH_SCHEDULE: dict[ScheduleKind, Schedule] = {
    "constant": Schedule("constant", warmup_epochs=0.5),
    "step": Schedule("step", every=1),
    "cosine": Schedule("cosine", floor=0.1),
    "onecycle": Schedule("onecycle", warmup=0.4, cycle_momentum=True),
    "linear": Schedule("linear", floor=0.1, warmup_epochs=0.5),
    "exponential": Schedule("exponential", gamma=0.3),
    "constant-decay": Schedule("constant-decay"),
}


@pytest.fixture(scope="module")
def data(small_mnist: Dataset) -> DeviceData:
    """Real MNIST on the CPU. Shared, so tests must not modify it."""
    return DeviceData(small_mnist, CPU)


def new_training(
    data: DeviceData, architecture: Architecture = ARCHITECTURE, recipe: Recipe = FULL
) -> CapturableTraining:
    """Return a training at the start of its first epoch."""
    training = CapturableTraining(Candidate(architecture, replace(recipe, epochs=4)), SEED, data)
    training.begin_epoch(1)
    return training


def pooled(dataset: Dataset, candidate: Candidate, seed: int = SEED) -> list[EpochResult]:
    """Return all results of a training with capturable steps."""
    with CudaGraphPool(dataset, "cpu", 1) as pool:
        pool.admit(candidate, seed)
        return [succeeded(event.result) for event in pool]


@pytest.mark.parametrize("name", RECIPES)
def test_without_dropout_the_results_equal_the_eager_engine_s(
    name: str, small_mnist: Dataset, data: DeviceData
) -> None:
    """Two epochs agree for every kind of recipe."""
    assert_equal(Candidate(ARCHITECTURE, RECIPES[name]), small_mnist, data)


@pytest.mark.parametrize("kind", EACH_SCHEDULE)
@pytest.mark.parametrize("optimiser", EACH_OPTIMISER)
def test_every_optimiser_and_schedule_equal_the_eager_engine_s(
    optimiser: Optimiser,
    kind: ScheduleKind,
    small_mnist: Dataset,
    data: DeviceData,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Two epochs agree for every optimiser with every schedule.

    Without the C++ engine, whose gradients have another float error.
    """
    monkeypatch.setenv(SWITCH, "0")
    recipe = replace(EACH_OPTIMISER[optimiser], epochs=2, schedule=EACH_SCHEDULE[kind], ema=0.9)
    assert_equal(Candidate(ARCHITECTURE, recipe), small_mnist, data, 0.01)


def test_every_optimiser_and_schedule_is_tested() -> None:
    """The tables above contain every name of the recipe."""
    assert tuple(EACH_OPTIMISER) == get_args(Optimiser)
    assert tuple(EACH_SCHEDULE) == get_args(ScheduleKind)
    assert all(name == recipe.optimiser for name, recipe in EACH_OPTIMISER.items())
    assert all(name == schedule.kind for name, schedule in EACH_SCHEDULE.items())


def assert_equal(
    candidate: Candidate, small_mnist: Dataset, data: DeviceData, tolerance: float = 0.05
) -> None:
    """Assert that a training with capturable steps equals the eager engine's.

    Accuracies differ by at most 0.0021, losses by 1e-4. tolerance: of the weights, relative to
    their change in training; Adam and Muon amplify the float error of a gradient near zero.
    """
    results, expected = pooled(small_mnist, candidate), list(train(candidate, SEED, data))
    for ours, other in zip(results, expected, strict=True):
        assert ours.epoch == other.epoch
        assert ours.training_loss == pytest.approx(other.training_loss, rel=1e-4)
        assert ours.validation_loss == pytest.approx(other.validation_loss, rel=1e-4)
        assert ours.training_accuracy == pytest.approx(other.training_accuracy, abs=0.0021)
        assert ours.validation_accuracy == pytest.approx(other.validation_accuracy, abs=0.0021)
    weights, arrays = results[-1].weights, expected[-1].weights
    assert weights is not None
    assert arrays is not None
    start = build_network(ARCHITECTURE, derive(SEED, "weights")).state_dict()
    assert list(weights) == list(arrays)
    for tensor, array in arrays.items():
        way = norm(array - start[tensor].numpy())
        assert norm(weights[tensor] - array) <= tolerance * way, tensor


def test_nested_networks_learn_the_same_as_with_the_eager_engine(data: DeviceData) -> None:
    """After three steps, the weights of 20 random networks differ by at most 0.1 % of their change.

    The lower bound of the change is for biases in front of a norm, which have no gradient.
    """
    recipe = Recipe(epochs=4, batch=32, rate=0.02, ema=0.0)
    for seed in range(20):
        architecture = without_dropout(random_nested_architecture(Random(seed), (1, 28, 28), 10))
        training = new_training(data, architecture, recipe)
        eager, start = eager_training(data, architecture, recipe), initial_weights(architecture)
        for indices in training._order[:3]:
            training.step()
            eager.backend.compute_gradients(training._pixels, indices, data.labels[indices])
            eager._update()
        ours, theirs = training.network.state_dict(), eager.network.state_dict()
        for name, before in start.items():
            change = norm(theirs[name] - before) + 0.001
            assert norm(ours[name] - theirs[name]) <= 0.001 * change, (architecture, name)


def test_steps_of_nested_networks_can_be_captured(data: DeviceData) -> None:
    """All steps of a nested network are the same for the host, and none waits for the device."""
    for seed in range(5):
        architecture = random_nested_architecture(Random(seed), (1, 28, 28), 10)
        training = new_training(data, architecture, replace(FULL, batch=16))
        steps = []
        for _ in range(3):
            with Tape() as tape:
                training.step()
            steps.append(
                [(func, _plain(args), _plain(kwargs)) for func, args, kwargs, _ in tape.calls]
            )
        assert all(step == steps[0] for step in steps), architecture
        names = {func._schema.name.removeprefix("aten::") for func, *_ in steps[0]}
        assert names & WAITING == set()


def test_fused_dropout_does_not_change_results_of_nested_networks() -> None:
    """In 50 random networks, a ReLU in the same pass as dropout gives the same gradients."""
    rectifying = 0
    for seed in range(50):
        architecture = random_nested_architecture(Random(seed))
        network = build_network(architecture)
        fused = with_generator_dropout(deepcopy(network), torch.Generator().manual_seed(1))
        rectifying += sum(isinstance(m, GeneratorDropout) and m.rectify for m in fused)
        generator = torch.Generator().manual_seed(1)
        plain = network.with_modules(
            GeneratorDropout(m.p, generator) if isinstance(m, nn.Dropout) else m for m in network
        )
        images = torch.rand(4, *architecture.image)
        one, other = (net(images).square().sum() for net in (plain, fused))
        gradients = torch.autograd.grad(one, list(plain.parameters()), allow_unused=True)
        others = torch.autograd.grad(other, list(fused.parameters()), allow_unused=True)
        torch.testing.assert_close(gradients, others, rtol=1e-5, atol=1e-6)
    assert rectifying >= 5


def initial_weights(architecture: Architecture) -> dict[str, torch.Tensor]:
    """Return the weights and statistics at the start of a training."""
    state = build_network(architecture, derive(SEED, "weights")).state_dict()
    return {name: tensor for name, tensor in state.items() if tensor.is_floating_point()}


def eager_training(data: DeviceData, architecture: Architecture, recipe: Recipe) -> Trainer:
    """Return a training with torch's eager operators."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(SWITCH, "0")
        trainer = Trainer(Candidate(architecture, replace(recipe, epochs=4)), SEED, data)
    trainer.backend.begin_epoch(SEED, 1, trainer.steps)
    return trainer


def test_all_floats_of_nested_networks_are_views_of_one_tensor() -> None:
    """Logits are unchanged, and shared weights and the filters of blur pooling are views, too."""
    for seed in range(20):
        architecture = random_nested_architecture(Random(seed))
        network = build_network(architecture, SEED).eval()
        images = torch.rand(2, *architecture.image)
        expected = network(images)
        flat = FlatParameters(network)
        assert torch.equal(network(images), expected)
        assert sum(weight.numel() for weight in flat.weights) == architecture.parameters
        floats = [t for t in network.state_dict().values() if t.is_floating_point()]
        memory = flat.everything.untyped_storage().data_ptr()
        assert all(tensor.untyped_storage().data_ptr() == memory for tensor in floats)
        copied = deepcopy(network)
        assert torch.equal(copied(images), expected)


def chance(differences: torch.Tensor) -> float:
    """Return the p-value of the exact sign-flip test of paired differences."""
    signs = torch.tensor(list(product((-1.0, 1.0), repeat=len(differences))))
    sums = (signs * differences).sum(1).abs()
    return (sums >= differences.sum().abs() - 1e-9).double().mean().item()


@pytest.mark.slow
def test_with_dropout_losses_have_the_eager_engine_s_distribution(
    small_mnist: Dataset, data: DeviceData
) -> None:
    """Losses of ten pairs of trainings, which differ in masks only, are equally distributed.

    As a check of the test, trainings without dropout are significantly different.
    """
    recipe = replace(FULL, batch=50)
    dropping, plain = Candidate(DROPPING, recipe), Candidate(ARCHITECTURE, recipe)
    ours = [pooled(small_mnist, dropping, seed)[-1].training_loss for seed in SEEDS]
    other = [list(train(dropping, seed, data))[-1].training_loss for seed in SEEDS]
    without = [pooled(small_mnist, plain, seed)[-1].training_loss for seed in SEEDS]
    assert chance(torch.tensor(ours) - torch.tensor(other)) > LEVEL
    assert chance(torch.tensor(without) - torch.tensor(other)) < LEVEL


STEPPING = [FULL, *(replace(each, clip=1.0, ema=0.9) for each in EACH_OPTIMISER.values())]


@pytest.mark.parametrize("recipe", STEPPING, ids=lambda recipe: recipe.optimiser)
def test_every_step_is_the_same_for_the_host(recipe: Recipe, data: DeviceData) -> None:
    """Operators and their numeric arguments are equal in all steps and epochs.

    Therefore a replayed graph does the same as the step.
    """
    training = new_training(data, DROPPING, recipe)
    steps = []
    for epoch in (1, 2):
        training.begin_epoch(epoch)
        for _ in range(3):
            with Tape() as tape:
                training.step()
            steps.append(
                [(func, _plain(args), _plain(kwargs)) for func, args, kwargs, _ in tape.calls]
            )
    assert len(steps[0]) > 50
    assert all(step == steps[0] for step in steps)


@pytest.mark.parametrize("recipe", STEPPING, ids=lambda recipe: recipe.optimiser)
def test_a_step_keeps_its_memory(recipe: Recipe, data: DeviceData) -> None:
    """Tensors that outlive a step keep their addresses, also across epochs and scoring."""
    training = new_training(data, DROPPING, recipe)
    before = places(training)
    for epoch in (1, 2):
        training.begin_epoch(epoch)
        for _ in range(training.steps):
            training.step()
        training.measurements()
    assert places(training) == before
    assert len(before) > 20


@pytest.mark.parametrize("recipe", STEPPING, ids=lambda recipe: recipe.optimiser)
def test_nothing_waits_for_the_device(recipe: Recipe, data: DeviceData) -> None:
    """From the start of an epoch to its results, no operator synchronises with the device."""
    training = new_training(data, DROPPING, replace(recipe, augmentation=MOVING))
    with Tape() as tape:
        training.begin_epoch(2)
        for _ in range(training.steps):
            training.step()
        training.measurements()
    names = {operator(func, args) for func, args, *_ in tape.calls}
    assert {"convolution_backward", "index"} <= names
    assert names & WAITING == set()


# the flat parameters
def test_all_floats_are_views_of_one_tensor() -> None:
    """Values and layout of a network are unchanged, and changing the tensor changes the network."""
    network = build_network(DROPPING, SEED).to(memory_format=torch.channels_last)
    before = {name: (t.clone(), t.stride()) for name, t in network.state_dict().items()}
    flat = FlatParameters(network)
    after = network.state_dict()
    assert after.keys() == before.keys()
    for name, (tensor, stride) in before.items():
        assert torch.equal(after[name], tensor), name
        assert after[name].stride() == stride, name
    learned = sum(weight.numel() for weight in network.parameters())
    assert learned <= len(flat.learned) < learned + ALIGNED * len(flat.weights)
    assert flat.everything.count_nonzero() <= sum(t.numel() for t, _ in before.values())
    flat.everything.fill_(3)
    assert all((t == 3).all() for t in network.state_dict().values() if t.is_floating_point())


def test_gradients_are_collected_in_the_layout_of_the_weights() -> None:
    """Gradients of any layout are copied to the layout of `learned`; the padding stays zero."""
    network = build_network(ARCHITECTURE, SEED).to(memory_format=torch.channels_last)
    flat = FlatParameters(network)
    gradients = tuple(torch.randn(weight.shape) for weight in flat.weights)
    flat.learned.copy_(flat.collect(gradients))
    for weight, gradient in zip(flat.weights, gradients, strict=True):
        assert torch.equal(weight, gradient)
    assert flat.learned.count_nonzero() == sum(gradient.numel() for gradient in gradients)


class Blurred(nn.Module):
    """A layer with constant float buffers, one persistent and one not."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("kernel", torch.full((3, 1, 2, 2), 0.25))
        self.register_buffer("offset", torch.ones(3), persistent=False)

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """Average 2x2 pixels of images with three channels, and add 1."""
        blurred = nn.functional.conv2d(inputs, self.get_buffer("kernel"), groups=3)
        return blurred + self.get_buffer("offset")[:, None, None]


class Residual(nn.Sequential):
    """A network that is not purely sequential."""

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """Add the inputs of the last layer to its outputs."""
        *layers, last = self
        for layer in layers:
            inputs = layer(inputs)
        outputs: torch.Tensor = last(inputs)
        return outputs + inputs


def test_shared_modules_and_constant_buffers_stay_so() -> None:
    """The outputs and state of a network with them are unchanged; weights are counted once."""
    torch.manual_seed(0)
    conv = nn.Conv2d(3, 3, 3, padding=1)
    network = Residual(conv, Blurred(), nn.BatchNorm2d(3), conv)
    network = network.to(memory_format=torch.channels_last).eval()
    images, before = torch.randn(2, 3, 8, 8), set(network.state_dict())
    expected = network(images)
    flat = FlatParameters(network)
    assert torch.equal(network(images), expected)
    assert set(network.state_dict()) == before
    assert len(flat.weights) == 4
    assert network[0].weight is network[3].weight
    pointers = {tensor.untyped_storage().data_ptr() for tensor in network.state_dict().values()}
    assert len(pointers) == 2  # the flat tensor and the counter of batches
    flat.everything.lerp_(flat.everything.clone(), 0.3)
    assert (network[1].get_buffer("kernel") == 0.25).all()


def test_kernels_are_at_the_end_of_the_weights() -> None:
    """Their places are views of the kernels; all other weights are in front of them."""
    network = build_network(ARCHITECTURE, SEED).to(memory_format=torch.channels_last)
    flat = FlatParameters(network)
    kernels = [module.weight for module in network if isinstance(module, nn.Conv2d)]
    assert len(flat.kernels) == len(kernels) == 3
    for place, kernel in zip(flat.kernels, kernels, strict=True):
        view = place.view(flat.learned)
        assert view.data_ptr() == kernel.data_ptr()
        assert view.stride() == kernel.stride()
        assert torch.equal(view, kernel)
        assert torch.equal(place.view(flat.learned[3:]), place.view(flat.learned[3:].clone()))
    flat.learned[: flat.kernels[0].offset] = 7
    assert all((weight == 7).all() for weight in network.parameters() if weight.dim() < 4)


# dropout
@pytest.mark.parametrize("rectify", [False, True])
def test_dropout_drops_the_correct_share_and_scales_the_rest(rectify: bool) -> None:
    """Of 100,000 elements 70 % are kept within 5 standard errors and scaled by 1 / 0.7.

    The same holds for gradients.
    """
    module = GeneratorDropout(0.3, torch.Generator().manual_seed(1), rectify)
    inputs = torch.randn(10, 10, 20, 50).to(memory_format=torch.channels_last).requires_grad_()
    outputs = module(inputs)
    passed = inputs.detach().relu() if rectify else inputs.detach()
    mask = outputs.detach() != 0
    torch.testing.assert_close(outputs.detach(), passed * mask / 0.7)
    share = mask.sum() / (passed != 0).sum()
    assert share.item() == pytest.approx(0.7, abs=5 * (0.21 / (passed != 0).sum().item()) ** 0.5)
    gradient = torch.randn_like(inputs)
    (computed,) = torch.autograd.grad(outputs, inputs, gradient)
    torch.testing.assert_close(computed, gradient * mask / 0.7)
    assert computed.is_contiguous(memory_format=torch.channels_last)
    module.eval()
    assert torch.equal(module(inputs.detach()), passed)


def test_masks_are_independent_from_step_to_step_and_follow_the_seed() -> None:
    """The masks of two steps agree as often as independent masks, and depend on the seed."""
    module = GeneratorDropout(0.3, torch.Generator(), False)
    ones = torch.ones(100_000)
    module._generator.manual_seed(5)
    first, second = module(ones) != 0, module(ones) != 0
    agreeing = (first == second).double().mean().item()
    assert agreeing == pytest.approx(0.7**2 + 0.3**2, abs=5 * (0.58 * 0.42 / 100_000) ** 0.5)
    module._generator.manual_seed(5)
    assert torch.equal(module(ones) != 0, first)


def test_weights_have_the_names_of_the_scored_network(data: DeviceData) -> None:
    """The trained network has the same weight names as the scored one, and no torch dropout."""
    training = new_training(data, DROPPING)
    floats = [
        {n for n, t in network.state_dict().items() if t.is_floating_point()}
        for network in (training.network, training.scored)
    ]
    assert floats[0] == floats[1]
    assert not any(isinstance(module, nn.Dropout) for module in training.network)


def operator(func: Any, args: tuple[Any, ...]) -> str:
    """Return the name of an operator; an index of bools waits, and one of integers does not."""
    name: str = func._schema.name.removeprefix("aten::")
    leaves = torch.utils._pytree.tree_leaves(args[1:])
    bools = any(isinstance(leaf, torch.Tensor) and leaf.dtype == torch.bool for leaf in leaves)
    return f"{name} of bools" if name == "index" and bools else name


def _plain(values: Any) -> list[Any]:
    """Return the arguments that come from the host: everything except tensors and generators."""
    leaves = torch.utils._pytree.tree_leaves(values)
    return [leaf for leaf in leaves if not isinstance(leaf, torch.Tensor | torch.Generator)]


def places(training: CapturableTraining) -> dict[str, int]:
    """Return the address of each tensor of a training."""
    owners = {"": training, "flat": training.flat, "average": training.ema_weights}
    owners["optimiser"] = training._optimiser
    if isinstance(training._optimiser, MuonStep):
        owners["adamw"] = training._optimiser._adamw
    addresses = {
        f"{owner}.{name}": value.data_ptr()
        for owner, thing in owners.items()
        for name, value in vars(thing).items()
        if isinstance(value, torch.Tensor)
    }
    for which in ("network", "scored"):
        for name, tensor in getattr(training, which).state_dict().items():
            addresses[f"{which}.{name}"] = tensor.data_ptr()
    return addresses
