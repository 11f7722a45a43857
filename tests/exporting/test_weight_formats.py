"""Networks of nested blocks as safetensors and ONNX."""

from pathlib import Path

import numpy as np
import pytest
import torch

from search.candidates.architecture import Architecture
from search.candidates.candidate import Candidate
from search.candidates.recipe import Recipe
from search.exporting.weight_formats import trained_module, write_onnx, write_safetensors
from search.training.network import build_network
from tests.support.nested_architectures import EACH_BLOCK, EVERYTHING

QUICK = {name: EACH_BLOCK[name] for name in ("norms", "activations", "pools")}


def weights_of(architecture: Architecture) -> dict[str, np.ndarray]:
    """Return weights with the running statistics of random images."""
    network = build_network(architecture, seed=1)
    with torch.no_grad():
        network(torch.randn(8, *architecture.image, generator=torch.Generator().manual_seed(0)))
    state = network.state_dict()
    return {name: t.numpy() for name, t in state.items() if t.is_floating_point()}


def check_onnx(architecture: Architecture, path: Path) -> None:
    """Write an ONNX file, and compare its logits for a batch of another size than the exporter's.

    `write_onnx` itself compares them for 32 images.
    """
    onnxruntime = pytest.importorskip("onnxruntime")
    weights = weights_of(architecture)
    write_onnx(Candidate(architecture, Recipe()), weights, path)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    images = torch.randn(3, *architecture.image, generator=torch.Generator().manual_seed(1))
    (logits,) = session.run(["logits"], {"images": images.numpy()})
    with torch.inference_mode():
        expected = trained_module(architecture, weights)(images).numpy()
    assert np.abs(logits - expected).max() <= 1e-4


@pytest.mark.parametrize("architecture", [EVERYTHING, *QUICK.values()], ids=["everything", *QUICK])
def test_onnx_of_all_blocks(architecture: Architecture, tmp_path: Path) -> None:
    """ONNX files with all blocks, norms, activations and poolings give torch's logits."""
    check_onnx(architecture, tmp_path / "best.onnx")


@pytest.mark.slow
@pytest.mark.parametrize("name", EACH_BLOCK)
def test_onnx_of_each_block(name: str, tmp_path: Path) -> None:
    """So do files with one kind of block."""
    check_onnx(EACH_BLOCK[name], tmp_path / "best.onnx")


@pytest.mark.parametrize("architecture", [EVERYTHING, *EACH_BLOCK.values()])
def test_safetensors_of_all_blocks(architecture: Architecture, tmp_path: Path) -> None:
    """Weights are written once, by the names of the state_dict, and read back unchanged."""
    from safetensors.numpy import load_file

    weights = weights_of(architecture)
    path = tmp_path / "best.safetensors"
    write_safetensors(Candidate(architecture, Recipe()), weights, path)
    stored = load_file(path)
    assert stored.keys() == weights.keys()
    assert all(np.array_equal(stored[name], weights[name]) for name in weights)
    images = torch.randn(2, *architecture.image)
    with torch.inference_mode():
        logits = trained_module(architecture, stored)(images)
        assert torch.equal(logits, trained_module(architecture, weights)(images))
