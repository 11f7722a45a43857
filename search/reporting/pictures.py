"""Augmented training images for the report, kept as `samples.npz` in the study's folder."""

import base64
from collections.abc import Iterator
from html import escape
from io import BytesIO
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from search.candidates.recipe import Augmentation
from search.data.dataset import DataDescription, Dataset, load
from search.data.split import SPLIT_SEED
from search.errors import FrugalError
from search.evaluation.results import read_confirmation
from search.reporting.report_data import SAMPLES, read_samples
from search.seeds import derive
from search.study.records import Record
from search.study.study import Study
from search.training.augmentation import augment

SHOWN_IMAGES = 10  # images, one of each class as far as they go
DRAWS = 3  # of each
SHOWN_PER_CLASS = 10  # images per class
PIXELS = 500_000  # bytes of pixels on the page; PNG and base64 keep it under 1 MB
GAP = 1  # pixel between images
SIDE = 56  # CSS pixels of an image on the page, about; a whole multiple of its own
STYLE = """
:root { color-scheme: light dark; --faint: color-mix(in srgb, CanvasText 60%, Canvas); }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 1rem; }
dt, .faint { color: var(--faint); }
dd { margin: 0; overflow-wrap: anywhere; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .4rem .8rem .4rem 0; text-align: right; font-weight: normal; }
th { color: var(--faint); }
tbody th { color: CanvasText; font-weight: 600; }
th:first-child, th:last-child { text-align: left; }
tbody tr, tfoot tr { border-top: 1px solid color-mix(in srgb, CanvasText 15%, Canvas); }
img { image-rendering: pixelated; display: block; }
"""


def ensure_samples(study: Study) -> str:
    """Draws what the best candidate's augmentation makes of training images, unless they are there.

    Returns why it could not, "" if they are there now: a report does without.
    """
    confirmed = read_confirmation(study.folder)
    record = study.records()[confirmed.final.trial] if confirmed else study.best()
    if read_samples(study.folder / SAMPLES, record.number):
        return ""
    try:
        dataset = load(study.setup.data, study.setup.train_examples)
        if dataset.digest != study.setup.digest:
            return f"no pictures of the augmentation: {study.setup.data} holds other images now"
        draw_samples(study, record, dataset)
    except (FrugalError, OSError) as error:
        return f"no pictures of the augmentation: {error}"
    return ""


def draw_samples(study: Study, record: Record, dataset: Dataset) -> None:
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
    shown = range(min(SHOWN_IMAGES, len(dataset.classes)))
    return [int((labels == label).nonzero()[0]) for label in shown]


def class_counts(dataset: Dataset) -> pd.DataFrame:
    """Images by class and split: rows are the classes, columns train, validation and test."""
    counts = dict(DataDescription.of(dataset).counts)
    return pd.DataFrame(counts, index=pd.Index(dataset.classes, name="class"))


def write_samples(dataset: Dataset, augmentation: Augmentation, path: Path) -> None:
    """Writes one HTML page that needs nothing else: under 1 MB, light and dark.

    Of each class it shows the first training images plain and, below, augmented by one draw.
    FrugalError if the page cannot be written.
    """
    try:
        path.write_text(_page(dataset, augmentation), encoding="utf-8")
    except OSError as error:
        raise FrugalError(
            f"{path} cannot be written ({error.strerror}): name a file in a folder of yours"
        ) from error


