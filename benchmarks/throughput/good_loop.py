"""The good loop: an optimised training loop for one network, as an expert writes it in eager torch.

The second reference of the throughput benchmark. The images are on the device, the whole split is
augmented there once per epoch, batches are selected by index, and the host synchronises with the
device once per epoch. The optimiser is fused. On a CPU the tensors are channels_last; on a GPU
cuDNN benchmarks its kernels. No averaged weights.
"""

from collections.abc import Iterator
from math import isfinite, pi

import torch
from torch import Tensor, nn
from torch.nn import functional

from search import Augmentation, Candidate
from search.data.dataset import Dataset
from search.training.network import build_network

CHUNK = 5_000  # images augmented at once: limits the memory of the sampling grid
SCORING_BATCH = 1_000


def epochs(dataset: Dataset, candidate: Candidate, device: str) -> Iterator[tuple[float, float]]:
    """Train one network; yield (training loss, validation accuracy) after each epoch."""
    torch.backends.cudnn.benchmark = True
    recipe = candidate.recipe
    mean = torch.tensor(dataset.mean, device=device)[:, None, None]
    std = torch.tensor(dataset.std, device=device)[:, None, None]
    images, labels = dataset.train.images.to(device), dataset.train.labels.to(device)
    held_out = (dataset.validation.images.to(device) / 255 - mean) / std
    answers = dataset.validation.labels.to(device)

    network = build_network(candidate.architecture).to(device)
    if device == "cpu":
        network = network.to(memory_format=torch.channels_last)
    steps = len(labels) // recipe.batch
    optimiser = torch.optim.SGD(network.parameters(), recipe.rate, recipe.momentum, fused=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser,
        recipe.rate,
        total_steps=recipe.epochs * steps,
        cycle_momentum=recipe.schedule.cycle_momentum,
    )
    for _ in range(recipe.epochs):
        pixels = augmented(images, recipe.augmentation).sub_(mean).div_(std)
        order = torch.randperm(len(labels), device=device)
        total = torch.zeros((), device=device)
        network.train()
        for batch in order.split(recipe.batch)[:steps]:
            loss = functional.cross_entropy(network(pixels[batch]), labels[batch])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            total += loss.detach()
        assert isfinite(total.item())
        yield total.item() / steps, accuracy(network, held_out, answers)


def augmented(images: Tensor, augmentation: Augmentation) -> Tensor:
    """Transform each image of (N, C, H, W), uint8, randomly; same shape, float32 in [0, 1]."""
    parts = []
    for part in images.split(CHUNK):
        maps = affine_maps(len(part), part.shape[-1], augmentation, part.device)
        grid = functional.affine_grid(maps, list(part.shape), align_corners=False)
        parts.append(functional.grid_sample(part / 255, grid, align_corners=False))
    return torch.cat(parts)


def affine_maps(count: int, side: int, augmentation: Augmentation, device: torch.device) -> Tensor:
    """Return one random affine map per image (count, 2, 3), from output to input coordinates."""
    draws = torch.rand(4, count, device=device) * 2 - 1
    angle = draws[0] * augmentation.rotation * pi / 180
    size = 1 + draws[1] * augmentation.scale
    cosine, sine = angle.cos() / size, angle.sin() / size
    across, down = draws[2:] * augmentation.shift * 2 / side
    rows = [cosine, -sine, across, sine, cosine, down]
    return torch.stack(rows, dim=1).reshape(count, 2, 3)


def accuracy(network: nn.Module, images: Tensor, labels: Tensor) -> float:
    """Return the fraction of correct answers."""
    network.eval()
    with torch.inference_mode():
        parts = [network(part).argmax(1) for part in images.split(SCORING_BATCH)]
        return (torch.cat(parts) == labels).float().mean().item()
