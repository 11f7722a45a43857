"""Rows of the layer table that the terminal and all pages show. Text only; never imports torch."""

from typing import NamedTuple

from search.candidates.architecture import Architecture
from search.candidates.wording import layer_words, shape_words


class LayerRow(NamedTuple):
    """A layer as cells of text, for one image.

    block: "1", "2", ... or "head". output: channels, height, width. parameters, macs: "" where
    there are none. receptive_field: side in pixels of the image. parameter_share, mac_share: of the
    whole network, 0 to 1.
    """

    block: str
    number: str
    layer: str
    output: str
    parameters: str
    macs: str
    receptive_field: str
    parameter_share: float
    mac_share: float


def layer_rows(architecture: Architecture) -> tuple[LayerRow, ...]:
    """One row per layer, from the image to the logits."""
    return tuple(
        LayerRow(
            block="head" if layer.block < 0 else str(layer.block + 1),
            number=str(number),
            layer=layer_words(layer),
            output=shape_words(layer.shape),
            parameters=_count(layer.parameters),
            macs=_count(layer.macs),
            receptive_field=str(layer.receptive_field),
            parameter_share=_share(layer.parameters, architecture.parameters),
            mac_share=_share(layer.macs, architecture.macs),
        )
        for number, layer in enumerate(architecture.layers, start=1)
    )


def total_row(architecture: Architecture) -> LayerRow:
    """Parameters and MACs of the whole network; columns without a sum are empty."""
    return LayerRow(
        block="",
        number="",
        layer="total",
        output="",
        parameters=f"{architecture.parameters:,}",
        macs=f"{architecture.macs:,}",
        receptive_field="",
        parameter_share=1.0,
        mac_share=1.0,
    )


def _count(count: int) -> str:
    return f"{count:,}" if count else ""


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
