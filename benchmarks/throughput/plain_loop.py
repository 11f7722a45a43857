"""The plain loop: DataLoader, torchvision transforms and an eager network, without optimisations.

The first reference of the throughput benchmark, written like a typical notebook. From this package
it uses the images, the values of the recipe and the network, which is an `nn.Sequential`.
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
from search.data.dataset import Dataset
from search.data.split import Split
from search.training.network import build_network

SCORING_BATCH = 1_000  # as in torch's own MNIST example


class Pictures(TorchDataset[tuple[Tensor, int]]):
    """Images and labels in the form of torchvision's MNIST: transformed PIL images."""

    def __init__(self, split: Split, transform: transforms.Compose) -> None:
        self.pixels, self.labels, self.transform = split.images[:, 0], split.labels, transform

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        image = Image.fromarray(self.pixels[index].numpy())
        return self.transform(image), int(self.labels[index])


def loaders(
    dataset: Dataset, recipe: Recipe, device: str, workers: int
) -> tuple[DataLoader[Any], DataLoader[Any]]:
    """Return (training, validation) loaders; torchvision transforms implement the augmentation.

    An incomplete last batch is dropped, as in the other contestants.
    """
    augmentation, side = recipe.augmentation, dataset.image[1]
    shift = augmentation.shift / side
    scale = (1 - augmentation.scale, 1 + augmentation.scale)
    move = transforms.RandomAffine(augmentation.rotation, (shift, shift), scale)
    plain = [transforms.ToTensor(), transforms.Normalize(dataset.mean, dataset.std)]
    train = Pictures(dataset.train, transforms.Compose([move, *plain]))
    held_out = Pictures(dataset.validation, transforms.Compose(plain))
    options: dict[str, Any] = {
        "num_workers": workers,
        "persistent_workers": workers > 0,
        "pin_memory": device == "cuda",
    }
    return (
        DataLoader(train, recipe.batch, shuffle=True, drop_last=True, **options),
        DataLoader(held_out, SCORING_BATCH, **options),
    )


def epochs(
    dataset: Dataset, candidate: Candidate, device: str, workers: int
) -> Iterator[tuple[float, float]]:
    """Train one network; yield (training loss, validation accuracy) after each epoch."""
    recipe = candidate.recipe
    train, held_out = loaders(dataset, recipe, device, workers)
    network = build_network(candidate.architecture).to(device)
    optimiser = torch.optim.SGD(network.parameters(), recipe.rate, recipe.momentum)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser,
        recipe.rate,
        epochs=recipe.epochs,
        steps_per_epoch=len(train),
        cycle_momentum=recipe.schedule.cycle_momentum,
    )
    for _ in range(recipe.epochs):
        network.train()
        losses = []
        for inputs, labels in train:
            optimiser.zero_grad()
            loss = functional.cross_entropy(network(inputs.to(device)), labels.to(device))
            loss.backward()
            optimiser.step()
            schedule.step()
            losses.append(loss.item())
        assert isfinite(sum(losses))
        yield sum(losses) / len(losses), accuracy(network, held_out, device)


def accuracy(network: nn.Module, held_out: DataLoader[Any], device: str) -> float:
    """Return the fraction of correct answers."""
    network.eval()
    correct = count = 0
    with torch.no_grad():
        for inputs, labels in held_out:
            predictions = network(inputs.to(device)).argmax(1)
            correct += (predictions == labels.to(device)).sum().item()
            count += len(labels)
    return correct / count
