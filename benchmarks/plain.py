"""The loop that people write: DataLoader, torchvision transforms, an eager network, no tricks.

What `epoch.py` compares the trainer with. Written as a competent notebook has it.
"""

from collections.abc import Iterator
from math import isfinite
from typing import Any

import torch
from PIL import Image
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.data import DataLoader
from torch.utils.data import Dataset as TorchDataset
from torchvision import transforms

from search import Candidate, Recipe
from search.data import Dataset
from search.network import build
from search.split import Split

SCORING_BATCH = 1_000  # as torch's own MNIST example has it


class Pictures(TorchDataset[tuple[Tensor, int]]):
    """Images and labels as torchvision's MNIST gives them: a PIL image, transformed."""

    def __init__(self, split: Split, transform: transforms.Compose) -> None:
        self.pixels, self.labels, self.transform = split.images[:, 0], split.labels, transform

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        image = Image.fromarray(self.pixels[index].numpy())
        return self.transform(image), int(self.labels[index])


def loaders(
    dataset: Dataset, recipe: Recipe, workers: int
) -> tuple[DataLoader[Any], DataLoader[Any]]:
    """(training, validation) with the recipe's augmentation as torchvision says it."""
    augmentation, side = recipe.augmentation, dataset.image[1]
    shift = augmentation.shift / side
    scale = (1 - augmentation.scale, 1 + augmentation.scale)
    move = transforms.RandomAffine(augmentation.rotation, (shift, shift), scale)
    plain = [transforms.ToTensor(), transforms.Normalize(dataset.mean, dataset.std)]
    train = Pictures(dataset.train, transforms.Compose([move, *plain]))
    held_out = Pictures(dataset.validation, transforms.Compose(plain))
    kept = {"num_workers": workers, "persistent_workers": workers > 0}
    return (
        DataLoader(train, recipe.batch, shuffle=True, **kept),
        DataLoader(held_out, SCORING_BATCH, **kept),
    )


def epochs(dataset: Dataset, candidate: Candidate, workers: int) -> Iterator[float]:
    """Trains as a notebook does; the validation accuracy after each epoch."""
    recipe = candidate.recipe
    train, held_out = loaders(dataset, recipe, workers)
    network = build(candidate.architecture)
    optimiser = torch.optim.SGD(network.parameters(), recipe.rate, recipe.momentum)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, recipe.rate, epochs=recipe.epochs, steps_per_epoch=len(train)
    )
    for _ in range(recipe.epochs):
        network.train()
        losses = [step(network, optimiser, schedule, *batch) for batch in train]
        assert isfinite(sum(losses))
        yield accuracy(network, held_out)


def step(
    network: nn.Module,
    optimiser: torch.optim.Optimizer,
    schedule: torch.optim.lr_scheduler.LRScheduler,
    inputs: Tensor,
    labels: Tensor,
) -> float:
    """One step; its loss."""
    optimiser.zero_grad()
    loss = functional.cross_entropy(network(inputs), labels)
    loss.backward()
    optimiser.step()
    schedule.step()
    return loss.item()


def accuracy(network: nn.Module, held_out: DataLoader[Any]) -> float:
    """Fraction correct."""
    network.eval()
    correct = count = 0
    with torch.no_grad():
        for inputs, labels in held_out:
            correct += (network(inputs).argmax(1) == labels).sum().item()
            count += len(labels)
    return correct / count
