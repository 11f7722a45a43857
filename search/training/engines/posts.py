"""What worker processes are for: which engine on which device, with how many places."""

from dataclasses import dataclass
from typing import Literal

from search.data.dataset import Dataset
from search.training.engines.cuda_graphs import GraphPool
from search.training.engines.in_process import EagerPool

Engine = Literal["eager", "graphs"]


@dataclass(frozen=True, eq=False)
class Post:
    """One worker's duty. places: members at a time.

    waits: after each epoch it waits for word, so that a dropped member never starts another. Where
    epochs take seconds that is worth more than the wait; on a GPU they take hundredths.
    """

    engine: Engine = "eager"
    device: str = "cpu"
    places: int = 1
    waits: bool = True

    def open(self, dataset: Dataset) -> EagerPool | GraphPool:
        """The pool that does it, in the calling process."""
        kind = GraphPool if self.engine == "graphs" else EagerPool
        return kind(dataset, self.device, self.places)


def on_cores(workers: int) -> tuple[Post, ...]:
    """One place per worker on a CPU."""
    return tuple(Post() for _ in range(workers))


def on_gpus(workers: int, gpus: int) -> tuple[Post, ...]:
    """One worker per GPU; `workers` places in all, spread evenly."""
    used = min(workers, max(1, gpus))
    shares = [workers // used + (gpu < workers % used) for gpu in range(used)]
    return tuple(Post("graphs", f"cuda:{gpu}", n, waits=False) for gpu, n in enumerate(shares))
