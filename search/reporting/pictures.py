"""Images of training examples, original and augmented: for the report, and as a separate page.

The images of the report are stored as `samples.npz` in the study's folder.
"""

from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from torch import Tensor

from search.candidates.recipe import Augmentation
from search.candidates.wording import comma_separated, fill_words
from search.data.dataset import DataDescription, Dataset
from search.data.split import SPLIT_SEED
from search.errors import FrugalError
from search.evaluation.retraining import load_study_data
from search.evaluation.side_files import arrays_identity, study_confirmation
from search.files import write_whole
from search.reporting.markup import (
    Html,
    document,
    facts,
    image_grid,
    paragraph,
    picture,
    table,
    tag,
    write,
)
from search.reporting.report_data import SAMPLES, AugmentationSamples, read_samples
from search.seeds import derive
from search.study.records import Record
from search.study.study import Study
from search.training.augmentation import augment

SHOWN_IMAGES = 10  # images in the report at most, one for each class
DRAWS = 3  # augmented versions of each image
SAME_DRAW = 1.0  # mean difference per pixel, of 255: versions of torch differ by less
SHOWN_PER_CLASS = 10  # images per class
PIXELS = 500_000  # bytes of pixels on the page, so that as PNG in base64 it stays under 1 MB
GAP = 1  # pixel between images
COLOURS = {1: "greyscale", 3: "RGB"}  # by number of channels
SIDE = 56  # CSS pixels: approximate side of an image, rounded to a multiple of its own pixels


def ensure_samples(study: Study, data: str | None = None) -> tuple[AugmentationSamples | None, str]:
    """Return training images with the best candidate's augmentation, and a note.

    Images stored by an earlier report are used again; otherwise they are generated and stored. If
    the data cannot be loaded, the images are None and the note gives the reason; otherwise the note
    is "". A report can be written without them. data: the location of the study's data, None for
    the one in its settings.
    """
    confirmation = study_confirmation(study)
    record = study.records()[confirmation.final.trial] if confirmation else study.best()
    kept = read_samples(study.folder / SAMPLES, record.number, study.identity)
    if kept and (kept.identity or _are_drawn_from(kept, study, record)):
        return kept, ""
    try:
        dataset = load_study_data(study, data)
    except (FrugalError, OSError) as error:
        return None, f"no augmentation examples: {error}"
    samples = draw_samples(study, record, dataset)
    _keep(samples, study)
    return samples, ""


def draw_samples(study: Study, record: Record, dataset: Dataset) -> AugmentationSamples:
    """Generate the images. Their seeds are derived from the study's seed: they are reproducible."""
    images = dataset.train.images[_first_of_each_class(dataset)].cpu()
    return AugmentationSamples(
        record.number,
        plain=images.numpy(),
        augmented=_draws(study, record, images),
        classes=dataset.classes,
        train=len(dataset.train),
        identity=study.identity,
    )


def _draws(study: Study, record: Record, images: Tensor) -> NDArray[np.uint8]:
    assert record.candidate is not None  # a ranked trial has one
    augmentation, origin = record.candidate.recipe.augmentation, record.origin
    seeds = [derive(study.setup.seed, "illustration", origin, number) for number in range(DRAWS)]
    return np.stack([_augmented(images, augmentation, seed) for seed in seeds])


def _are_drawn_from(samples: AugmentationSamples, study: Study, record: Record) -> bool:
    """Whether samples without an identity match those generated for this study and record."""
    if samples.plain.shape[1:] != study.setup.image:
        return False
    drawn = _draws(study, record, torch.from_numpy(samples.plain)).astype(np.int16)
    same = drawn.shape == samples.augmented.shape
    return same and float(np.abs(drawn - samples.augmented).mean()) <= SAME_DRAW


def _keep(samples: AugmentationSamples, study: Study) -> None:
    """Store the samples for the next report, if this replaces no file of another study."""
    path = study.folder / SAMPLES
    if path.exists() and not _are_ours(path, study):
        return
    content = BytesIO()
    arrays = {name: np.array(value) for name, value in vars(samples).items()}
    np.savez_compressed(content, allow_pickle=False, **arrays)
    with suppress(FrugalError):
        write_whole(path, content.getvalue())


def _are_ours(path: Path, study: Study) -> bool:
    """Whether the samples in a file belong to this study, perhaps to an earlier best candidate."""
    if named := arrays_identity(path):
        return named == study.identity
    for record in study.ranking():
        if samples := read_samples(path, record.number, study.identity):
            return _are_drawn_from(samples, study, record)
    return False


def _first_of_each_class(dataset: Dataset) -> list[int]:
    """Return the index of the first image of each of the first SHOWN_IMAGES classes."""
    labels = dataset.train.labels
    classes = range(min(SHOWN_IMAGES, len(dataset.classes)))
    return [int((labels == label).nonzero()[0]) for label in classes]


def class_counts(dataset: Dataset) -> pd.DataFrame:
    """Return the number of images: a row for each class; columns train, validation and test."""
    counts = dict(DataDescription.of(dataset).counts)
    return pd.DataFrame(counts, index=pd.Index(dataset.classes, name="class"))


