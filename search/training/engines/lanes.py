"""Where a member's work is queued: at once on a CPU, on a stream of its own on a CUDA device.

A lane takes one member at a time. Members on different lanes advance together.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch
from torch import Tensor

from search.training.pool import out_of_memory

WARM_UP = 3  # steps before a capture: torch's own examples take three


class CaptureError(Exception):
    """A step could not be captured as a CUDA graph, for another reason than memory."""


class Lane:
    """Work is done at once, by the thread that asks for it."""

    captures = False

    def entered(self) -> AbstractContextManager[Any]:
        """Within it, what is asked of the device goes into this lane."""
        return nullcontext()

    def mark(self) -> Callable[[], bool]:
        """Whether all that is queued by now is done: a question that never waits."""
        return lambda: True

    def fetch(self, values: Tensor) -> Tensor:
        """Values of the device for the host; to be read once a later mark is reached."""
        return values

    def settle(self) -> None:
        """Waits until nothing is queued."""

    def captured(self, step: Callable[[], None], _: torch.Generator) -> Callable[[], None]:
        """The step as something to replay; its generator goes on drawing from replay to replay.

        CaptureError, after which the lane must `give_up`. Here it stays as it is.
        """
        return step

    def give_up(self) -> None:
        """No more captures in this lane."""


class StreamLane(Lane):
    """A CUDA stream. To be made, and used, while its device is the current one."""

    captures = True

    def __init__(self) -> None:
        self._stream = torch.cuda.Stream()
        self._host = torch.empty(4, dtype=torch.float64, pin_memory=True)

    def entered(self) -> AbstractContextManager[Any]:
        """See `Lane`."""
        return torch.cuda.stream(self._stream)

    def mark(self) -> Callable[[], bool]:
        """See `Lane`."""
        event = torch.cuda.Event()
        event.record(self._stream)
        return event.query

    def fetch(self, values: Tensor) -> Tensor:
        """See `Lane`; four float64 values, overwritten by the next four."""
        return self._host.copy_(values, non_blocking=True)

    def settle(self) -> None:
        """See `Lane`."""
        self._stream.synchronize()

    def captured(self, step: Callable[[], None], generator: torch.Generator) -> Callable[[], None]:
        """See `Lane`. The step must have run `WARM_UP` times in this lane; capturing runs nothing.

        The graph has a memory pool of its own, which goes with it: graphs that run together must
        not share one.
        """
        graph = torch.cuda.CUDAGraph()
        try:
            graph.register_generator_state(generator)
            with torch.cuda.graph(graph, stream=self._stream):
                step()
        except RuntimeError as error:
            if out_of_memory(error) or out_of_memory(error.__context__):
                raise
            line = str(error).partition("\n")[0]
            raise CaptureError(f"no CUDA graph of a training step: {line}") from error
        return graph.replay

    def give_up(self) -> None:
        """See `Lane`: with another stream, as the one of a broken capture may be unusable."""
        self.captures = False
        self._stream = torch.cuda.Stream()


def open_lane(device: str) -> Lane:
    """A new lane on a device."""
    return StreamLane() if device.startswith("cuda") else Lane()
