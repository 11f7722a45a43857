"""A trained network for other tools: as a module with its weights, as safetensors, as ONNX.

Each checks first that the weights are those of the architecture. Never imports Optuna.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from search.candidates.architecture import Architecture
from search.candidates.candidate import Candidate
from search.errors import FrugalError
from search.files import to_json, write_own
from search.training.network import build_network

ONNX_OPSET = 18  # the oldest that torch's exporter writes without converting down
ONNX_TOLERANCE = 1e-4  # largest difference of a logit between onnxruntime and torch
ONNX_IMAGES = 32  # random images that both are asked about
KEYS = (b"architecture", b"recipe", b"parameters")  # metadata in every file that is written here
Weights = Mapping[str, np.ndarray]  # a state_dict as float32 arrays


def trained_module(architecture: Architecture, weights: Weights) -> nn.Sequential:
    """The trained network, in evaluation mode; FrugalError where weights and layers differ."""
    built = build_network(architecture).eval()
    tensors = _tensors(built)
    shapes = {name: tuple(tensor.shape) for name, tensor in tensors.items()}
    own = {name: array.shape for name, array in weights.items()}
    if shapes != own:
        name = min(name for name, _ in shapes.items() ^ own.items())
        raise FrugalError(
            f"the weights are not those of the architecture: {name} is {_shape(own.get(name))}, "
            f"the layers ask for {_shape(shapes.get(name))}; export another trial"
        )
    for name, tensor in tensors.items():
        tensor.copy_(torch.from_numpy(weights[name].astype(np.float32)))
    return built


def weight_arrays(architecture: Architecture, weights: Weights) -> dict[str, np.ndarray]:
    """The weights in the order of the network's state_dict, float32; checked too."""
    built = trained_module(architecture, weights)
    return {name: tensor.numpy() for name, tensor in _tensors(built).items()}


def write_safetensors(
    candidate: Candidate,
    weights: Weights,
    path: Path,
    metadata: Mapping[str, str] | None = None,
    *,
    force: bool = False,
) -> None:
    """The weights by name, with architecture and recipe as JSON and further lines as metadata."""
    from safetensors.numpy import save

    content = save(weight_arrays(candidate.architecture, weights), _metadata(candidate, metadata))
    write_own(path, content, has_metadata, force)


def write_onnx(
    candidate: Candidate,
    weights: Weights,
    path: Path,
    metadata: Mapping[str, str] | None = None,
    *,
    force: bool = False,
) -> None:
    """An ONNX model, "images" (batch, C, H, W), float32, normalised -> "logits" (batch, classes).

    onnxruntime's logits are compared with torch's before anything is written.
    """
    trained = trained_module(candidate.architecture, weights)
    content = _onnx(trained, candidate.architecture, _metadata(candidate, metadata))
    shape = (ONNX_IMAGES, *candidate.architecture.image)
    images = torch.randn(shape, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        expected = trained(images).numpy()
    difference = float(np.abs(_run_onnx(content, images.numpy()) - expected).max())
    if not difference <= ONNX_TOLERANCE:
        raise FrugalError(
            f"onnxruntime's logits differ from torch's by up to {difference:.2g}, allowed are "
            f"{ONNX_TOLERANCE:g}: nothing was written, use the Python file or --safetensors"
        )
    write_own(path, content, has_metadata, force)


def has_metadata(path: Path) -> bool:
    """Whether a file carries the metadata of the files that are written here."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise FrugalError(f"cannot read {path}: {error.strerror or error}") from error
    return all(key in content for key in KEYS)


def _tensors(module: nn.Module) -> dict[str, torch.Tensor]:
    """Weights and running statistics; torch's integer counters of batches serve training alone."""
    state = module.state_dict()
    return {name: tensor for name, tensor in state.items() if tensor.is_floating_point()}


def _shape(shape: tuple[int, ...] | None) -> str:
    return "absent" if shape is None else f"of shape {shape}"


def _metadata(candidate: Candidate, further: Mapping[str, str] | None) -> dict[str, str]:
    own = {
        "architecture": to_json(candidate.architecture),
        "recipe": to_json(candidate.recipe),
        "parameters": json.dumps(candidate.architecture.parameters),
    }
    return own | dict(further or {})


def _onnx(trained: nn.Module, architecture: Architecture, metadata: dict[str, str]) -> bytes:
    try:
        import onnx  # noqa: F401 - torch's exporter needs all three, and says so less clearly
        import onnxruntime  # noqa: F401
        import onnxscript  # noqa: F401
    except ImportError as error:
        raise FrugalError(
            f'--onnx needs the package {error.name}: pip install "frugal-search[onnx]"'
        ) from error
    program: Any = torch.onnx.export(
        trained,
        (torch.zeros(2, *architecture.image),),
        input_names=["images"],
        output_names=["logits"],
        dynamic_shapes=({0: torch.export.Dim("batch")},),
        opset_version=ONNX_OPSET,
        dynamo=True,
        verbose=False,
    )
    program.model.metadata_props.update(metadata)
    content: bytes = program.model_proto.SerializeToString()
    return content


def _run_onnx(content: bytes, images: np.ndarray) -> np.ndarray:
    import onnxruntime

    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    (logits,) = session.run(["logits"], {"images": images})
    return np.asarray(logits)
