"""Exported files read images as in training and report all changes to them."""

import importlib.util
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

from search.candidates.architecture import Architecture
from search.candidates.blocks import Block
from search.candidates.candidate import Budget, Candidate
from search.candidates.recipe import Recipe
from search.data import dataset as data
from search.data import sources
from search.data.dataset import Dataset
from search.data.description import OLD_RULES, RULES, DataStatistics, FolderRules
from search.data.mnist_layout import give_layout
from search.exporting import template
from search.exporting.origin import Origin
from search.exporting.python_file import export_source
from search.study.records import Record
from search.study.settings import StudySettings
from search.training.network import build_network

SIDE, PER_CLASS = 16, 8  # pixels, images
ORIENTATIONS = range(1, 9)
Save = Callable[[np.ndarray, Path, int], None]  # image on a dark background, its path and number


def grey(array: np.ndarray, path: Path, _: int) -> None:
    """PNG of one channel."""
    Image.fromarray(array).save(path.with_suffix(".png"))


def light(array: np.ndarray, path: Path, _: int) -> None:
    """Dark strokes on white."""
    Image.fromarray(255 - array).save(path.with_suffix(".png"))


def half_light(array: np.ndarray, path: Path, number: int) -> None:
    """Every other image is light."""
    (light if number % 2 else grey)(array, path, number)


def light_minority(array: np.ndarray, path: Path, number: int) -> None:
    """One image of each class is light."""
    (grey if number else light)(array, path, number)


def dark_minority(array: np.ndarray, path: Path, number: int) -> None:
    """One image of each class is dark."""
    (light if number else grey)(array, path, number)


def grey_jpeg(array: np.ndarray, path: Path, _: int) -> None:
    """JPEG of one channel."""
    Image.fromarray(array).save(path.with_suffix(".jpg"))


def grey_as_rgb(array: np.ndarray, path: Path, _: int) -> None:
    """Three equal channels."""
    Image.fromarray(array).convert("RGB").save(path.with_suffix(".bmp"))


def one_bit(array: np.ndarray, path: Path, _: int) -> None:
    """Black and white."""
    Image.fromarray(array).convert("1").save(path.with_suffix(".png"))


def opaque(array: np.ndarray, path: Path, number: int) -> None:
    """With an alpha channel in which nothing is transparent."""
    mode = ("LA", "RGBA")[number % 2]
    Image.fromarray(array).convert(mode).save(path.with_suffix(".png"))