def write_samples(
    dataset: Dataset, augmentation: Augmentation, path: Path, *, force: bool = False
) -> None:
    """Write a self-contained HTML page under 1 MB, with a light and a dark theme.

    For each class it shows the first training images and, below them, one augmented version of
    each. FrugalError if the page cannot be written, or if it would replace a file that this program
    did not write and force is not set.
    """
    write(samples_html(dataset, augmentation), path, force=force)


def class_pictures(dataset: Dataset, augmentation: Augmentation) -> Iterator[NDArray[np.uint8]]:
    """Yield one image per class, (height, width, C + 1), uint8; the last channel is opacity.

    The upper row shows the original images, the lower row the same images augmented, with
    transparent gaps between them. If all images together exceed PIXELS, fewer images per class are
    shown, and fewer classes if one image per class is still too much.
    """
    augmentation = augmentation.resolved(dataset.border.values)
    most = PIXELS // (2 * dataset.train.images[0].numel())  # number of images; each is shown twice
    per_class = min(SHOWN_PER_CLASS, max(1, most // len(dataset.classes)))
    for label in range(min(len(dataset.classes), most)):
        plain = dataset.train.images[dataset.train.labels == label][:per_class].cpu()
        augmented = _augmented(plain, augmentation, derive(SPLIT_SEED, "samples", label))
        yield image_grid([plain.numpy(), augmented], GAP)


def _augmented(images: Tensor, augmentation: Augmentation, seed: int) -> NDArray[np.uint8]:
    """Augment each image once: (N, C, H, W), uint8, to the same shape and type."""
    moved = torch.cat(list(augment(images, augmentation, seed)))
    pixels: NDArray[np.uint8] = moved.mul(255).round().to(torch.uint8).numpy()
    return pixels


def samples_html(dataset: Dataset, augmentation: Augmentation) -> str:
    """Return the page of sample images: properties of the data, counts and images by class.

    If the augmentation's fill is None, the border value of the dataset is used.
    """
    augmentation = augmentation.resolved(dataset.border.values)
    title = f"Samples of {dataset.name}"
    explanation = (
        "The first training images of each class: original (top) and with random augmentation, as "
        "in one training epoch (bottom)."
    )
    by_class = tag("div", _class_table(dataset, augmentation), class_="pixels")
    return document(
        title,
        [
            tag("h1", title, class_="plain"),
            facts(_facts(dataset, augmentation)),
            paragraph(explanation, class_="faint"),
            by_class,
        ],
    )


def _facts(dataset: Dataset, augmentation: Augmentation) -> list[tuple[str, str]]:
    channels, height, width = dataset.image
    colour = COLOURS.get(channels, f"{channels} channels")
    mean = ", ".join(f"{value:.4f}" for value in dataset.mean)
    return [
        ("images", f"{width}x{height} pixels, {colour}, {len(dataset.classes)} classes"),
        ("mean", f"{mean} (training images, pixel values 0 to 1)"),
        ("standard deviation", ", ".join(f"{value:.4f}" for value in dataset.std)),
        ("border", str(dataset.border)),
        ("augmentation", _augmentation_words(augmentation)),
        ("digest", dataset.digest),
        *(("note", note) for note in dataset.notes),
    ]


def _augmentation_words(augmentation: Augmentation) -> str:
    words = [
        f"rotation ± {augmentation.rotation:g}°" if augmentation.rotation else "",
        f"shift ± {augmentation.shift:g} pixels" if augmentation.shift else "",
        f"scale ± {augmentation.scale:.0%}" if augmentation.scale else "",
        f"shear ± {augmentation.shear:g}°" if augmentation.shear else "",
        f"elastic displacement {augmentation.elastic:g} pixels" if augmentation.elastic else "",
        f"flip of {augmentation.flip:.0%} of images" if augmentation.flip else "",
        f"brightness and contrast ± {augmentation.jitter:.0%}" if augmentation.jitter else "",
        f"erasing in {augmentation.erasing:.0%} of images" if augmentation.erasing else "",
        fill_words(augmentation),
    ]
    return comma_separated(words) or "none"


def _class_table(dataset: Dataset, augmentation: Augmentation) -> Html:
    """Return a table with the number of images by split and sample images, for each class."""
    counts = class_counts(dataset)
    pictures: list[str] = [
        _class_picture(name, pixels)
        for name, pixels in zip(
            dataset.classes, class_pictures(dataset, augmentation), strict=False
        )
    ]
    pictures += ["not shown (too many classes)"] * (len(counts) - len(pictures))
    rows = [
        (tag("b", name), *_cells(figures), image)
        for name, figures, image in zip(
            dataset.classes, counts.to_numpy().tolist(), pictures, strict=True
        )
    ]
    head = ("class", *counts.columns, "original and augmented images")
    foot = ("total", *_cells(counts.sum().tolist()), "")
    return table(head, rows, words=(0, len(head) - 1), foot=foot)


def _cells(figures: list[int]) -> list[str]:
    return [f"{figure:,}" for figure in figures]


def _class_picture(name: str, pixels: NDArray[np.uint8]) -> Html:
    height, width = pixels.shape[:2]
    scale = max(1, SIDE // ((height - GAP) // 2))
    alternative = f"training images of class {name}: original above, augmented below"
    return picture(pixels, alternative, width * scale)
