"""Training of one candidate: its results, what they depend on, and how training can fail."""

from collections.abc import Iterable
from dataclasses import fields, replace
from itertools import pairwise
from typing import Any, get_args

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.modules.container import Sequential
from torch.optim import lr_scheduler
from torch.utils._python_dispatch import TorchDispatchMode

from search.candidates.architecture import Architecture, Head, HeadKind
from search.candidates.blocks import Block, Pool, Residual
from search.candidates.candidate import Candidate
from search.candidates.recipe import Augmentation, Optimiser, Recipe, Schedule
from search.data.dataset import Dataset, Split, moments
from search.errors import TrainingError
from search.randomness import permutation
from search.seeds import derive
from search.training.augmentation import augment
from search.training.engines.cuda_step import CapturableTraining
from search.training.native.build import SWITCH
from search.training.network import build_network
from search.training.pool import EpochResult
from search.training.trainer import DeviceData, Trainer, is_out_of_memory, train

CPU = torch.device("cpu")
SEED = 7
BATCH, STEPS = 100, 10  # of the 1,000 training images
ARCHITECTURE = Architecture((1, 28, 28), 10, (Block(6, pool=2), Block(10)))
DROPPING = Architecture((1, 28, 28), 10, (Block(6, pool=2, dropout=0.1), Block(10)))
PLAIN = Recipe(epochs=2, batch=BATCH, rate=0.05, ema=0.0)
FULL = Recipe(epochs=2, batch=BATCH, rate=0.05, augmentation=Augmentation(7, 1, 0.05), ema=0.9)
BLACK = FULL.augmentation.resolved((0.0,))
NOT_A_NUMBER = replace(PLAIN, rate=1e30)
ABSURD = Architecture((1, 28, 28), 10, (Block(10**13, kernel=7),))  # 2 PB: more than any machine


@pytest.fixture(scope="module")
def data(small_mnist: Dataset) -> DeviceData:
    """Real MNIST on the CPU. Shared, so tests must not modify it."""
    return DeviceData(small_mnist, CPU)


@pytest.fixture
def torch_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Use torch's operators, as on a machine without a compiler."""
    monkeypatch.setenv(SWITCH, "0")


def new_trainer(
    recipe: Recipe, data: DeviceData, architecture: Architecture = ARCHITECTURE, seed: int = SEED
) -> Trainer:
    """Return the trainer of a candidate at the start of its training."""
    return Trainer(Candidate(architecture, recipe), seed, data)


def figures(results: list[EpochResult] | tuple[EpochResult, ...]) -> list[tuple[Any, ...]]:
    """Return everything that depends on the seed: all except the seconds; weights as bytes."""
    return [
        (
            *(getattr(r, f.name) for f in fields(r) if f.name not in ("seconds", "weights")),
            r.weights and {name: array.tobytes() for name, array in r.weights.items()},
        )
        for r in results
    ]


def trained(
    recipe: Recipe, data: DeviceData, architecture: Architecture = ARCHITECTURE, seed: int = SEED
) -> list[EpochResult]:
    """Return all results of a training."""
    return list(train(Candidate(architecture, recipe), seed, data))


def state(network: Sequential) -> dict[str, torch.Tensor]:
    """Return a copy of weights and running statistics."""
    tensors = network.state_dict().items()
    return {name: tensor.clone() for name, tensor in tensors if tensor.is_floating_point()}


# the images
def test_images_are_resident_as_bytes(data: DeviceData, small_mnist: Dataset) -> None:
    """The training images are on the device, unchanged, with one byte per pixel."""
    assert data.images.dtype == torch.uint8
    assert torch.equal(data.images, small_mnist.train.images)
    assert data.images.device == CPU


def test_validation_images_are_normalised_with_training_moments(
    data: DeviceData, small_mnist: Dataset
) -> None:
    """They are normalised once, with mean and deviation of the training split."""
    pixels = small_mnist.validation.images.double() / 255
    expected = (pixels - small_mnist.mean[0]) / small_mnist.std[0]
    assert torch.allclose(data.validation_images.double(), expected, atol=1e-6)


