"""Weights in safetensors files, with their study and candidate as metadata. Without torch.

Files of earlier versions have no metadata. They are accepted if their arrays have the names and
shapes of the candidate's layers.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, load_file, save

from search.candidates.architecture import Architecture
from search.candidates.candidate import Candidate
from search.candidates.layers import LEARNED, Layer, module_numbers
from search.errors import FrugalError
from search.files import from_json, to_json, write_whole

LENGTH = 8  # bytes at the start of a file, little-endian: the header's length
LONGEST = 100_000_000  # bytes of a header, limited by the format
METADATA = "__metadata__"  # the key of the metadata in the header
Shapes = dict[str, tuple[int, ...]]
SIMULATED: Shapes = {"seed": (1,)}  # see engines/simulated.py


@dataclass(frozen=True)
class WeightsOwner:
    """The trial that weights belong to. identity: of the study. seed: of the training run.

    simulated: whether the file contains a placeholder array, because nothing was trained.
    """

    identity: str
    trial: int
    seed: int
    candidate: Candidate | None
    simulated: bool = False

    @property
    def metadata(self) -> dict[str, str]:
        """The metadata of the file."""
        return {
            "identity": self.identity,
            "trial": str(self.trial),
            "seed": str(self.seed),
            "candidate": to_json(self.candidate) if self.candidate else "",
        }

    def owns(self, source: Path | bytes) -> bool:
        """Whether a file, or its content, is the weights of this trial."""
        header = read_header(source)
        if header is None:
            return False
        metadata = header.get(METADATA, {})
        if "identity" not in metadata:
            return self._shapes == _shapes(header)
        same = (metadata["identity"], metadata.get("seed")) == (self.identity, str(self.seed))
        return same and _candidate(metadata.get("candidate", "")) == self.candidate

    @property
    def _shapes(self) -> Shapes | None:
        if self.simulated:
            return SIMULATED
        return array_shapes(self.candidate.architecture) if self.candidate else None


def weights_content(weights: Mapping[str, np.ndarray], owner: WeightsOwner) -> bytes:
    """Return the content of a file."""
    return save(dict(weights), owner.metadata)


def write_weights(
    path: Path, weights: Mapping[str, np.ndarray], owner: WeightsOwner, remedy: str = ""
) -> None:
    """Write a file atomically; FrugalError with the remedy if it cannot be written."""
    write_whole(path, weights_content(weights, owner), remedy)


def read_weights(
    source: Path | bytes, owner: WeightsOwner, place: str = ""
) -> dict[str, np.ndarray]:
    """Return the weights in a file or in its content, by name.

    place: where a content is stored, for the errors. FrugalError if the weights are not the
    owner's.
    """
    named = f"trial {owner.trial} in {place}" if isinstance(source, bytes) else source
    if not owner.owns(source):
        raise FrugalError(
            f"{named} does not contain the weights of trial {owner.trial} of this study: it is "
            "damaged or belongs to another study; restore the right file, or choose another trial"
        )
    try:
        return load(source) if isinstance(source, bytes) else load_file(source)
    except (SafetensorError, OSError) as error:
        raise FrugalError(f"cannot read {named}: {error}; choose another trial") from error


def owner_identity(path: Path) -> str:
    """Return the identity of the study in a file's metadata; "" if there is none."""
    header = read_header(path) or {}
    return str(header.get(METADATA, {}).get("identity", ""))


def read_header(source: Path | bytes) -> dict[str, Any] | None:
    """Return the header of a safetensors file: dtype and shape by name; None if it is invalid."""
    try:
        with BytesIO(source) if isinstance(source, bytes) else source.open("rb") as file:
            length = int.from_bytes(file.read(LENGTH), "little")
            header = json.loads(file.read(length)) if length <= LONGEST else None
    except (OSError, ValueError):
        return None
    return header if isinstance(header, dict) else None


def _candidate(text: str) -> Candidate | None:
    try:
        return from_json(Candidate, text) if text else None
    except FrugalError:  # written by a version with other fields
        return None


def _shapes(header: Mapping[str, Any]) -> Shapes:
    arrays = {name: entry for name, entry in header.items() if name != METADATA}
    return {name: tuple(entry["shape"]) for name, entry in arrays.items()}


def array_shapes(architecture: Architecture) -> Shapes:
    """Return the shapes of weights and running statistics, by name as in torch's state_dict."""
    layers = architecture.layers
    return {
        f"{number}.{name}": shape
        for number, layer in zip(module_numbers(layers), layers, strict=True)
        if layer.source is None
        for name, shape in _layer_shapes(layer).items()
    }


def _layer_shapes(layer: Layer) -> Shapes:
    given = layer.arguments
    if layer.kind == "norm":
        names = ("weight", "bias", "running_mean", "running_var")
        return dict.fromkeys(names, (given["num_features"],))
    if layer.kind in ("group_norm", "channel_norm"):
        return dict.fromkeys(("weight", "bias"), layer.shape[:1])
    if layer.kind == "prelu":
        return {"weight": (given["num_parameters"],)}
    if layer.kind == "blurpool":
        return {"kernel": (given["kernel_size"],) * 2}
    if layer.kind not in LEARNED:
        return {}
    weight = _weight_shape(layer)
    return {"weight": weight} | ({"bias": weight[:1]} if given["bias"] else {})


def _weight_shape(layer: Layer) -> tuple[int, ...]:
    given = layer.arguments
    if layer.kind == "linear":
        return given["out_features"], given["in_features"]
    kernel = given["kernel_size"]
    sides = kernel if isinstance(kernel, tuple) else (kernel, kernel)
    return given["out_channels"], given["in_channels"] // given.get("groups", 1), *sides
