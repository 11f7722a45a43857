"""Errors of the confirmed network: confusion matrix, misclassified images. No torch."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from search.candidates.wording import percent, whole_percent
from search.evaluation.results import Predictions
from search.reporting.markup import Html, Section, code, join, paragraph, picture, tag
from search.reporting.report_data import ReportData

SHOWN = 60  # misclassified images on the page at most
SIDE = 56  # CSS pixels: width of each
MOST_CLASSES = 20  # with more classes, the confusion matrix is left out
PAIRS = 6  # number of most frequent confusions listed


class Pair(NamedTuple):
    """The number of images of one class that are classified as another."""

    true: int
    guess: int
    images: int


class Confusion(NamedTuple):
    """A confusion matrix.

    counts: number of images by true class (rows) and predicted class (columns). worst: the most
    frequent confusions.
    """

    counts: tuple[tuple[int, ...], ...]
    worst: tuple[Pair, ...]


class Error(NamedTuple):
    """A misclassified image (H, W) or (H, W, 3), uint8. probability: of the predicted class."""

    image: NDArray[np.uint8]
    true: int
    guess: int
    probability: float


def confusion(predictions: Predictions, classes: int) -> Confusion:
    """Count the predictions; a predicted logit beyond the classes adds rows and columns."""
    size = max(classes, int(predictions.predicted.max(initial=0)) + 1)
    counts = np.zeros((size, size), dtype=np.int64)
    np.add.at(counts, (predictions.labels, predictions.predicted), 1)
    pairs = [
        Pair(true, guess, int(counts[true, guess]))
        for true, guess in np.argwhere(counts > 0).tolist()
        if true != guess
    ]
    pairs.sort(key=lambda pair: (-pair.images, pair.true, pair.guess))
    return Confusion(tuple(map(tuple, counts.tolist())), tuple(pairs[:PAIRS]))


def errors(predictions: Predictions) -> tuple[Error, ...]:
    """Return all misclassified images, the highest predicted probability first."""
    misclassified = [
        Error(
            _pixels(image),
            int(predictions.labels[place]),
            int(predictions.predicted[place]),
            float(predictions.probability[place]),
        )
        for place, image in zip(predictions.places, predictions.images, strict=True)
    ]
    return tuple(sorted(misclassified, key=lambda error: -error.probability))


def _pixels(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(1 or 3, H, W) -> (H, W) or (H, W, 3)."""
    return image[0] if len(image) == 1 else image.transpose(1, 2, 0)


def mistakes_section(report: ReportData) -> Section:
    """Return the confusion matrix and the misclassified images of the confirmed network."""
    predictions = report.predictions
    if predictions is None:
        content = paragraph(
            "Errors on the test set are available after the best candidate is confirmed: ",
            code(f"python -m search confirm{report.options}"),
        )
        return Section("mistakes", "Errors", content)
    confused = confusion(predictions, report.setup.classes)
    wrong, n = len(predictions.places), len(predictions.labels)
    summary = paragraph(
        f"After its last epoch, the exported network (the run with the median consistency) "
        f"misclassifies {wrong:,} of {n:,} test images: accuracy {percent(1 - wrong / n)}."
    )
    matrix = _matrix(confused, report.classes) if len(confused.counts) <= MOST_CLASSES else Html("")
    parts = [
        summary,
        matrix,
        _confusions(confused, report.classes),
        _gallery(predictions, report.classes),
    ]
    return Section("mistakes", "Errors", join(parts))


def _matrix(confused: Confusion, classes: tuple[str, ...]) -> Html:
    worst = max([1, *(pair.images for pair in confused.worst)])
    rows = []
    for true, line in enumerate(confused.counts):
        cells = [
            tag("td", f"{count:,}" if count else "", class_="hit" if true == guess else "miss",
                style=None if true == guess else f"--heat:{100 * count / worst:.0f}%")
            for guess, count in enumerate(line)
        ]  # fmt: skip
        rows.append(tag("tr", tag("th", _name(classes, true), scope="row"), *cells))
    names = [tag("th", _name(classes, n), scope="col") for n in range(len(confused.counts))]
    caption = (
        "Confusion matrix: number of images by true class (rows) and predicted class (columns)."
    )
    head = tag("thead", tag("tr", tag("th", ""), *names))
    matrix = tag("table", head, tag("tbody", *rows), class_="matrix")
    box = tag("div", matrix, class_="wide", tabindex="0")
    return tag("figure", box, tag("figcaption", caption), class_="listed")


def _confusions(confused: Confusion, classes: tuple[str, ...]) -> Html:
    pairs = [
        f"{_name(classes, pair.true)} as {_name(classes, pair.guess)} ({pair.images})"
        for pair in confused.worst
    ]
    return paragraph(
        "Most frequent confusions (true class as predicted class): ",
        ", ".join(pairs) or "none",
        ".",
    )


def _gallery(predictions: Predictions, classes: tuple[str, ...]) -> Html:
    shown = errors(predictions)[:SHOWN]
    figures = [
        _figure(error, _name(classes, error.true), _name(classes, error.guess)) for error in shown
    ]
    left = len(predictions.places) - len(shown)
    explanation = paragraph(
        "Misclassified images, sorted by the probability of the predicted class: true class, "
        "predicted class and its probability." + f" {left:,} more are not shown." * bool(left),
    )
    return join([explanation, tag("div", *figures, class_="gallery pixels")])


def _figure(error: Error, true: str, guess: str) -> Html:
    caption = [tag("b", true), f" as {guess}", tag("span", whole_percent(error.probability))]
    image = picture(error.image, f"{true}, classified as {guess}", SIDE)
    return tag("figure", image, tag("figcaption", *caption))


def _name(classes: tuple[str, ...], number: int) -> str:
    return classes[number] if number < len(classes) else f"logit {number}"
