"""Where a network errs, as values: the confusion matrix and the misclassified images. No torch."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from search.reporting.report_data import Answers

PAIRS = 6  # of classes most often confused


class Pair(NamedTuple):
    """How often a class is taken for another."""

    true: int
    guess: int
    images: int


class Confusion(NamedTuple):
    """counts: images by true class (rows) and by what the network says. worst: most frequent."""

    counts: tuple[tuple[int, ...], ...]
    worst: tuple[Pair, ...]


class Error(NamedTuple):
    """A misclassified image (H, W) or (H, W, 3), uint8. probability: of what the network says."""

    image: NDArray[np.uint8]
    true: int
    guess: int
    probability: float


def confusion(answers: Answers, classes: int) -> Confusion:
    """Counts of all classes, or of as many as the network has logits for."""
    size = max(classes, int(answers.predicted.max(initial=0)) + 1)
    counts = np.zeros((size, size), dtype=np.int64)
    np.add.at(counts, (answers.labels, answers.predicted), 1)
    pairs = [
        Pair(true, guess, int(counts[true, guess]))
        for true, guess in np.argwhere(counts > 0).tolist()
        if true != guess
    ]
    pairs.sort(key=lambda pair: (-pair.images, pair.true, pair.guess))
    return Confusion(tuple(map(tuple, counts.tolist())), tuple(pairs[:PAIRS]))


def errors(answers: Answers) -> tuple[Error, ...]:
    """All misclassified images, those that the network was surest of first."""
    found = [
        Error(
            _pixels(image),
            int(answers.labels[place]),
            int(answers.predicted[place]),
            float(answers.probability[place]),
        )
        for place, image in zip(answers.places, answers.images, strict=True)
    ]
    return tuple(sorted(found, key=lambda error: -error.probability))


def _pixels(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(1 or 3, H, W) -> (H, W) or (H, W, 3)."""
    return image[0] if len(image) == 1 else image.transpose(1, 2, 0)
