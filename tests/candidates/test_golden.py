"""The published networks of the seed systems as architectures of this project.

Each file of golden/ is one system. It has the published layers and number of parameters of every
step, and our architecture of the same network with its MACs and receptive field.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from search.candidates.architecture import Architecture
from search.candidates.layers import Layer
from search.files import from_data, to_data
from search.training.network import build_network

GOLDEN = sorted((Path(__file__).parent / "golden").glob("*.json"))
SYSTEMS = [json.loads(path.read_text()) for path in GOLDEN]
STEPS = [
    pytest.param(step, id=f"{system['system']}, step {step['step']}")
    for system in SYSTEMS
    for step in system["steps"]
    if step["layers"] is not None
]


def test_every_system_and_step_exists() -> None:
    """There are five systems and 19 steps, one of them without a published architecture."""
    unknown = [
        (system["system"], step["step"], step["parameters"])
        for system in SYSTEMS
        for step in system["steps"]
        if step["layers"] is None
    ]
    assert len(SYSTEMS) == 5
    assert len(STEPS) == 18
    assert unknown == [("Session 5 - Coding Drill Down", "1", 15_408)]


@pytest.mark.parametrize("step", STEPS)
def test_lowers_to_the_published_layers(step: dict[str, Any]) -> None:
    """Our blocks and head give exactly the published layers, in the published order."""
    architecture = from_data(Architecture, step["architecture"])
    listed = [_published(layer) for layer in architecture.layers if layer.kind != "flatten"]
    assert listed == step["layers"]


@pytest.mark.parametrize("step", STEPS)
def test_counts_as_published(step: dict[str, Any]) -> None:
    """Our number of parameters equals the published one and that of the torch network."""
    architecture = from_data(Architecture, step["architecture"])
    learned = sum(weights.numel() for weights in build_network(architecture).parameters())
    assert architecture.parameters == step["parameters"] == learned


@pytest.mark.parametrize("step", STEPS)
def test_macs_and_receptive_field(step: dict[str, Any]) -> None:
    """MACs and receptive field equal those calculated from the published layers."""
    architecture = from_data(Architecture, step["architecture"])
    macs, field = _figures(step["layers"], side=architecture.image[1])
    assert architecture.macs == step["macs"] == macs
    assert architecture.layers[-1].receptive_field == step["receptive_field"] == field


@pytest.mark.parametrize("step", STEPS)
def test_json_format_is_unchanged(step: dict[str, Any]) -> None:
    """Writing the architecture gives the JSON of the file: no field is renamed or added."""
    architecture = from_data(Architecture, step["architecture"])
    assert json.loads(json.dumps(to_data(architecture))) == step["architecture"]


def _published(layer: Layer) -> dict[str, object]:
    """Return one of our layers in the format of the published lists."""
    arguments = layer.arguments
    if layer.kind == "conv":
        facts = {name: arguments[name] for name in ("padding", "bias")}
        return {"conv": arguments["out_channels"], "kernel": arguments["kernel_size"], **facts}
    if layer.kind == "linear":
        return {"linear": arguments["out_features"], "bias": arguments["bias"]}
    if layer.kind == "dropout":
        return {"dropout": arguments["p"]}
    if layer.kind == "maxpool":
        return {"maxpool": arguments["kernel_size"]}
    return {{"norm": "batchnorm"}.get(layer.kind, layer.kind): True}


def _figures(published: list[dict[str, int]], side: int) -> tuple[int, int]:
    """Return (MACs, receptive field) of a published list of layers on square grey images."""
    channels, macs, field, stride = 1, 0, 1, 1
    for layer in published:
        if "conv" in layer:
            side += 2 * layer["padding"] - layer["kernel"] + 1
            field += (layer["kernel"] - 1) * stride
            macs += channels * layer["conv"] * layer["kernel"] ** 2 * side**2
            channels = layer["conv"]
        elif "linear" in layer:
            macs += channels * layer["linear"]
            channels = layer["linear"]
        elif "maxpool" in layer:
            field += (layer["maxpool"] - 1) * stride
            stride, side = stride * layer["maxpool"], side // layer["maxpool"]
        elif "global_avgpool" in layer or "global_maxpool" in layer:
            field, side = field + (side - 1) * stride, 1
    return macs, field
