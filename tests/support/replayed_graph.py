"""A CUDA graph on a CPU, for tests: a step's operators are written down once and run again as such.

Like a graph's, every operator of a replay reads and writes the very tensors of the recording, with
the numbers that the host gave then; what a step would take from the host anew shows as a wrong
result. Like a registered generator, one that an operator draws from goes on drawing.
"""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from search.training.engines.cuda_graphs import CaptureError, InlineQueue


class Tape(TorchDispatchMode):
    """Writes down every operator that runs within it, backward pass included."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[tuple] = []

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        outputs = func(*args, **kwargs)
        if not func.is_view:  # a view's memory is written by others
            self.calls.append((func, args, kwargs, outputs))
        return outputs

    def replay(self) -> None:
        """All of it once more, into the same memory."""
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
    """A queue that captures as a stream does, and whose events are done some queries late."""

    can_capture = True

    def __init__(self, late: int = 0) -> None:
        self.late, self.captured_steps = late, 0

    def record_event(self) -> Callable[[], bool]:
        """True only from query `late` + 1 on."""
        answers = iter([False] * self.late)
        return lambda: next(answers, True)

    def capture(self, step: Callable[[], None], _: torch.Generator) -> Callable[[], None]:
        """Recording runs the step, which capturing does not: so the first replay is that run."""
        with Tape() as tape:
            step()
        self.captured_steps += 1
        pending = [tape.replay, lambda: None]

        def replay() -> None:
            (pending.pop() if len(pending) > 1 else tape.replay)()

        return replay


class BrokenQueue(InlineQueue):
    """A queue whose captures fail."""

    can_capture = True

    def capture(self, step: Callable[[], None], _: torch.Generator) -> Callable[[], None]:
        """A few operators of the step have run before it is known."""
        step()
        raise CaptureError(
            "cannot capture a training step as a CUDA graph: operation not permitted"
        )

    def stop_capturing(self) -> None:
        """No more captures."""
        self.can_capture = False
