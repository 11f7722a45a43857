"""The capturable step: it equals the eager engine and exchanges no data with the host."""

from copy import deepcopy
from dataclasses import replace
from itertools import product
from random import Random
from typing import Any

import pytest
import torch
from numpy.linalg import norm
from torch import nn

from search.candidates.architecture import Architecture, Head
from search.candidates.blocks import Block
from search.candidates.candidate import Candidate
from search.candidates.recipe import Augmentation, Recipe, Schedule, rates
from search.data.dataset import Dataset
from search.seeds import derive
from search.training.dropout import GeneratorDropout, with_generator_dropout
from search.training.engines.cuda_graphs import CudaGraphPool
from search.training.engines.cuda_step import (
    ALIGNED,
    CapturableTraining,
    FlatParameters,
    optimiser_step,
)
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
}
SEEDS = range(10)
LEVEL = 0.01  # significance level of tests of distributions; seeds are fixed for reproducibility
WAITING = {"_local_scalar_dense", "item", "nonzero", "is_nonzero", "equal", "unique"}
MOVING = Schedule("onecycle", warmup=0.4, cycle_momentum=True)
EPOCHS, STEPS = 4, 10
SGD: list[dict[str, Any]] = [
    {"momentum": momentum, "nesterov": nesterov, "weight_decay": decay}
    for momentum, nesterov, decay in product((0.0, 0.9), (False, True), (0.0, 0.1))
    if momentum or not nesterov
]
ADAM: list[dict[str, Any]] = [
    {"optimiser": optimiser, "rate": 0.01, "weight_decay": decay}
    for optimiser, decay in product(("adam", "adamw"), (0.0, 0.1))
]


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
    """Two epochs agree for every optimiser, schedule and batch size.

    Accuracies differ by at most 0.0021, losses by 1e-4, and weights by 5 % of their change in
    training, because Adam amplifies the float error of a gradient near zero.
    """
    candidate = Candidate(ARCHITECTURE, RECIPES[name])
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
        assert norm(weights[tensor] - array) <= 0.05 * way, tensor


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


def test_every_step_is_the_same_for_the_host(data: DeviceData) -> None:
    """Operators and their numeric arguments are equal in all steps and epochs.

    Therefore a replayed graph does the same as the step.
    """
    training = new_training(data, DROPPING)
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


def test_a_step_keeps_its_memory(data: DeviceData) -> None:
    """Tensors that outlive a step keep their addresses, also across epochs and scoring."""
    training = new_training(data, DROPPING)
    before = places(training)
    for epoch in (1, 2):
        training.begin_epoch(epoch)
        for _ in range(training.steps):
            training.step()
        training.measurements()
    assert places(training) == before
    assert len(before) > 20


def test_nothing_waits_for_the_device(data: DeviceData) -> None:
    """From the start of an epoch to its results, no operator synchronises with the device."""
    training = new_training(data, DROPPING)
    with Tape() as tape:
        training.begin_epoch(2)
        for _ in range(training.steps):
            training.step()
        training.measurements()
    names = {func._schema.name.removeprefix("aten::") for func, *_ in tape.calls}
    assert "convolution_backward" in names
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


def _plain(values: Any) -> list[Any]:
    """Return the arguments that come from the host: everything except tensors and generators."""
    leaves = torch.utils._pytree.tree_leaves(values)
    return [leaf for leaf in leaves if not isinstance(leaf, torch.Tensor | torch.Generator)]


def places(training: CapturableTraining) -> dict[str, int]:
    """Return the address of each tensor of a training."""
    owners = {"": training, "flat": training.flat, "average": training.ema_weights}
    owners["optimiser"] = training._optimiser
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


def oracle(recipe: Recipe, weights: torch.Tensor) -> torch.optim.Optimizer:
    """Return torch's own optimiser, neither fused nor foreach."""
    shared: dict[str, Any] = {
        "lr": recipe.rate,
        "weight_decay": recipe.weight_decay,
        "foreach": False,
    }
    if recipe.optimiser == "sgd":
        nesterov = recipe.nesterov
        return torch.optim.SGD([weights], momentum=recipe.momentum, nesterov=nesterov, **shared)
    kind = torch.optim.Adam if recipe.optimiser == "adam" else torch.optim.AdamW
    return kind([weights], betas=(recipe.momentum, 0.999), **shared)


@pytest.mark.parametrize("schedule", [Schedule("cosine"), MOVING], ids=["rate", "and momentum"])
@pytest.mark.parametrize("figures", SGD + ADAM, ids=str)
def test_optimisers_equal_torch_s(figures: dict[str, Any], schedule: Schedule) -> None:
    """After 40 steps with random gradients and changing rates, weights agree to 12 digits.

    The steps are computed in float64.
    """
    recipe = Recipe(epochs=EPOCHS, schedule=schedule, **figures)
    generator = torch.Generator().manual_seed(1)
    weights = torch.randn(300, dtype=torch.float64, generator=generator)
    expected = weights.clone().requires_grad_()
    optimiser, ours = oracle(recipe, expected), optimiser_step(recipe, weights)
    for step, (rate, momentum) in enumerate(rates(recipe, STEPS), 1):
        gradient = torch.randn(300, dtype=torch.float64, generator=generator)
        (group,) = optimiser.param_groups
        group["lr"] = rate
        if "betas" in group:
            group["betas"] = (momentum, 0.999)
        else:
            group["momentum"] = momentum
        expected.grad = gradient.clone()
        optimiser.step()
        row = torch.tensor(ours.coefficients(rate, momentum, step), dtype=torch.float64)
        ours.update(weights, gradient, row)
        torch.testing.assert_close(weights, expected.detach(), rtol=1e-12, atol=1e-12)