def test_each_channel_is_normalised_separately(small_mnist: Dataset) -> None:
    """All channels have mean 0 and deviation 1, even if red is brighter than the others."""
    images = small_mnist.train.images.repeat(1, 3, 1, 1) // torch.tensor([1, 2, 3])[:, None, None]
    mean, std = moments(images.to(torch.uint8))
    coloured = Split(images.to(torch.uint8), small_mnist.train.labels)
    dataset = replace(
        small_mnist, train=coloured, validation=coloured.at(torch.arange(50)), mean=mean, std=std
    )
    resident = DeviceData(dataset, CPU)
    rgb = Architecture((3, 28, 28), 10, (Block(4), Block(10)))
    pixels = new_trainer(PLAIN, resident, rgb)._augmented(1)
    assert pixels.mean((0, 2, 3)).tolist() == pytest.approx([0] * 3, abs=1e-5)
    assert pixels.std((0, 2, 3)).tolist() == pytest.approx([1] * 3, abs=1e-5)
    assert len(trained(PLAIN, resident, rgb)) == 2


def test_images_are_augmented_anew_each_epoch_before_normalisation(data: DeviceData) -> None:
    """The whole split is augmented once per epoch, and depends on seed and epoch."""
    trainer = new_trainer(FULL, data)
    first = trainer._augmented(1).clone()
    expected = torch.cat(
        list(augment(data.images, BLACK, derive(SEED, "augmentation", 1)))  # MNIST's border
    )
    black = -data.mean / data.std
    assert torch.equal(first, (expected - data.mean) / data.std)
    assert torch.equal(first.min(), black.squeeze())
    assert not torch.equal(trainer._augmented(2), first)
    assert torch.equal(trainer._augmented(1), first)


@pytest.mark.parametrize("kind", [Trainer, CapturableTraining])
@pytest.mark.parametrize("border", [(0.0, 0.0, 0.0), (1.0, 1.0, 1.0), (0.2, 1.0, 0.6)])
def test_a_fill_of_none_is_the_border_of_the_images(
    small_mnist: Dataset, kind: type[CapturableTraining] | type[Trainer], border: tuple[float, ...]
) -> None:
    """In every engine the pixels equal those of a candidate with a resolved fill."""
    levels = torch.tensor([round(255 * value) for value in border], dtype=torch.uint8)
    images = small_mnist.train.images[:60, :, 6:22, 6:22].repeat(1, 3, 1, 1)
    ring = torch.ones(16, 16, dtype=torch.bool)
    ring[1:-1, 1:-1] = False
    images[:, :, ring] = levels[:, None]
    train = Split(images, small_mnist.train.labels[:60])
    mean, std = moments(images)
    dataset = replace(small_mnist, train=train, validation=train, mean=mean, std=std)
    data, moved = (
        DeviceData(dataset, CPU),
        Candidate(Architecture((3, 16, 16), 10, (Block(4),)), FULL),
    )
    assert dataset.border.values == border
    pixels = [_epoch_pixels(kind(each, SEED, data)) for each in (moved, moved.resolved(border))]
    assert torch.equal(*pixels)
    others = [value / 2 + 0.1 for value in border]
    assert not torch.equal(
        pixels[0], _epoch_pixels(kind(moved.resolved(tuple(others)), SEED, data))
    )


def _epoch_pixels(training: Trainer | CapturableTraining) -> torch.Tensor:
    """Return the augmented images of the first epoch."""
    if isinstance(training, Trainer):
        return training._augmented(1)
    training.begin_epoch(1)
    return training._pixels


@pytest.mark.usefixtures("torch_alone")
def test_an_epoch_uses_each_image_at_most_once_and_drops_an_incomplete_batch(
    data: DeviceData,
) -> None:
    """1,000 images in batches of 300 are 3 steps with 900 images, different ones each epoch."""
    trainer = new_trainer(replace(PLAIN, batch=300), data)
    batches = []
    trainer.network.register_forward_pre_hook(lambda _, inputs: batches.append(inputs[0].clone()))
    epochs = []
    for epoch in (1, 2):
        trainer.train_epoch(epoch)
        assert [len(batch) for batch in batches] == [300] * 3
        order = permutation(derive(SEED, "shuffle", epoch), 1_000)
        assert torch.equal(torch.cat(batches), trainer.pixels[order[:900]])
        epochs.append(set(order[:900].tolist()))
        batches.clear()
    assert [len(shown) for shown in epochs] == [900, 900]
    assert epochs[0] != epochs[1]


def test_fewer_images_than_a_batch_are_one_batch(small_mnist: Dataset) -> None:
    """A subset of 20 images is trained in one step of 20 images per epoch."""
    few = replace(small_mnist, train=small_mnist.train.at(torch.arange(20)))
    trainer = new_trainer(replace(PLAIN, batch=128), DeviceData(few, CPU))
    assert (trainer.batch, trainer.steps) == (20, 1)
    assert len(trained(replace(PLAIN, batch=128), DeviceData(few, CPU))) == 2