def coloured(array: np.ndarray) -> Image.Image:
    """The image in two colours."""
    return Image.fromarray(np.stack([array, array // 2, 255 - array], axis=-1))


def rgb(array: np.ndarray, path: Path, _: int) -> None:
    """PNG in colour."""
    coloured(array).save(path.with_suffix(".png"))


def rgb_and_grey(array: np.ndarray, path: Path, number: int) -> None:
    """Some of the images have no colour."""
    (rgb if number % 2 else grey)(array, path, number)


def rgb_jpeg(array: np.ndarray, path: Path, _: int) -> None:
    """JPEG in colour."""
    coloured(array).save(path.with_suffix(".jpeg"), quality=80)


def cmyk(array: np.ndarray, path: Path, number: int) -> None:
    """JPEG and TIFF with the four inks of a printer."""
    image = coloured(array).convert("CMYK")
    image.save(path.with_suffix((".jpg", ".tif")[number % 2]))


def palette(array: np.ndarray, path: Path, number: int) -> None:
    """Colour by a palette, as PNG and GIF."""
    image = coloured(array).quantize(16)
    image.save(path.with_suffix((".png", ".gif")[number % 2]))


def grey_palette(array: np.ndarray, path: Path, _: int) -> None:
    """Grey by a palette."""
    Image.fromarray(array).quantize(16).save(path.with_suffix(".gif"))


def exif(array: np.ndarray, path: Path, number: int) -> None:
    """JPEG with each of the EXIF orientations."""
    tags = Image.Exif()
    tags[0x0112] = 1 + number % len(ORIENTATIONS)
    Image.fromarray(array).save(path.with_suffix(".jpg"), exif=tags)


def exif_in_colour(array: np.ndarray, path: Path, number: int) -> None:
    """The same in colour, as PNG, TIFF and WebP."""
    tags = Image.Exif()
    tags[0x0112] = 1 + number % len(ORIENTATIONS)
    suffix = (".png", ".tif", ".webp")[number % 3]
    coloured(array).save(path.with_suffix(suffix), exif=tags)


def odd_orientation(array: np.ndarray, path: Path, number: int) -> None:
    """Orientations that the standard does not know."""
    tags = Image.Exif()
    tags[0x0112] = (0, 9, 255, 6)[number % 4]
    Image.fromarray(array).save(path.with_suffix(".jpg"), exif=tags)


KINDS = (
    *(grey, light, half_light, light_minority, dark_minority, grey_jpeg, grey_as_rgb, one_bit),
    *(opaque, rgb, rgb_and_grey, rgb_jpeg, cmyk, palette, grey_palette),
    *(exif, exif_in_colour, odd_orientation),
)


def write(folder: Path, save: Save) -> Path:
    """Write class folders with horizontal and vertical bars on a dark, noisy background."""
    random = np.random.default_rng(0)
    for name in ("lying", "upright"):
        (folder / name).mkdir(parents=True)
        for number in range(PER_CLASS):
            array = random.integers(0, 30, (SIDE, SIDE)).astype(np.uint8)
            array[2 : 4 + number // 2, 3:12] = 240
            array = array.T.copy() if name == "upright" else array
            save(array, folder / name / str(number), number)
    return folder


def exported(path: Path, measured: DataStatistics, image: tuple[int, int, int]) -> ModuleType:
    """The module of an exported network with random weights."""
    architecture = Architecture(image, max(2, len(measured.classes)), (Block(4, pool=2), Block(6)))
    candidate = Candidate(architecture, Recipe())
    state = build_network(architecture, 0).state_dict()
    weights = {name: t.numpy() for name, t in state.items() if t.is_floating_point()}
    record = Record(0, "trained", candidate, consistency=0.9, validation_accuracy=(0.9,), origin=0)
    setup = StudySettings("a", "b", image, 2, Budget(), 1, 0, "", "")
    path.write_text(export_source(Origin(record, setup, "demo", measured), weights), "utf-8")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module", params=KINDS, ids=lambda kind: kind.__name__)
def kind(request: pytest.FixtureRequest) -> Save:
    """A kind of image files."""
    save: Save = request.param
    return save


@pytest.mark.parametrize("rules", [RULES, OLD_RULES], ids=["new", "old"])
def test_training_images_are_read_as_in_training(
    kind: Callable[..., Any], rules: FolderRules, tmp_path: Path
) -> None:
    """Pixels and probabilities equal those of training, and no image is inverted."""
    folder = str(write(tmp_path / "images", kind))
    dataset, statistics = data.load_measured(folder, rules=rules)
    source = sources.find(folder, rules=rules)
    module = exported(tmp_path / "best.py", statistics.split, dataset.image)
    assert rules.turned == module.TURNED
    network = module.load()
    # the test images are split off from these, and read the same way
    pixels = {bytes(image.numpy().tobytes()) for image in every_image(source)}
    for path in sorted((tmp_path / "images").rglob("*.*")):
        read, notes = module.read(path)
        prepared, changes = module.prepare(read)
        assert prepared.numpy().tobytes() in pixels
        assert changes == []
        assert notes in ([], ["converted to RGB"])
        result = module.classify(network, str(path))
        probability = float(module.predict(network, prepared[None]).max())
        assert f"probability {100 * probability:.2f} %" in result
        assert "inver" not in result


def every_image(source: sources.Source) -> Iterator[torch.Tensor]:
    """Training and test images."""
    yield from source.train.images
    yield from source.read_test().images


def test_images_are_rotated_by_their_orientation(tmp_path: Path) -> None:
    """All eight orientations of an image are equal in training and in exported files."""
    upright = np.zeros((SIDE, SIDE), np.uint8)
    upright[2:4, 3:9] = upright[3:12, 3] = 255
    image = Image.fromarray(upright)
    stored = {
        1: image,
        2: image.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
        3: image.rotate(180),
        4: image.transpose(Image.Transpose.FLIP_TOP_BOTTOM),
        5: image.transpose(Image.Transpose.TRANSPOSE),
        6: image.rotate(90),
        7: image.transpose(Image.Transpose.TRANSVERSE),
        8: image.rotate(-90),
    }
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        for orientation, picture in stored.items():
            tags = Image.Exif()
            tags[0x0112] = orientation
            picture.save(tmp_path / name / f"{orientation}.png", exif=tags)
    dataset, statistics = data.load_measured(str(tmp_path))
    module = exported(tmp_path / "best.py", statistics.split, dataset.image)
    for path in tmp_path.rglob("*.png"):
        assert np.array_equal(module.read(path)[0][0].numpy(), upright), path
    assert all(np.array_equal(pixels[0].numpy(), upright) for pixels in dataset.train.images)


def test_the_class_without_inversion_is_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If inversion changes the class, the class without it is printed too."""
    monkeypatch.setattr(template, "BACKGROUND", "dark")
    path, network = tmp_path / "a.png", template.load()
    plain = {"dark": 0, "light": 255}
    answers = {}
    for shade, level in plain.items():
        name, probability, _ = template.answer(network, torch.full((1, 2, 2), level).byte())
        assert name == shade
        answers[shade] = f"{name}, {probability}"
    Image.new("L", (2, 2), "black").save(path)
    assert template.classify(network, str(path)) == f"{path}: {answers['dark']}"
    Image.new("L", (2, 2), "white").save(path)
    assert template.classify(network, str(path)) == (
        f"{path}: {answers['dark']} (inverted: its border is light, that of all training images "
        f"dark; class without inversion: {answers['light']})"
    )


def test_mixed_training_images_prevent_inversion(tmp_path: Path) -> None:
    """A single light training image prevents the inversion of light images."""
    folder = str(write(tmp_path / "images", light_minority))
    dataset, statistics = data.load_measured(folder)
    assert (statistics.split.background, statistics.final.background) == ("mixed", "mixed")
    module = exported(tmp_path / "best.py", statistics.split, dataset.image)
    Image.new("L", (SIDE, SIDE), "white").save(tmp_path / "white.png")
    assert "inverted" not in module.classify(module.load(), str(tmp_path / "white.png"))


@pytest.fixture(scope="module")
def digits(
    small_mnist: Dataset, tmp_path_factory: pytest.TempPathFactory
) -> tuple[ModuleType, torch.Tensor]:
    """An exported network for MNIST, and the first validation images."""
    path = tmp_path_factory.mktemp("digits") / "best.py"
    module = exported(path, data.measure(small_mnist), small_mnist.image)
    return module, small_mnist.validation.images[:20]


def test_digits_of_mnist_are_not_changed(digits: tuple[ModuleType, Tensor]) -> None:
    """MNIST's images already have the layout that other images are converted to."""
    module, images = digits
    for image in images:
        prepared, changes = module.prepare(image)
        assert torch.equal(prepared, image)
        assert changes == []


@pytest.mark.parametrize("canvas", [(28, 28), (60, 60), (40, 200), (300, 31)])
@pytest.mark.parametrize("side", [10, 20])
def test_digits_anywhere_are_centred(
    digits: tuple[ModuleType, Tensor], canvas: tuple[int, int], side: int, tmp_path: Path
) -> None:
    """A small digit in a corner of any image gets MNIST's layout, light on dark or inverted."""
    module, images = digits
    for number, image in enumerate(images):
        digit = Image.fromarray(cropped(image[0]).numpy())
        digit = digit if side == 20 else digit.resize((side, side))
        picture = Image.new("L", canvas[::-1])
        picture.paste(digit, (1, 2))
        dark, paper = tmp_path / f"{number}.png", tmp_path / f"{number}-paper.png"
        picture.save(dark)
        Image.fromarray(255 - np.asarray(picture)).save(paper)
        prepared, (note,) = module.prepare(module.read(dark)[0])
        assert note == f"digit centred and scaled as in MNIST, from {canvas[1]}x{canvas[0]}"
        assert note in module.classify(module.load(), str(paper))
        assert torch.equal(module.prepare(255 - module.read(paper)[0])[0], prepared)
        if side == 20:
            assert difference(prepared[0], image[0]) < 1


def cropped(image: torch.Tensor) -> torch.Tensor:
    """The ink of an image (height, width)."""
    rows, columns = image.any(dim=1).nonzero(), image.any(dim=0).nonzero()
    return image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def difference(one: torch.Tensor, other: torch.Tensor) -> float:
    """The mean absolute difference of two images, up to 255; a shift by one pixel is ignored."""
    moved = [one.roll((y, x), (0, 1)) for y in (-1, 0, 1) for x in (-1, 0, 1)]
    return min(float((each.float() - other.float()).abs().mean()) for each in moved)


def test_an_image_without_a_digit_is_reported(
    digits: tuple[ModuleType, Tensor], tmp_path: Path
) -> None:
    """For plain and noisy images, a note says that no digit was found."""
    module, _ = digits
    random = np.random.default_rng(0)
    for array in (np.zeros((40, 40)), np.full((28, 28), 90), random.integers(0, 20, (28, 28))):
        Image.fromarray(array.astype(np.uint8)).save(tmp_path / "none.png")
        result = module.classify(module.load(), str(tmp_path / "none.png"))
        assert "no light digit found on a darker background" in result


def test_the_code_for_digits_is_only_in_files_for_digits(
    digits: tuple[ModuleType, Tensor], tmp_path: Path
) -> None:
    """Files for other images resize them and do not contain the code for digits."""
    module, _ = digits
    other = exported(tmp_path / "other.py", data.measure(some()), IMAGE)
    assert hasattr(module, "give_layout")
    assert not hasattr(other, "give_layout")
    assert not hasattr(other, "prepare_digit")
    assert "search.data" not in (tmp_path / "other.py").read_text()
    prepared, changes = other.prepare(torch.zeros(1, 20, 40, dtype=torch.uint8))
    assert (prepared.shape, changes) == (IMAGE, ["resized from 40x20"])


IMAGE = (1, 28, 28)


def some() -> data.Dataset:
    """Images of MNIST's size that are not digits."""
    images = torch.zeros(4, *IMAGE, dtype=torch.uint8)
    images[:, :, :9, :9] = 200
    split = data.Split(images, torch.tensor([0, 1, 0, 1]))
    return data.Dataset("a", "b", ("a", "b"), split, split, (0.5,), (0.5,), (0, 0))


def test_the_template_itself_reports_changes(tmp_path: Path) -> None:
    """The unchanged template classifies an image file of another size and reports the resize."""
    Image.new("L", (4, 4), "white").save(tmp_path / "a.png")
    result = template.classify(template.load(), str(tmp_path / "a.png"))
    assert result.startswith(f"{tmp_path / 'a.png'}: light, probability ")
    assert result.endswith(" % (resized from 4x4)")


def test_the_layout_of_a_faint_digit(small_mnist: Dataset) -> None:
    """A digit of low contrast is converted to MNIST's layout, and the noise is removed."""
    image = small_mnist.validation.images[0, 0]
    noise = torch.randint(0, 12, image.shape, generator=torch.Generator().manual_seed(0))
    faint = (image.float() / 2 + noise + 40).to(torch.uint8)
    found = give_layout(faint, 28)
    assert found is not None
    assert difference(found, image) < 4
