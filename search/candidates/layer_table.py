"""Rows of the layer table for the terminal and all pages. Does not import torch."""

from typing import NamedTuple

from search.candidates.architecture import Architecture
from search.candidates.wording import layer_words, shape_words


class LayerRow(NamedTuple):
    """The table cells of one layer; all figures are for one image.

    block: "1", "2", ... or "head". output: shape, as in "12x26x26". parameters, macs: "" for a
    layer without any. receptive_field: side in image pixels. parameter_share, mac_share: fraction
    of the whole network, 0 to 1. frozen: fixed numbers that are not learned; "" if there are none.
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
    frozen: str


def layer_rows(architecture: Architecture) -> tuple[LayerRow, ...]:
    """Return one row per layer, from the image to the logits."""
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
            frozen=_count(layer.frozen),
        )
        for number, layer in enumerate(architecture.layers, start=1)
    )


def total_row(architecture: Architecture) -> LayerRow:
    """Return the parameters and MACs of the whole network; columns without a sum are empty."""
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
        frozen=_count(architecture.frozen),
    )


def _count(count: int) -> str:
    return f"{count:,}" if count else ""


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
