"""A network that the C++ engine runs, on the memory of torch's tensors."""

import ctypes
from collections.abc import Iterator
from dataclasses import astuple
from itertools import chain
from weakref import finalize

import torch
from torch import Tensor, nn

from search.candidates.architecture import Architecture
from search.seeds import derive
from search.training.native.build import library
from search.training.native.stages import ABSENT, DENSE, Stage, UnsupportedError, stages


class Program:
    """A network (nn.Sequential on a CPU) and the engine's memory for batches of one size.

    Implements `search.training.backend.Backend`. scored: a network of the same architecture, which
    provides the weights for `logits`. The engine reads and writes the memory of torch's tensors, so
    they must not be replaced later. The constructor replaces non-contiguous tensors of both
    networks by contiguous copies, so create the program before an optimiser.
    """

    def __init__(
        self,
        stage_list: list[Stage],
        handle: int,
        network: nn.Sequential,
        scored: nn.Sequential,
        smoothing: float,
    ) -> None:
        self.network, self.scored = network, scored
        self._handle, self._smoothing = handle, smoothing
        self._engine = _engine()
        first, last = stage_list[0].facts, stage_list[-1].facts
        self._image, self._outputs = (first.channels, first.height, first.width), last.outputs
        self._referenced: list[Tensor] = []  # keeps tensors alive that the engine points to
        for tensor in chain(
            *(each.state_dict(keep_vars=True).values() for each in (network, scored))
        ):
            tensor.data = tensor.data.contiguous()
        for parameter in network.parameters():
            parameter.grad = torch.zeros_like(parameter)
        self._weights = self._addresses(list(_weights(network, stage_list)))
        self._gradients = self._addresses(list(_gradients(network, stage_list)))
        self._scored = self._addresses(list(_weights(scored, stage_list)))
        self._results = (ctypes.c_double * 2)()  # mean loss, number of correct answers
        self._step = 0
        finalize(self, self._engine.frugal_close, handle)

    def begin_epoch(
        self,
        seed: int,
        epoch: int,
        steps: int,  # noqa: ARG002 # as in `Backend`
    ) -> None:
        """Draw new dropout masks."""
        self._engine.frugal_begin(self._handle, derive(seed, "dropout", epoch))
        self._step = 0

    def compute_gradients(
        self, images: Tensor, indices: Tensor, labels: Tensor
    ) -> tuple[int, float]:
        """Return (number of correct answers, mean loss) of a batch and write gradients to `.grad`.

        images: (N, C, H, W), float32. indices: positions of the batch (B,), int64. labels: labels
        of the batch (B,), int64. B is at most the batch size that the program was opened with.
        Tensors that are not contiguous are copied first. An invalid label makes the loss NaN.
        RuntimeError for a tensor of a wrong shape or type.
        """
        images, indices, labels = (
            self._images(images),
            _whole_numbers(indices, "indices"),
            _whole_numbers(labels, "labels"),
        )
        self._engine.frugal_learn(
            self._handle,
            self._weights,
            self._gradients,
            images.data_ptr(),
            indices.data_ptr(),
            labels.data_ptr(),
            len(indices),
            self._smoothing,
            self._step,
            self._results,
        )
        self._step += 1
        return int(self._results[1]), self._results[0]

    def logits(self, images: Tensor) -> Tensor:
        """Return the logits (N, classes) of the scored weights for images (N, C, H, W), float32.

        Images that are not contiguous are copied first. RuntimeError for a wrong shape or type.
        """
        images = self._images(images)
        logits = torch.empty(len(images), self._outputs)
        self._engine.frugal_classify(
            self._handle, self._scored, images.data_ptr(), len(images), logits.data_ptr()
        )
        return logits

    def _images(self, images: Tensor) -> Tensor:
        """Return the images, contiguous; RuntimeError, as in torch, for a wrong shape or type."""
        if images.shape[1:] != self._image or images.dtype != torch.float32:
            raise RuntimeError(
                f"expected input of float32 images {self._image}, but got {images.dtype} images "
                f"{tuple(images.shape[1:])}"
            )
        return images.contiguous()

    def _addresses(self, tensors: list[Tensor | None]) -> ctypes.Array[ctypes.c_void_p]:
        self._referenced += [tensor for tensor in tensors if tensor is not None]
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
    """Return the network as a program; None if there is no engine or it does not support it."""
    engine = library()
    if engine is None:
        return None
    try:
        stage_list = stages(architecture)
    except UnsupportedError:
        return None
    facts = [number for stage in stage_list for number in astuple(stage.facts)]
    rates = [rate for stage in stage_list for rate in (stage.dropout, stage.late_dropout)]
    handle = engine.frugal_open(
        (ctypes.c_int32 * len(facts))(*facts),
        (ctypes.c_float * len(rates))(*rates),
        len(stage_list),
        batch,
    )
    return Program(stage_list, handle, network, scored, smoothing) if handle else None


def _whole_numbers(numbers: Tensor, name: str) -> Tensor:
    """Return the numbers, contiguous; RuntimeError if they are not int64, the engine's type."""
    if numbers.dtype != torch.int64:
        raise RuntimeError(f"expected {name} of int64, but got {numbers.dtype}")
    return numbers.contiguous()


def _engine() -> ctypes.CDLL:
    engine = library()
    assert engine is not None  # it has opened the handle of the program
    return engine


def _weights(network: nn.Sequential, stage_list: list[Stage]) -> Iterator[Tensor | None]:
    """Yield for each stage: weight, bias, and the norm's gain, shift, running mean and variance."""
    for stage in stage_list:
        if stage.convolution == ABSENT:
            dense = stage.facts.operation == DENSE
            yield from (_identity(stage.facts.channels) if dense else None, None)
        else:
            yield from (getattr(network[stage.convolution], name) for name in ("weight", "bias"))
        norm = network[stage.norm] if stage.norm != ABSENT else None
        for name in ("weight", "bias", "running_mean", "running_var"):
            yield getattr(norm, name, None)


def _gradients(network: nn.Sequential, stage_list: list[Stage]) -> Iterator[Tensor | None]:
    """Yield for each stage: the gradients of weight, bias, gain and shift."""
    for index, tensor in enumerate(_weights(network, stage_list)):
        if index % 6 < 4:
            yield None if tensor is None else tensor.grad


def _identity(channels: int) -> Tensor:
    """Return the weight of a 1x1 convolution that is the identity, with a gradient tensor."""
    weight = torch.eye(channels).reshape(channels, channels, 1, 1)
    weight.grad = torch.zeros_like(weight)
    return weight
