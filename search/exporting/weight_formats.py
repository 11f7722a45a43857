"""Export of a trained network for other tools: torch module, safetensors and ONNX.

All of them check first that the weights fit the architecture. Never imports Optuna.
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

ONNX_OPSET = 18  # the oldest that torch's exporter writes without a conversion
ONNX_TOLERANCE = 1e-4  # largest allowed difference of a logit between onnxruntime and torch
ONNX_IMAGES = 32  # random images for the comparison
KEYS = (b"architecture", b"recipe", b"parameters")  # metadata that marks files written here
Weights = Mapping[str, np.ndarray]  # a state_dict as float32 arrays


def trained_module(architecture: Architecture, weights: Weights) -> nn.Sequential:
    """The trained network in evaluation mode; FrugalError if the weights do not fit the layers."""
    built = build_network(architecture).eval()
    tensors = _tensors(built)
    shapes = {name: tuple(tensor.shape) for name, tensor in tensors.items()}
    own = {name: array.shape for name, array in weights.items()}
    if shapes != own:
        name = min(name for name, _ in shapes.items() ^ own.items())
        raise FrugalError(
            f"the weights do not fit the architecture: {name} has {_shape(own.get(name))}, but the "
            f"layers require {_shape(shapes.get(name))}; export another trial"
        )
    for name, tensor in tensors.items():
        tensor.copy_(torch.from_numpy(weights[name].astype(np.float32)))
    return built


def weight_arrays(architecture: Architecture, weights: Weights) -> dict[str, np.ndarray]:
    """The weights, float32, in the order of the network's state_dict; see `trained_module`."""
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
    """Write the weights by name, with architecture, recipe and further metadata.

    FrugalError if the weights do not fit or an existing file is not ours (unless `force`).
    """
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
    """Write an ONNX model with the same metadata as `write_safetensors`.

    It maps "images" (batch, C, H, W), float32, normalised, to "logits" (batch, classes). The logits
    of onnxruntime are compared with torch's before the file is written. FrugalError if they differ,
    a package is missing, the weights do not fit, or an existing file is not ours (unless `force`).
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
            f"the logits of onnxruntime differ from torch's by up to {difference:.2g}, more than "
            f"{ONNX_TOLERANCE:g}: nothing was written; export a Python file or use --safetensors"
        )
    write_own(path, content, has_metadata, force)


def has_metadata(path: Path) -> bool:
    """Whether a file has the metadata of files written here; FrugalError if it cannot be read."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise FrugalError(f"cannot read {path}: {error.strerror or error}") from error
    return all(key in content for key in KEYS)


def _tensors(module: nn.Module) -> dict[str, torch.Tensor]:
    """Weights and running statistics, without torch's batch counters, used only in training."""
    state = module.state_dict()
    return {name: tensor for name, tensor in state.items() if tensor.is_floating_point()}


def _shape(shape: tuple[int, ...] | None) -> str:
    return "no array" if shape is None else f"shape {shape}"


def _metadata(candidate: Candidate, further: Mapping[str, str] | None) -> dict[str, str]:
    own = {
        "architecture": to_json(candidate.architecture),
        "recipe": to_json(candidate.recipe),
        "parameters": json.dumps(candidate.architecture.parameters),
    }
    return own | dict(further or {})


def _onnx(trained: nn.Module, architecture: Architecture, metadata: dict[str, str]) -> bytes:
    try:
        import onnx  # noqa: F401 - torch's exporter needs all three; its own error is less clear
        import onnxruntime  # noqa: F401
        import onnxscript  # noqa: F401
    except ImportError as error:
        raise FrugalError(
            f'--onnx requires the package {error.name}: run pip install "frugal-search[onnx]"'
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