def test_the_data_contains_no_test_images(data: DeviceData, small_mnist: Dataset) -> None:
    """A dataset has 1,000 + 500 images from the training file, and no images of the test set."""
    tensors = [value for value in vars(data).values() if isinstance(value, torch.Tensor)]
    images = [tensor for tensor in tensors if tensor.dim() == 4]
    assert sorted(len(tensor) for tensor in images) == [500, 1_000]
    held = [getattr(small_mnist, field.name) for field in fields(small_mnist)]
    assert sum(len(value) for value in held if isinstance(value, Split)) == 1_500


# the steps
SCHEDULES = {
    "constant": Schedule("constant"),
    "step": Schedule("step", every=2, gamma=0.5),
    "cosine": Schedule("cosine", floor=0.1),
    "onecycle": Schedule("onecycle", warmup=0.3, start_divisor=10, end_divisor=100),
    "onecycle with momentum": Schedule("onecycle", warmup=0.45, cycle_momentum=True),
    "linear": Schedule("linear", floor=0.1),
    "exponential": Schedule("exponential", gamma=0.5),
    "constant-decay": Schedule("constant-decay", floor=0.1, decay_start=0.1, decay_end=0.6),
}


def torch_scheduler(
    recipe: Recipe, optimiser: torch.optim.Optimizer, steps: int
) -> tuple[Any, ...]:
    """Return (torch's scheduler for the recipe, training steps per step of the scheduler)."""
    schedule, total = recipe.schedule, recipe.epochs * steps
    if schedule.kind == "constant":
        return lr_scheduler.ConstantLR(optimiser, factor=1.0), 1
    if schedule.kind == "step":
        return lr_scheduler.StepLR(optimiser, schedule.every, schedule.gamma), steps
    if schedule.kind == "cosine":
        low = recipe.rate * schedule.floor
        return lr_scheduler.CosineAnnealingLR(optimiser, total, low), 1
    if schedule.kind == "exponential":
        return lr_scheduler.ExponentialLR(optimiser, schedule.gamma ** (1 / steps)), 1
    if schedule.kind in ("linear", "constant-decay"):
        return torch_linear_scheduler(schedule, optimiser, total), 1
    return lr_scheduler.OneCycleLR(
        optimiser,
        recipe.rate,
        total,
        pct_start=schedule.warmup,
        div_factor=schedule.start_divisor,
        final_div_factor=schedule.end_divisor,
        cycle_momentum=schedule.cycle_momentum,
    ), 1


def torch_linear_scheduler(
    schedule: Schedule, optimiser: torch.optim.Optimizer, total: int
) -> lr_scheduler.LRScheduler:
    """Return torch's scheduler of a linear decay, after a constant rate for constant-decay."""
    if schedule.kind == "linear":
        return lr_scheduler.LinearLR(optimiser, 1.0, schedule.floor, total)
    start, end = round(schedule.decay_start * total), round(schedule.decay_end * total)
    parts = [
        lr_scheduler.ConstantLR(optimiser, factor=1.0),
        lr_scheduler.LinearLR(optimiser, 1.0, schedule.floor, end - start),
    ]
    return lr_scheduler.SequentialLR(optimiser, parts, [start])


def torch_optimiser(recipe: Recipe, weights: Iterable[Tensor]) -> torch.optim.Optimizer:
    """Return torch's optimiser for the recipe, neither fused nor foreach."""
    shared: dict[str, Any] = {
        "lr": recipe.rate,
        "weight_decay": recipe.weight_decay,
        "foreach": False,
    }
    momentum: dict[str, Any] = {"momentum": recipe.momentum}
    betas: dict[str, Any] = {"betas": (recipe.momentum, recipe.beta2), "eps": recipe.epsilon}
    if recipe.optimiser == "sgd":
        return torch.optim.SGD(weights, nesterov=recipe.nesterov, **momentum, **shared)
    if recipe.optimiser == "rmsprop":
        momentum |= {"alpha": recipe.alpha, "eps": recipe.epsilon}
        return torch.optim.RMSprop(weights, **momentum, **shared)
    if recipe.optimiser == "nadam":
        decay = recipe.momentum_decay
        return torch.optim.NAdam(weights, momentum_decay=decay, **betas, **shared)
    kind = torch.optim.Adam if recipe.optimiser == "adam" else torch.optim.AdamW
    return kind(weights, **betas, **shared)


