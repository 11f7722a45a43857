"""Errors of the network: the confusion matrix and the order of misclassified images."""

import numpy as np

from search.evaluation.results import Predictions
from search.reporting.sections.mistakes import confusion, errors


def predictions(labels: list[int], predicted: list[int], probability: list[float]) -> Predictions:
    """Return predictions for black images."""
    truth, found = np.array(labels), np.array(predicted)
    places = np.flatnonzero(truth != found)
    images = np.zeros((len(places), 1, 4, 4), dtype=np.uint8)
    return Predictions(
        truth,
        predicted=found,
        probability=np.array(probability),
        places=places,
        images=images,
        run=np.array([0, 0]),
    )


def test_confusions_are_counted() -> None:
    """Rows are true classes; the most frequent confusions are listed first."""
    confused = confusion(predictions([0, 1, 1, 2, 2], [0, 2, 2, 2, 0], [0.9] * 5), 3)
    assert confused.counts == ((1, 0, 0), (0, 0, 2), (1, 0, 1))
    assert confused.worst == ((1, 2, 2), (2, 0, 1))


def test_logits_beyond_the_classes_have_a_column() -> None:
    """A head with more logits than classes may predict a logit that is not a class."""
    assert len(confusion(predictions([0, 1], [0, 3], [0.9, 0.5]), 2).counts) == 4


def test_errors_are_sorted_by_probability() -> None:
    """Misclassified images are sorted by the probability of the predicted class."""
    misclassified = errors(predictions([0, 1, 2], [1, 2, 0], [0.4, 0.9, 0.6]))
    assert [(error.true, error.guess, error.probability) for error in misclassified] == [
        (1, 2, 0.9), (2, 0, 0.6), (0, 1, 0.4),
    ]  # fmt: skip
    assert misclassified[0].image.shape == (4, 4)
