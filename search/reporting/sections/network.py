"""The network, layer by layer, and how it is trained. Never imports torch."""

from search.candidates.architecture import Architecture
from search.candidates.layer_table import layer_rows, total_row
from search.candidates.recipe import Augmentation
from search.candidates.wording import recipe_words, shape_words
from search.reporting.charts.learning_rate import draw_rate_curve, rate_curve
from search.reporting.markup import (
    Html,
    Section,
    chart,
    code,
    facts,
    image_grid,
    join,
    paragraph,
    picture,
    table,
    tag,
)
from search.reporting.report_data import ReportData

GAP = 2  # pixels between sample images
SCALE = 2  # CSS pixels of a sample's pixel


def network_section(report: ReportData) -> Section:
    """Layers with shapes, parameters, MACs and receptive field."""
    best = report.best
    assert best.candidate is not None  # a trained trial has one
    architecture = best.candidate.architecture
    summary = paragraph(
        f"{architecture.depth} convolutions and linear layers, "
        f"{architecture.parameters:,} learned parameters, {architecture.macs:,} "
        f"multiply-accumulates and {architecture.activation_bytes:,} bytes of activations at their "
        "peak for one image (float32). In short: ",
        code(best.label),
    )
    return Section("network", "The network", join([summary, layer_table(architecture)]))


def layer_table(architecture: Architecture) -> Html:
    """Every layer, block by block; the shade behind a figure is its share of the whole."""
    rows, last_block = [], ""
    for row in layer_rows(architecture):
        rows.append(
            (
                "" if row.block == last_block else row.block,
                row.number,
                row.layer,
                row.output,
                _shaded(row.parameters, row.parameter_share),
                _shaded(row.macs, row.mac_share),
                row.receptive_field,
            )
        )
        last_block = row.block
    head = ("block", "", "layer", "output", "parameters", "MACs", "sees")
    total = total_row(architecture)
    foot = ("", "", total.layer, "", total.parameters, total.macs, "")
    image = shape_words(architecture.image)
    caption = (
        f"From an image of {image} (channels, height, width) to {architecture.classes} logits. "
        "Sees: the side of what one output depends on, in pixels of the image. "
        "Shaded: the share of the whole."
    )
    return table(head, rows, caption=caption, words=(0, 2), foot=foot, kind="groups")


def _shaded(cell: str, share: float) -> Html:
    """The cell with a bar behind it as long as its share."""
    if not cell:
        return Html("")
    return tag("span", cell, class_="share", style=f"--share:{100 * share:.1f}%")


def training_section(report: ReportData) -> Section:
    """Recipe, schedule and augmentation."""
    best = report.best
    assert best.candidate is not None
    recipe = best.candidate.recipe
    train = report.samples.train if report.samples else report.setup.train_examples
    drawing = chart(
        draw_rate_curve(rate_curve(recipe, train), recipe),
        "schedule",
        f"The learning rate over {recipe.epochs} epochs, schedule {recipe.schedule.kind}",
    )
    parts = [facts(recipe_words(recipe)), drawing, _augmentation(report, recipe.augmentation)]
    return Section("training", "How it is trained", join(parts))


def _augmentation(report: ReportData, augmentation: Augmentation) -> Html:
    samples = report.samples
    if samples is None:
        return paragraph(
            "No pictures of the augmentation: the data were not at hand.", class_="faint"
        )
    pixels = image_grid([samples.plain, *samples.augmented], GAP)
    height, width = samples.plain.shape[2:]
    explanation = (
        f"Training images as they are (top row), and {len(samples.augmented)} draws of the "
        "augmentation; every image is drawn afresh in every epoch."
    )
    if not (augmentation.moves or augmentation.jitter):
        explanation = "This recipe augments nothing: the rows are alike."
    side = round(pixels.shape[1] * SCALE * 28 / max(height, width))
    image = picture(
        pixels, f"sample images of {', '.join(samples.classes)}, plain and augmented", side
    )
    caption = tag("figcaption", tag("strong", "Augmentation"), " ", explanation)
    return tag("figure", caption, tag("div", image, class_="wide", tabindex="0"), class_="pixels")
