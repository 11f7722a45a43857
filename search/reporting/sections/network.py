"""The layers of the best network, and its training recipe. Never imports torch."""

from search.candidates.architecture import Architecture
from search.candidates.layer_table import layer_rows, total_row
from search.candidates.recipe import Augmentation
from search.candidates.wording import further_signs, parameter_words, recipe_words, shape_words
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
SCALE = 2  # CSS pixels per pixel of a sample image


def network_section(report: ReportData) -> Section:
    """Return the layers with shapes, parameters, MACs and receptive fields."""
    best = report.best
    assert best.candidate is not None  # a trained trial has one
    architecture = best.candidate.architecture
    signs = further_signs([architecture])
    summary = paragraph(
        f"{architecture.depth} convolutions and linear layers, "
        f"{parameter_words(architecture)}. For one image: {architecture.macs:,} "
        f"multiply-accumulates (MACs), {architecture.activation_bytes:,} bytes of activations at "
        "peak (float32). Short form, also used below: ",
        code(best.label),
        ". It has the width of each block, k and the kernel size if it is not 3, p for padding and "
        "| for pooling; then the head, optimiser, learning rate schedule, peak learning rate and "
        f"batch size (b).{f' {signs}' if signs else ''}",
    )
    return Section("network", "The network", join([summary, layer_table(architecture)]))


def layer_table(architecture: Architecture) -> Html:
    """Return all layers by block; the shading behind a number is its share of the total."""
    rows, last_block, total = [], "", total_row(architecture)
    any_frozen = bool(total.frozen)
    for row in layer_rows(architecture):
        rows.append(
            (
                "" if row.block == last_block else row.block,
                row.number,
                row.layer,
                row.output,
                _shaded(row.parameters, row.parameter_share),
                *[row.frozen] * any_frozen,
                _shaded(row.macs, row.mac_share),
                row.receptive_field,
            )
        )
        last_block = row.block
    frozen = ["frozen"] * any_frozen
    head = ("block", "#", "layer", "output", "parameters", *frozen, "MACs", "receptive field")
    sums = [total.frozen] * any_frozen
    foot = ("", "", total.layer, "", total.parameters, *sums, total.macs, "")
    image = shape_words(architecture.image)
    caption = (
        f"Input: {image} (channels x height x width); output: {architecture.classes} logits. "
        "Receptive field: side in pixels of the part of the image that one output value depends "
        "on. Shading: share of the total."
        + " Frozen: fixed numbers, which are not learned."
        * any_frozen
    )
    return table(head, rows, caption=caption, words=(0, 2), foot=foot, kind="groups")


def _shaded(cell: str, share: float) -> Html:
    """Return the cell with a bar behind it whose length is the share, 0 to 1."""
    if not cell:
        return Html("")
    return tag("span", cell, class_="share", style=f"--share:{100 * share:.1f}%")


def training_section(report: ReportData) -> Section:
    """Return recipe, schedule and augmentation."""
    best = report.best
    assert best.candidate is not None
    recipe = best.candidate.recipe
    train = report.samples.train if report.samples else report.setup.train_examples
    drawing = chart(
        draw_rate_curve(rate_curve(recipe, train), recipe),
        "schedule",
        f"Learning rate over {recipe.epochs} epochs, {recipe.schedule.kind} schedule",
    )
    parts = [facts(recipe_words(recipe)), drawing, _augmentation(report, recipe.augmentation)]
    return Section("training", "Training recipe", join(parts))


def _augmentation(report: ReportData, augmentation: Augmentation) -> Html:
    samples = report.samples
    if samples is None:
        return paragraph(
            "No augmentation examples: the data set was not available when this report was "
            "generated.",
            class_="faint",
        )
    pixels = image_grid([samples.plain, *samples.augmented], GAP)
    height, width = samples.plain.shape[2:]
    explanation = (
        f"Original training images (top row) and {len(samples.augmented)} augmented versions of "
        "each. In training, every image is augmented anew in every epoch."
    )
    if not augmentation.changes:
        explanation = "This recipe uses no augmentation, so all rows are identical."
    side = round(pixels.shape[1] * SCALE * 28 / max(height, width))
    image = picture(
        pixels,
        f"training images of classes {', '.join(samples.classes)}: original and augmented",
        side,
    )
    caption = tag("figcaption", tag("strong", "Augmentation"), " ", explanation)
    return tag("figure", caption, tag("div", image, class_="wide", tabindex="0"), class_="pixels")
