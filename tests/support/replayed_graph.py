"""A CUDA graph simulated on a CPU: the operators of a step are recorded once and run again.

As in a graph, every operator of a replay reads and writes the tensors of the recording, with the
recorded host values. A step that needs new values from the host gives a wrong result. Random
generators continue to draw new numbers, like generators registered with a graph.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from search.training.engines.cuda_graphs import CaptureError, InlineQueue


class Tape(TorchDispatchMode):
    """Record every operator that runs in this mode, including the backward pass."""

    def __init__(self) -> None:
        TorchDispatchMode.__init__(self)
        self.calls: list[tuple[Any, ...]] = []

    def __torch_dispatch__(
        self,
        func: Any,
        types: tuple[Any, ...],
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        kwargs = kwargs or {}
        outputs = func(*args, **kwargs)
        if not func.is_view:  # other operators write the memory of a view
            self.calls.append((func, args, kwargs, outputs))
        return outputs

    def replay(self) -> None:
        """Run all recorded operators again, into the same memory."""
        with torch.no_grad():
            for func, args, kwargs, outputs in self.calls:
                inputs = {leaf.data_ptr() for leaf in tree_leaves((args, kwargs)) if _is(leaf)}
                again = func(*args, **kwargs)
                for old, new in zip(tree_leaves(outputs), tree_leaves(again), strict=True):
                    if _is(old) and old.data_ptr() not in inputs:
                        old.copy_(new)


def _is(leaf: object) -> bool:
    return isinstance(leaf, Tensor)


class TapeQueue(InlineQueue):
    """A queue with capture, like a CUDA stream. late: queries until an event is complete."""

    can_capture = True

    def __init__(self, late: int = 0) -> None:
        self.late, self.captured_steps = late, 0

    def record_event(self) -> Callable[[], bool]:
        """Return an event query that is True from query `late` + 1 on."""
        answers = iter([False] * self.late)
        return lambda: next(answers, True)

    def capture(self, step: Callable[[], None], _: torch.Generator) -> Callable[[], None]:
        """Record a step; recording already runs it, so the first replay does nothing."""
        with Tape() as tape:
            step()
        self.captured_steps += 1
        pending = [tape.replay, lambda: None]

        def replay() -> None:
            (pending.pop() if len(pending) > 1 else tape.replay)()

        return replay


class BrokenQueue(InlineQueue):
    """A queue with failing captures."""

    can_capture = True

    def capture(self, step: Callable[[], None], _: torch.Generator) -> Callable[[], None]:
        """Fail after the operators of the step have run."""
        step()
        raise CaptureError(
            "cannot capture a training step as a CUDA graph: operation not permitted"
        )

    def stop_capturing(self) -> None:
        """Disable captures."""
        self.can_capture = False