def sprites(dataset: Dataset, augmentation: Augmentation) -> Iterator[NDArray[np.uint8]]:
    """One image per class, (height, width, C + 1), uint8, the last channel opacity.

    Above the plain images side by side, below them the same augmented, transparent gaps between.
    Fewer images per class, and at last fewer classes, when all would exceed PIXELS.
    """
    room = PIXELS // (2 * dataset.train.images[0].numel())
    shown = min(SHOWN_PER_CLASS, max(1, room // len(dataset.classes)))
    for label in range(min(len(dataset.classes), room)):
        plain = dataset.train.images[dataset.train.labels == label][:shown].cpu()
        seed = derive(SPLIT_SEED, "samples", label)
        moved = torch.cat(list(augment(plain, augmentation, seed))).mul(255).round()
        yield np.concatenate([_strip(plain), _strip(moved.to(torch.uint8))])


def _strip(images: Tensor) -> NDArray[np.uint8]:
    """images (N, C, H, W), uint8 -> (H + GAP, N x (W + GAP), C + 1) with transparent gaps."""
    opaque = torch.full_like(images[:, :1], 255)
    framed = torch.nn.functional.pad(torch.cat([images, opaque], dim=1), (0, GAP, 0, GAP))
    strip: NDArray[np.uint8] = torch.cat(list(framed), dim=2).permute(1, 2, 0).numpy()
    return strip


def _page(dataset: Dataset, augmentation: Augmentation) -> str:
    title = f"Samples of {escape(dataset.name)}"
    return f"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{STYLE}</style>
<h1>{title}</h1>
{_facts(dataset, augmentation)}
<p class="faint">Of each class the first training images: above as they are, below augmented as
one epoch might see them.</p>
<div class="wide">{_table(dataset, augmentation)}</div>
</html>
"""


def _facts(dataset: Dataset, augmentation: Augmentation) -> str:
    channels, height, width = dataset.image
    colour = "greyscale" if channels == 1 else "RGB"
    facts = {
        "images": f"{width}x{height} pixels, {colour}, {len(dataset.classes)} classes",
        "mean": ", ".join(f"{value:.4f}" for value in dataset.mean) + " (train, pixels 0 to 1)",
        "deviation": ", ".join(f"{value:.4f}" for value in dataset.std),
        "augmentation": _words(augmentation),
        "digest": dataset.digest,
    }
    items = [*facts.items(), *(("note", note) for note in dataset.notes)]
    listed = "\n".join(f"<dt>{name}<dd>{escape(text)}" for name, text in items)
    return f"<dl>\n{listed}\n</dl>"


def _words(augmentation: Augmentation) -> str:
    words = [
        f"rotation ± {augmentation.rotation:g}°" if augmentation.rotation else "",
        f"shift ± {augmentation.shift:g} pixels" if augmentation.shift else "",
        f"scale ± {augmentation.scale:.0%}" if augmentation.scale else "",
        f"brightness and contrast ± {augmentation.jitter:.0%}" if augmentation.jitter else "",
    ]
    return ", ".join(word for word in words if word) or "none"


def _table(dataset: Dataset, augmentation: Augmentation) -> str:
    table = class_counts(dataset)
    pictures = list(map(_picture, dataset.classes, sprites(dataset, augmentation)))
    pictures += ["too many to show"] * (len(table) - len(pictures))
    rows = "\n".join(
        f"<tr><th>{escape(name)}{_cells(figures)}<td>{picture}"
        for name, figures, picture in zip(
            dataset.classes, table.to_numpy().tolist(), pictures, strict=True
        )
    )
    return f"""<table>
<thead><tr><th>class{"".join(f"<th>{split}" for split in table.columns)}<th>plain, augmented
<tbody>
{rows}
<tfoot><tr><th>all{_cells(table.sum().tolist())}<td>
</table>"""


def _cells(figures: list[int]) -> str:
    return "".join(f"<td>{figure:,}" for figure in figures)


def _picture(name: str, sprite: NDArray[np.uint8]) -> str:
    buffer = BytesIO()
    Image.fromarray(sprite).save(buffer, "png", optimize=True)  # two channels LA, four RGBA
    encoded = base64.b64encode(buffer.getvalue()).decode()
    height, width = sprite.shape[:2]
    times = max(1, SIDE // (height // 2 - GAP))
    return (
        f'<img src="data:image/png;base64,{encoded}" width="{width * times}" '
        f'height="{height * times}" alt="training images of class {escape(name)}, '
        'plain above, augmented below">'
    )