def torch_muon(recipe: Recipe, network: Sequential) -> list[torch.optim.Optimizer]:
    """Return torch's Muon for the kernels of a contiguous network, and AdamW for the rest."""
    kernels = [module.weight for module in network if isinstance(module, nn.Conv2d)]
    matrices = [nn.Parameter(kernel.detach().view(len(kernel), -1)) for kernel in kernels]
    muon = torch.optim.Muon(
        matrices,
        lr=recipe.rate,
        momentum=recipe.momentum,
        nesterov=recipe.nesterov,
        weight_decay=recipe.weight_decay,
        ns_steps=recipe.muon_steps,
    )

    def read_gradients(*_: Any) -> None:
        for kernel, matrix in zip(kernels, matrices, strict=True):
            assert kernel.grad is not None
            matrix.grad = kernel.grad.view_as(matrix)

    muon.register_step_pre_hook(read_gradients)
    others = [w for w in network.parameters() if all(w is not kernel for kernel in kernels)]
    adamw = replace(recipe, optimiser="adamw", rate=recipe.adamw_rate, momentum=0.9)
    return [muon, torch_optimiser(adamw, others)]


def rate_and_momentum(optimiser: torch.optim.Optimizer) -> tuple[float, float]:
    """Return the current learning rate and momentum of the optimiser."""
    (group,) = optimiser.param_groups
    return group["lr"], group["betas"][0] if "betas" in group else group["momentum"]


@pytest.mark.parametrize("optimiser", ["sgd", "adam", "nadam", "rmsprop"])
@pytest.mark.parametrize("name", SCHEDULES)
def test_rates_and_momenta_equal_torch_s_at_every_step(
    name: str, optimiser: Optimiser, data: DeviceData
) -> None:
    """The optimiser's values at each of 30 steps equal those set by torch's own scheduler."""
    recipe = replace(
        PLAIN, epochs=3, optimiser=optimiser, rate=0.01, schedule=SCHEDULES[name], batch=BATCH
    )
    trainer = new_trainer(recipe, data, Architecture((1, 28, 28), 10, (Block(1, pool=26),)))
    applied = []
    trainer.optimisers[0].register_step_pre_hook(
        lambda optimiser, *_: applied.append(rate_and_momentum(optimiser))
    )
    for epoch in (1, 2, 3):
        trainer.train_epoch(epoch)
    oracle = torch_optimiser(recipe, [torch.zeros(1, requires_grad=True)])
    scheduler, every = torch_scheduler(recipe, oracle, STEPS)
    expected = []
    for step in range(1, 3 * STEPS + 1):
        expected.append(rate_and_momentum(oracle))
        oracle.step()
        if step % every == 0 and step < 3 * STEPS:
            scheduler.step()
    assert len(applied) == 3 * STEPS
    assert applied == [pytest.approx(pair, rel=1e-9) for pair in expected]


@pytest.mark.usefixtures("torch_alone")
def test_maps_are_channels_last(data: DeviceData) -> None:
    """All maps and gradients are, except the gradient from global pooling, which is constant."""
    trainer = new_trainer(PLAIN, data, DROPPING)
    layers = list(trainer.network)[:-3]
    layouts: list[bool] = []

    def look(_module: Any, _inputs: tuple[Tensor, ...], outputs: Tensor) -> None:
        layouts.append(outputs.is_contiguous(memory_format=torch.channels_last))
        outputs.register_hook(
            lambda gradient: layouts.append(
                gradient.is_contiguous(memory_format=torch.channels_last)
            )
        )

    for layer in layers:
        layer.register_forward_hook(look)
    trainer.backend.begin_epoch(SEED, 1, STEPS)
    first = torch.arange(BATCH)
    trainer.backend.compute_gradients(trainer._augmented(1), first, data.labels[first])
    assert len(layouts) == 2 * len(layers)
    assert all(layouts[: len(layers)] + layouts[len(layers) + 1 :])


@pytest.mark.parametrize("optimiser", ["sgd", "adam", "adamw"])
def test_the_optimiser_is_fused(optimiser: Optimiser, data: DeviceData) -> None:
    """The fused optimiser updates all weights in one kernel."""
    assert new_trainer(replace(PLAIN, optimiser=optimiser), data).optimisers[0].defaults["fused"]


RECIPES: dict[str, dict[str, Any]] = {
    "sgd": {},
    "sgd, no momentum": {"momentum": 0.0},
    "nesterov, decay": {"nesterov": True, "weight_decay": 0.1},
    "label smoothing": {"smoothing": 0.2},
    "moving momentum": {"schedule": SCHEDULES["onecycle with momentum"]},
    "adam, decay": {"optimiser": "adam", "rate": 0.003, "weight_decay": 0.1},
    "adamw, decay": {"optimiser": "adamw", "rate": 0.003, "weight_decay": 1.0},
    "adam, settings": {"optimiser": "adam", "rate": 0.003, "beta2": 0.9, "epsilon": 1e-4},
    "nadam": {"optimiser": "nadam", "rate": 0.003, "weight_decay": 0.1, "momentum_decay": 0.1},
    "rmsprop": {"optimiser": "rmsprop", "rate": 0.001, "weight_decay": 0.1, "epsilon": 1e-4},
    "rmsprop, no momentum": {"optimiser": "rmsprop", "rate": 0.003, "momentum": 0, "alpha": 0.9},
    "muon, nesterov, decay": {"optimiser": "muon", "nesterov": True, "weight_decay": 0.1},
    "muon": {"optimiser": "muon", "muon_steps": 3, "adamw_rate": 0.01, "beta2": 0.9},
    "clipped": {"clip": 0.1},
}


