"""A network as the C++ engine runs it, on the tensors that torch holds."""

import ctypes
from collections.abc import Iterator
from dataclasses import astuple
from weakref import finalize

import torch
from torch import Tensor, nn

from search.candidates.architecture import Architecture
from search.seeds import derive
from search.training.native.build import library
from search.training.native.stages import NOWHERE, Stage, stages


class Program:
    """A network (nn.Sequential on a CPU) and the engine's memory for batches of one size.

    scored: a network of the same architecture whose weights `classify` takes. Both are read and
    written where torch holds them, so their tensors must stay where they are.
    """

    def __init__(
        self,
        found: list[Stage],
        handle: int,
        network: nn.Sequential,
        scored: nn.Sequential,
        smoothing: float,
    ) -> None:
        self.network, self.scored = network, scored
        self._handle, self._smoothing = handle, smoothing
        self._engine = _engine()
        first, last = found[0].facts, found[-1].facts
        self._image, self._outputs = (first.channels, first.height, first.width), last.outputs
        self._held: list[Tensor] = []  # what the engine holds addresses of
        for parameter in network.parameters():
            parameter.grad = torch.zeros_like(parameter)
        self._weights = self._addresses(list(_weights(network, found)))
        self._gradients = self._addresses(list(_gradients(network, found)))
        self._scored = self._addresses(list(_weights(scored, found)))
        self._told = (ctypes.c_double * 2)()
        self._step = 0
        finalize(self, self._engine.frugal_close, handle)

    def begin(self, seed: int, epoch: int, steps: int) -> None:  # noqa: ARG002 # as `Backend`
        """An epoch begins: new dropout masks."""
        self._engine.frugal_begin(self._handle, derive(seed, "dropout", epoch))
        self._step = 0

    def compute_gradients(
        self, images: Tensor, places: Tensor, labels: Tensor
    ) -> tuple[int, float]:
        """Correct answers and mean loss of one step; gradients are left in `.grad`.

        images: (N, C, H, W) float32 contiguous, of which `places` (B,) int64 are taken, with their
        `labels` (B,) int64. B is at most the batch that the program was opened for. A label that is
        no class makes the loss NaN. RuntimeError where the images are of another kind.
        """
        self._engine.frugal_learn(
            self._handle,
            self._weights,
            self._gradients,
            self._begin_of(images),
            places.data_ptr(),
            labels.data_ptr(),
            len(places),
            self._smoothing,
            self._step,
            self._told,
        )
        self._step += 1
        return int(self._told[1]), self._told[0]

    def classify(self, images: Tensor) -> Tensor:
        """images (N, C, H, W) float32 contiguous -> logits (N, classes) of the scored weights."""
        logits = torch.empty(len(images), self._outputs)
        begin = self._begin_of(images)
        self._engine.frugal_classify(
            self._handle, self._scored, begin, len(images), logits.data_ptr()
        )
        return logits

    def _begin_of(self, images: Tensor) -> int:
        """Where the images lie; RuntimeError, as torch's own, if they are of another kind."""
        if images.shape[1:] != self._image or images.dtype != torch.float32:
            raise RuntimeError(
                f"expected input of float32 images {self._image}, but got {images.dtype} images "
                f"{tuple(images.shape[1:])}"
            )
        if not images.is_contiguous():
            raise RuntimeError("expected input in one piece of memory: use images.contiguous()")
        return images.data_ptr()

    def _addresses(self, tensors: list[Tensor | None]) -> ctypes.Array[ctypes.c_void_p]:
        self._held += [tensor for tensor in tensors if tensor is not None]
        return (ctypes.c_void_p * len(tensors))(
            *(None if tensor is None else tensor.data_ptr() for tensor in tensors)
        )


def program(
    architecture: Architecture,
    network: nn.Sequential,
    scored: nn.Sequential,
    batch: int,
    smoothing: float = 0.0,
) -> Program | None:
    """The network as a program; None where the engine is not there or cannot run it."""
    engine, found = library(), stages(architecture)
    if engine is None:
        return None
    facts = [number for stage in found for number in astuple(stage.facts)]
    rates = [rate for stage in found for rate in (stage.dropout, stage.late)]
    handle = engine.frugal_open(
        (ctypes.c_int32 * len(facts))(*facts),
        (ctypes.c_float * len(rates))(*rates),
        len(found),
        batch,
    )
    return Program(found, handle, network, scored, smoothing) if handle else None


def _engine() -> ctypes.CDLL:
    engine = library()
    assert engine is not None  # it opened the handle
    return engine


def _weights(network: nn.Sequential, found: list[Stage]) -> Iterator[Tensor | None]:
    """Of each stage weight, bias, and the norm's gain, shift, running mean and variance."""
    for stage in found:
        if stage.learned == NOWHERE:
            yield from (_identity(stage.facts.channels), None)
        else:
            yield from (getattr(network[stage.learned], name) for name in ("weight", "bias"))
        norm = network[stage.norm] if stage.norm != NOWHERE else None
        for name in ("weight", "bias", "running_mean", "running_var"):
            yield getattr(norm, name, None)


def _gradients(network: nn.Sequential, found: list[Stage]) -> Iterator[Tensor | None]:
    """Of each stage the gradients of weight, bias, gain and shift."""
    for index, tensor in enumerate(_weights(network, found)):
        if index % 6 < 4:
            yield None if tensor is None else tensor.grad


def _identity(channels: int) -> Tensor:
    """Weights of a 1x1 convolution that changes nothing, with room for a gradient."""
    weight = torch.eye(channels).reshape(channels, channels, 1, 1)
    weight.grad = torch.zeros_like(weight)
    return weight
