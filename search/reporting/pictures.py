"""Augmented training images for the report, kept as `samples.npz` in the study's folder."""

import numpy as np
import torch

from search.data.dataset import Dataset, load
from search.errors import FrugalError
from search.evaluation import results as confirmation
from search.randomness import derive
from search.reporting.report_data import SAMPLES, read_samples
from search.study.records import Record
from search.study.study import Study
from search.training.augmentation import augment

SHOWN = 10  # images, one of each class as far as they go
DRAWS = 3  # of each


def illustrate(study: Study) -> str:
    """Draws what the best candidate's augmentation makes of training images, unless they are there.

    Returns why it could not, "" if they are there now: a report does without.
    """
    confirmed = confirmation.read(study.folder)
    record = study.records()[confirmed.final.trial] if confirmed else study.best()
    if read_samples(study.folder / SAMPLES, record.number):
        return ""
    try:
        dataset = load(study.setup.data, study.setup.train_examples)
        if dataset.digest != study.setup.digest:
            return f"no pictures of the augmentation: {study.setup.data} holds other images now"
        draw(study, record, dataset)
    except (FrugalError, OSError) as error:
        return f"no pictures of the augmentation: {error}"
    return ""


def draw(study: Study, record: Record, dataset: Dataset) -> None:
    """Writes the file. The draws descend from the study's seed: the same pictures come again."""
    assert record.candidate is not None  # a ranked trial has one
    images = dataset.train.images[_places(dataset)].cpu()
    drawn = []
    for number in range(DRAWS):
        seed = derive(study.setup.seed, "illustration", record.origin, number)
        moved = torch.cat(list(augment(images, record.candidate.recipe.augmentation, seed)))
        drawn.append(moved.mul(255).round().to(torch.uint8).numpy())
    path = study.folder / SAMPLES
    partial = path.with_suffix(".partial.npz")
    np.savez_compressed(
        partial,
        trial=np.array(record.number),
        plain=images.numpy(),
        augmented=np.stack(drawn),
        classes=np.array(dataset.classes),
        train=np.array(len(dataset.train)),
    )
    partial.replace(path)


def _places(dataset: Dataset) -> list[int]:
    """The first image of each of the first classes."""
    labels = dataset.train.labels
    shown = range(min(SHOWN, len(dataset.classes)))
    return [int((labels == label).nonzero()[0]) for label in shown]
