"""What a trained network says of every test image, kept as `predictions.npz` for the report."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from search.candidates.architecture import Architecture
from search.data.dataset import Dataset
from search.training.network import build
from search.training.trainer import Weights

FILE = "predictions.npz"
BATCH = 500  # images at once


@dataclass(frozen=True)
class Predictions:
    """labels, predicted (N,), int64; probability (N,), float32, of the predicted class.

    places (M,), int64: of the misclassified; images (M, C, H, W), uint8: those. run (2,), int64:
    the trial and the number of its final run.
    """

    labels: np.ndarray
    predicted: np.ndarray
    probability: np.ndarray
    places: np.ndarray
    images: np.ndarray
    run: np.ndarray


def predict(
    architecture: Architecture, weights: Weights, data: Dataset, run: tuple[int, int]
) -> Predictions:
    """The network's answers to the images in the dataset's place of validation."""
    network = build(architecture, 0)
    state = {name: torch.from_numpy(array.copy()) for name, array in weights.items()}
    network.load_state_dict(state, strict=False)  # the integer counters are not among the weights
    network.eval()
    mean = torch.tensor(data.mean)[:, None, None]
    std = torch.tensor(data.std)[:, None, None]
    images, labels = data.validation.images, data.validation.labels
    with torch.inference_mode():
        parts = [
            network((part.float() / 255 - mean) / std).softmax(dim=1)
            for part in images.split(BATCH)
        ]
    probability, predicted = torch.cat(parts).max(dim=1)
    places = (predicted != labels).nonzero().flatten()
    return Predictions(
        labels.numpy(),
        predicted.numpy(),
        probability.numpy(),
        places.numpy(),
        images[places].numpy(),
        np.array(run),
    )


def write(found: Predictions, path: Path) -> None:
    """Keeps them in place of earlier ones; a kill leaves the earlier ones whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial.npz")
    np.savez_compressed(partial, allow_pickle=False, **vars(found))
    partial.replace(path)


def run_of(path: Path) -> tuple[int, int] | None:
    """The trial and the number of the final run that the kept predictions are of."""
    if not path.exists():
        return None
    with np.load(path) as kept:
        trial, number = kept["run"].tolist()
    return trial, number