@pytest.mark.parametrize("native", ["0", "1"])
@pytest.mark.parametrize("name", RECIPES)
def test_an_epoch_equals_a_plain_torch_loop(
    name: str, native: str, data: DeviceData, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Weights, statistics, accuracy and loss equal those of a plain training loop."""
    monkeypatch.setenv(SWITCH, native)
    recipe = replace(PLAIN, epochs=1, **RECIPES[name])
    trainer = new_trainer(recipe, data)
    initial = state(trainer.network)
    accuracy, loss = trainer.train_epoch(1)

    network = build_network(ARCHITECTURE, derive(SEED, "weights")).train()
    optimisers = [torch_optimiser(recipe, network.parameters())]
    if recipe.optimiser == "muon":
        optimisers = torch_muon(recipe, network)
    peaks = (recipe, replace(recipe, rate=recipe.adamw_rate))
    schedulers = [
        torch_scheduler(peak, optimiser, STEPS)
        for peak, optimiser in zip(peaks, optimisers, strict=False)
    ]
    images = (data.images.float() / 255 - data.mean) / data.std
    correct, losses = 0, []
    for step, batch in enumerate(permutation(derive(SEED, "shuffle", 1), 1_000).split(BATCH), 1):
        logits = network(images[batch])
        network.zero_grad()
        error = functional.cross_entropy(
            logits, data.labels[batch], label_smoothing=recipe.smoothing
        )
        error.backward()
        if recipe.clip:
            assert nn.utils.clip_grad_norm_(network.parameters(), recipe.clip) > recipe.clip
        for optimiser in optimisers:
            optimiser.step()
        correct += (logits.argmax(1) == data.labels[batch]).sum().item()
        losses.append(error.item())
        for scheduler, every in schedulers:
            if step % every == 0 and step < STEPS:
                scheduler.step()
    assert accuracy == pytest.approx(correct / 1_000, abs=0.002)
    assert loss == pytest.approx(sum(losses) / STEPS, rel=1e-4)
    assert losses[-1] < losses[0]
    expected, actual = state(network), state(trainer.network)
    assert expected.keys() == actual.keys()
    # relative to the change in training: Adam amplifies the float error of a tiny gradient,
    # RMSprop does so more in its first steps, and Muon with a small part of any gradient
    tolerance = 0.05 if recipe.optimiser in ("rmsprop", "muon") else 0.01
    for tensor_name, tensor in expected.items():
        way = tensor - initial[tensor_name]
        assert (actual[tensor_name] - tensor).norm() < tolerance * way.norm(), tensor_name


AUGMENTATIONS = ("shift", "scale", "jitter", "shear", "elastic", "erasing", "flip")
DECAYS: list[dict[str, Any]] = [{}, {"decay_start": 0.2}, {"decay_end": 0.5}]
MUON: list[dict[str, Any]] = [
    {},
    {"muon_steps": 2},
    {"adamw_rate": 0.01},
    {"nesterov": True},
    {"weight_decay": 0.1},
]


def test_every_value_of_the_recipe_changes_the_result(data: DeviceData) -> None:
    """No value of the recipe is silently ignored."""
    changes: list[dict[str, Any]] = [
        {},
        {"weight_decay": 0.01},
        {"smoothing": 0.1},
        {"momentum": 0.8},
        {"nesterov": True},
    ]
    changes += [{"rate": 0.04}, {"optimiser": "adamw"}, {"batch": 50}, {"ema": 0.5}]
    changes += [{"augmentation": Augmentation(rotation=5)}, {"schedule": Schedule("cosine")}]
    changes += [{"augmentation": Augmentation(**{name: 0.5})} for name in AUGMENTATIONS]
    changes += [{"clip": 0.1}, {"schedule": Schedule(warmup_epochs=0.5)}]
    changes += [{"schedule": Schedule(kind)} for kind in ("linear", "exponential")]
    changes += [{"schedule": Schedule("constant-decay", **decay)} for decay in DECAYS]
    changes += [{"optimiser": "adam", **each} for each in ({"beta2": 0.9}, {"epsilon": 0.1})]
    changes += [{"optimiser": "nadam", **each} for each in ({}, {"momentum_decay": 0.1})]
    changes += [{"optimiser": "rmsprop", **each} for each in ({}, {"alpha": 0.9})]
    changes += [{"optimiser": "muon", **each} for each in MUON]
    losses = {trained(replace(PLAIN, epochs=1, **c), data)[0].validation_loss for c in changes}
    assert len(losses) == len(changes)


class Operators(TorchDispatchMode):
    """Records every operator that runs, including backward pass and optimiser."""

    def __init__(self) -> None:
        TorchDispatchMode.__init__(self)
        self.names: list[str] = []

    def __torch_dispatch__(
        self,
        func: Any,
        types: tuple[Any, ...],
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        self.names.append(func._schema.name)
        return func(*args, **(kwargs or {}))


WAITING = (
    "_local_scalar_dense",
    "item",
    "nonzero",
    "is_nonzero",
    "equal",
    "unique",
    "masked_select",
)


@pytest.mark.usefixtures("torch_alone")
@pytest.mark.parametrize("optimiser", ["sgd", "adam", "adamw", "rmsprop", "muon"])
def test_no_synchronisation_inside_an_epoch(optimiser: Optimiser, data: DeviceData) -> None:
    """Only the last two operators of an epoch synchronise: those for its accuracy and its loss.

    NAdam is tested on a GPU only: it reads its step counter, which is in host memory.
    """
    recipe = replace(FULL, optimiser=optimiser, rate=0.01, smoothing=0.1, clip=1.0)
    trainer = new_trainer(recipe, data, DROPPING)
    with Operators() as operators:
        trainer.train_epoch(1)
    names = [name.removeprefix("aten::") for name in operators.names]
    assert sum(name.startswith("convolution_backward") for name in names) == 3 * STEPS
    waits = [place for place, name in enumerate(names) if name in WAITING]
    assert waits == [len(names) - 2, len(names) - 1]


# the average
def test_average_is_the_warm_started_mean_of_weights_and_statistics(data: DeviceData) -> None:
    """The average follows its definition: decay min(ema, (1 + t) / (10 + t)) after step t.

    It includes all values that scoring uses, also the running statistics.
    """
    trainer = new_trainer(replace(FULL, ema=0.6), data, DROPPING)
    steps = []
    trainer.optimisers[0].register_step_post_hook(lambda *_: steps.append(state(trainer.network)))
    average = state(trainer.network)
    trainer.train_epoch(1)
    trainer.train_epoch(2)
    for step, learned in enumerate(steps, 1):
        decay = min(0.6, (1 + step) / (10 + step))
        average = {n: decay * average[n] + (1 - decay) * learned[n] for n in average}
    assert (1 + 1) / (10 + 1) < 0.6 < (1 + len(steps)) / (10 + len(steps))
    assert any("running_var" in name for name in average)
    weights = trainer.weights()
    assert weights.keys() == average.keys()
    for name, tensor in average.items():
        assert torch.allclose(torch.from_numpy(weights[name]), tensor, atol=1e-5), name


def test_without_an_average_the_raw_weights_are_scored(data: DeviceData) -> None:
    """With ema 0 the learned weights are scored and stored."""
    trainer = new_trainer(PLAIN, data)
    trainer.train_epoch(1)
    assert trainer.scored is trainer.network
    learned = state(trainer.network)
    assert all(
        torch.equal(torch.from_numpy(array), learned[name])
        for name, array in trainer.weights().items()
    )


def test_the_average_does_not_affect_learning(data: DeviceData) -> None:
    """The same weights are learned with and without it; only the scores differ."""
    raw, averaged = (new_trainer(replace(FULL, ema=ema), data, DROPPING) for ema in (0.0, 0.9))
    assert raw.train_epoch(1) == averaged.train_epoch(1)
    raw.evaluate()
    averaged.evaluate()
    assert raw.train_epoch(2) == averaged.train_epoch(2)
    assert raw.evaluate() != averaged.evaluate()


# the results
def test_results_are_numbered_and_the_last_has_the_weights(data: DeviceData) -> None:
    """Epochs count from 1; accuracies are fractions of 1,000 and 500; seconds are positive."""
    results = trained(replace(FULL, epochs=3), data)
    assert [result.epoch for result in results] == [1, 2, 3]
    assert [result.weights is None for result in results] == [True, True, False]
    for result in results:
        assert (result.training_accuracy * 1_000).is_integer()
        assert (result.validation_accuracy * 500).is_integer()
        assert result.training_loss > 0
        assert result.validation_loss > 0
        assert result.seconds > 0


def test_it_learns(data: DeviceData) -> None:
    """After eight epochs on 1,000 real images, the accuracy exceeds 80 % and the loss halves."""
    blocks = (Block(8, pool=2, dropout=0.1), Block(10, pool=2))
    reader = Architecture((1, 28, 28), 10, blocks, Head("linear"))
    results = trained(replace(FULL, epochs=8, rate=0.1), data, reader)
    assert results[-1].validation_accuracy > 0.8
    assert results[-1].training_loss < results[0].training_loss / 2


@pytest.mark.parametrize("ema", [0.0, 0.9])
@pytest.mark.parametrize("head", ["pool-conv", "conv-pool", "linear"])
def test_the_weights_rebuild_the_scored_network(
    ema: float, head: HeadKind, data: DeviceData
) -> None:
    """Loaded into the network of the architecture, they give the same validation results."""
    blocks = (Block(6, pool=2, dropout=0.1), Block(10, kernel=1, bias=True))
    architecture = Architecture((1, 28, 28), 10, blocks, Head(head, dropout=0.1))
    last = trained(replace(FULL, ema=ema), data, architecture)[-1]
    network = build_network(architecture).eval()
    assert last.weights is not None
    weights = {name: torch.from_numpy(array) for name, array in last.weights.items()}
    missing, unexpected = network.load_state_dict(weights, strict=False)
    assert not unexpected
    assert all(name.endswith("num_batches_tracked") for name in missing)
    with torch.inference_mode():
        logits = network(data.validation_images)
    correct = (logits.argmax(1) == data.validation_labels).double().mean().item()
    assert correct == last.validation_accuracy
    loss = functional.cross_entropy(logits, data.validation_labels).item()
    assert loss == pytest.approx(last.validation_loss, rel=1e-4)


def test_weights_are_a_copy(data: DeviceData) -> None:
    """Further training does not change weights that were returned before."""
    trainer = new_trainer(FULL, data)
    trainer.train_epoch(1)
    weights = trainer.weights()
    before = {name: array.copy() for name, array in weights.items()}
    trainer.train_epoch(2)
    assert all((array == before[name]).all() for name, array in weights.items())
    assert any((array != before[name]).any() for name, array in trainer.weights().items())


# the seed
def test_results_of_a_seed_are_reproducible(data: DeviceData) -> None:
    """Accuracies, losses and weights are bitwise equal, whatever torch's generator has done."""
    first = figures(trained(FULL, data, DROPPING))
    torch.rand(11)
    assert figures(trained(FULL, data, DROPPING)) == first
    assert figures(trained(FULL, data, DROPPING, seed=SEED + 1)) != first


def test_torch_s_global_generator_is_not_used(data: DeviceData) -> None:
    """Training does not change the state of torch's global generator."""
    before = torch.get_rng_state()
    trained(FULL, data, DROPPING)
    assert torch.equal(torch.get_rng_state(), before)


def test_an_epoch_is_trained_on_request(data: DeviceData) -> None:
    """Two trainings with alternating epochs give the same results as each alone."""
    recipes = [replace(FULL, epochs=3), replace(FULL, epochs=3, batch=50, optimiser="adamw")]
    alone = [figures(trained(recipe, data, DROPPING)) for recipe in recipes]
    turns = [train(Candidate(DROPPING, recipe), SEED, data) for recipe in recipes]
    together = list(zip(*turns, strict=True))
    assert [figures(results) for results in zip(*together, strict=True)] == alone


def test_with_a_constant_rate_a_longer_training_starts_like_a_shorter_one(data: DeviceData) -> None:
    """The number of epochs affects the first epochs only through the schedule."""
    constant = replace(FULL, schedule=Schedule("constant"))
    short = trained(constant, data, DROPPING)
    long = trained(replace(constant, epochs=4), data, DROPPING)
    assert [r.validation_loss for r in short] == [r.validation_loss for r in long[:2]]
    assert all(one.validation_loss != other.validation_loss for one, other in pairwise(long))


# failures
def test_a_loss_that_is_not_finite_ends_the_training(data: DeviceData) -> None:
    """The error is raised after the epoch in which it happened and names the epoch."""
    with pytest.raises(TrainingError, match=r"training loss became (nan|inf) in epoch 1"):
        trained(NOT_A_NUMBER, data)


def test_a_validation_loss_that_is_not_finite_ends_the_training(data: DeviceData) -> None:
    """A last step can ruin the weights while the training loss, computed before, is finite."""
    one_step = replace(PLAIN, epochs=1, batch=1_000, rate=1e38, schedule=Schedule("constant"))
    with pytest.raises(TrainingError, match=r"validation loss became (nan|inf) in epoch 1"):
        trained(one_step, data)


def test_out_of_memory_ends_the_training(data: DeviceData) -> None:
    """A network of two petabytes does not fit; the error is one line with torch's reason."""
    with pytest.raises(TrainingError, match=r"out of memory on cpu: .") as caught:
        trained(PLAIN, data, ABSURD)
    assert "\n" not in str(caught.value)


def test_memory_errors_are_distinguished_from_others() -> None:
    """Failed allocations are recognised by torch's messages, and other errors are not."""
    with pytest.raises(RuntimeError) as too_large:
        torch.empty(1 << 50)
    with pytest.raises(RuntimeError) as beyond_64_bits:
        torch.empty(1 << 40, 1 << 40)
    with pytest.raises(RuntimeError) as slip:
        torch.zeros(2, 3) @ torch.zeros(2, 3)
    assert is_out_of_memory(too_large.value)
    assert is_out_of_memory(beyond_64_bits.value)
    assert is_out_of_memory(torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB."))
    assert is_out_of_memory(MemoryError())
    assert not is_out_of_memory(slip.value)


def test_another_error_is_not_hidden(data: DeviceData) -> None:
    """A programming error is raised with its own message and not as a TrainingError."""
    wrong = Architecture((3, 28, 28), 10, (Block(10),))
    with pytest.raises(RuntimeError, match="expected input"):
        trained(PLAIN, data, wrong)


def test_a_norm_of_single_pixels_needs_two_images(small_mnist: Dataset) -> None:
    """On a map of one pixel a batch of two can be trained, and a batch of one is an error."""
    few = DeviceData(replace(small_mnist, train=small_mnist.train.at(torch.arange(6))), CPU)
    in_head = Head(blocks=(Residual((Block(10, kernel=1),)),))
    for one_pixel in (
        Architecture((1, 28, 28), 10, (Block(10, kernel=28),)),
        Architecture((1, 28, 28), 10, (Block(10, kernel=5, stride=3),), in_head),
    ):
        assert len(trained(replace(PLAIN, batch=2), few, one_pixel)) == 2
        with pytest.raises(TrainingError, match="use a batch of at least 2"):
            trained(replace(PLAIN, batch=1), few, one_pixel)
    assert len(trained(replace(PLAIN, batch=1), few)) == 2


def test_a_network_without_weights_cannot_be_trained(data: DeviceData) -> None:
    """Pooling alone has nothing to learn, which is an error of both engines."""
    nothing = Architecture((1, 28, 28), 1, (Pool("average"),), Head("pool"))
    with pytest.raises(TrainingError, match="no learned parameters"):
        trained(PLAIN, data, nothing)
    with pytest.raises(TrainingError, match="no learned parameters"):
        CapturableTraining(Candidate(nothing, PLAIN), SEED, data)


# on a GPU
@pytest.mark.gpu
def test_first_losses_on_a_gpu_equal_those_on_a_cpu(data: DeviceData, small_mnist: Dataset) -> None:
    """Without dropout the results of both devices differ by float error only."""
    gpu = DeviceData(small_mnist, torch.device("cuda"))
    recipe = replace(FULL, epochs=1, rate=0.01)
    on_cpu, on_gpu = trained(recipe, data)[0], trained(recipe, gpu)[0]
    assert on_gpu.training_loss == pytest.approx(on_cpu.training_loss, rel=1e-3)
    assert on_gpu.validation_loss == pytest.approx(on_cpu.validation_loss, rel=1e-2)


@pytest.mark.gpu
@pytest.mark.parametrize("optimiser", get_args(Optimiser))
def test_an_epoch_does_not_synchronise_with_a_gpu(
    optimiser: Optimiser, small_mnist: Dataset
) -> None:
    """torch's synchronisation debug mode reports none from the first step to the last."""
    gpu = DeviceData(small_mnist, torch.device("cuda"))
    moving = Augmentation(7, 1, 0.05, 0.1, shear=5, elastic=1, erasing=0.3, flip=0.5)
    recipe = replace(FULL, optimiser=optimiser, rate=0.01, augmentation=moving, clip=1.0)
    trainer = new_trainer(recipe, gpu, DROPPING)
    trainer.train_epoch(1)  # kernels load on first use
    torch.cuda.set_sync_debug_mode("error")
    try:
        trainer._take_steps(2)
    finally:
        torch.cuda.set_sync_debug_mode("default")
