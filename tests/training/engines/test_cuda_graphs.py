"""The pool of CUDA graphs: members trained concurrently have the same results as alone.

This also holds if the device is late or a capture fails. Graphs and streams need a GPU; see the
tests at the end. The others use `tests.support.replayed_graph`, which records the operators of a
step on a CPU and replays them like a graph.
"""

import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields, replace
from itertools import product
from pathlib import Path
from typing import Any, get_args

import pytest
import torch

from search.candidates.architecture import Architecture, Head
from search.candidates.blocks import Block
from search.candidates.candidate import Candidate
from search.candidates.recipe import Augmentation, Optimiser, Recipe, Schedule
from search.data.dataset import Dataset
from search.training.engines.cuda_graphs import (
    QUEUED_SLICES,
    SLICE,
    WARM_UP,
    CudaGraphPool,
    CudaStream,
    InlineQueue,
    open_queue,
)
from search.training.engines.in_process import InProcessPool
from search.training.pool import EpochResult, Failure, PoolEvent
from tests.support.replayed_graph import BrokenQueue, TapeQueue
from tests.support.results import succeeded

Figures = list[tuple[Any, ...]]
MOVED = Augmentation(7, 1, 0.05)
FIRST = Candidate(
    Architecture((1, 28, 28), 10, (Block(6, pool=2, dropout=0.1), Block(10))),
    Recipe(epochs=2, batch=20, rate=0.05, augmentation=MOVED, ema=0.9),
)
SECOND = Candidate(
    Architecture((1, 28, 28), 10, (Block(4, padding=1, pool=4), Block(8)), Head("linear")),
    Recipe(epochs=2, batch=128, rate=0.003, optimiser="adamw", smoothing=0.1, ema=0.0),
)
THIRD = Candidate(
    Architecture((1, 28, 28), 10, (Block(8, pool=3), Block(10, dropout=0.2)), Head("conv-pool")),
    Recipe(epochs=1, batch=300, rate=0.1, nesterov=True, schedule=Schedule(cycle_momentum=True)),
)
CANDIDATES = ((FIRST, 11), (SECOND, 12), (THIRD, 13))  # with their seeds
LONG = replace(FIRST, recipe=replace(FIRST.recipe, epochs=10_000))


@pytest.fixture(scope="module")
def alone(
    small_mnist: Dataset,
) -> list[Figures]:
    """The results of each candidate if it is trained alone, without a graph."""
    return [figures(trained(small_mnist, [InlineQueue()], [pair])[0]) for pair in CANDIDATES]


def figures(results: Iterable[EpochResult | Failure]) -> Figures:
    """Return everything that depends on the seed: all except the seconds; weights as bytes."""
    return [
        (
            *(getattr(r, f.name) for f in fields(r) if f.name not in ("seconds", "weights")),
            r.weights and {name: array.tobytes() for name, array in r.weights.items()},
        )
        for r in map(succeeded, results)
    ]


def trained(
    dataset: Dataset,
    queues: list[Any],
    pairs: list[tuple[Candidate, int]] | tuple[tuple[Candidate, int], ...],
    device: str = "cpu",
) -> list[list[EpochResult]]:
    """Train the candidates together on these queues; return all results of each."""
    with CudaGraphPool(dataset, device, len(pairs)) as pool:
        pool._free_queues.extend(reversed(queues))
        members = [pool.admit(candidate, seed) for candidate, seed in pairs]
        results: dict[int, list[EpochResult]] = {member: [] for member in members}
        for event in pool:
            results[event.member].append(succeeded(event.result))
        return [results[member] for member in members]


def test_replays_equal_eager_steps(
    small_mnist: Dataset,
    alone: list[Figures],
) -> None:
    """Three members with recorded and replayed steps have bitwise the same results as alone.

    Dropout is included. The third member has too few steps for a capture.
    """
    queues = [TapeQueue(), TapeQueue(), TapeQueue()]
    assert [figures(results) for results in trained(small_mnist, queues, CANDIDATES)] == alone
    assert [queue.captured_steps for queue in queues] == [1, 1, 0]
    assert 1_000 // THIRD.recipe.batch <= WARM_UP < 1_000 // SECOND.recipe.batch


@pytest.mark.parametrize("optimiser", get_args(Optimiser))
def test_every_optimiser_is_replayed(optimiser: Optimiser, small_mnist: Dataset) -> None:
    """Results with a captured step equal those without, with a changing rate and clipping."""
    recipe = replace(
        SECOND.recipe, optimiser=optimiser, rate=0.002, weight_decay=0.01, clip=1.0, ema=0.9
    )
    pairs = [(replace(SECOND, recipe=recipe), 14)]
    queue = TapeQueue()
    (replayed,), (plain,) = (
        trained(small_mnist, queues, pairs) for queues in ([queue], [InlineQueue()])
    )
    assert figures(replayed) == figures(plain)
    assert queue.captured_steps == 1


def test_a_late_device_does_not_change_results(
    small_mnist: Dataset,
    alone: list[Figures],
) -> None:
    """Members with unfinished work wait, the others continue; results are unaffected."""
    queues = [TapeQueue(late=20), InlineQueue(), TapeQueue(late=3)]
    assert [figures(results) for results in trained(small_mnist, queues, CANDIDATES)] == alone


class Counting(InlineQueue):
    """A queue with work that is only done when the test marks it as done."""

    def __init__(self) -> None:
        self.marks: list[bool] = []

    def record_event(self) -> Callable[..., Any]:
        """Return a function that reads the mark set by the test."""
        place = len(self.marks)
        self.marks.append(False)
        return lambda: self.marks[place]


def test_the_number_of_queued_slices_is_limited(small_mnist: Dataset) -> None:
    """At most QUEUED_SLICES unfinished slices are queued; a finished slice allows another."""
    queue = Counting()
    with CudaGraphPool(small_mnist, "cpu", 1) as pool:
        pool._free_queues.append(queue)
        course = pool._trainings[pool.admit(LONG, 1)]
        for _ in range(2 * QUEUED_SLICES):
            next(course.turns)
        assert len(queue.marks) == QUEUED_SLICES
        queue.marks[0] = True
        for _ in range(2 * QUEUED_SLICES):
            next(course.turns)
        assert len(queue.marks) == QUEUED_SLICES + 1
        assert 1_000 // LONG.recipe.batch > (QUEUED_SLICES + 1) * SLICE


def test_members_train_without_a_graph_if_a_capture_fails(
    small_mnist: Dataset,
    alone: list[Figures],
) -> None:
    """The results are the same, the pool has a note, and the queue attempts no more captures."""
    with CudaGraphPool(small_mnist, "cpu", 1) as pool:
        pool._free_queues.append(BrokenQueue())
        for candidate, seed in CANDIDATES[:2]:
            pool.admit(candidate, seed)
            results = [event.result for event in pool]
            assert figures(results) == alone[CANDIDATES.index((candidate, seed))]
            assert "cannot capture a training step" in pool.note
            assert "slower" in pool.note


def test_a_drop_during_an_epoch_frees_the_queue(
    small_mnist: Dataset,
    alone: list[Figures],
) -> None:
    """The next member starts at epoch 1; the results of the other member are unaffected."""
    with CudaGraphPool(small_mnist, "cpu", 2) as pool:
        queue = TapeQueue()
        pool._free_queues.append(queue)
        dropped, other = pool.admit(LONG, 1), pool.admit(*CANDIDATES[1])
        for _ in range(WARM_UP):
            next(pool._trainings[dropped].turns)
        pool.drop(dropped)
        after = pool.admit(*CANDIDATES[0])
        assert pool._trainings[after].queue is queue
        results: dict[int, list[EpochResult]] = {after: [], other: []}
        for event in pool:
            results[event.member].append(succeeded(event.result))
    assert figures(results[after]) == alone[0]
    assert figures(results[other]) == alone[1]
    assert queue.captured_steps == 2


def test_a_loss_that_is_not_finite_is_a_failure(small_mnist: Dataset) -> None:
    """The reason of the failure names the epoch, as in every engine."""
    ruined = replace(FIRST, recipe=replace(FIRST.recipe, rate=1e30))
    with CudaGraphPool(small_mnist, "cpu", 1) as pool:
        member = pool.admit(ruined, 1)
        (event,) = list(pool)
    assert event.member == member
    assert isinstance(event.result, Failure)
    assert "loss became nan in epoch 1" in event.result.reason


# on a GPU
@pytest.fixture
def gpu(small_mnist: Dataset) -> Iterator[CudaGraphPool]:
    """A pool of eight places on the first GPU."""
    with CudaGraphPool(small_mnist, "cuda:0", 8) as pool:
        yield pool


def on_gpu(
    dataset: Dataset, pairs: list[tuple[Candidate, int]] | tuple[tuple[Candidate, int], ...]
) -> list[list[EpochResult]]:
    """Train the candidates together on the first GPU, with graphs; return all results of each."""
    with CudaGraphPool(dataset, "cuda:0", len(pairs)) as pool:
        members = [pool.admit(candidate, seed) for candidate, seed in pairs]
        results: dict[int, list[EpochResult]] = {member: [] for member in members}
        for event in pool:
            results[event.member].append(succeeded(event.result))
        assert pool.note == ""
        return [results[member] for member in members]


def plain(optimiser: Optimiser, rate: float, **figures_: Any) -> Candidate:
    """Return a candidate without dropout."""
    blocks = (Block(8, pool=2), Block(10), Block(12))
    recipe = Recipe(epochs=2, batch=100, optimiser=optimiser, rate=rate, augmentation=MOVED)
    return Candidate(Architecture((1, 28, 28), 10, blocks), replace(recipe, **figures_))


def mixture() -> list[tuple[Candidate, int]]:
    """Return eight (candidate, seed) with different widths, batches, heads and optimisers."""
    pairs = []
    for place, (width, batch) in enumerate(product((6, 8, 11, 16), (50, 128))):
        blocks = (Block(width, pool=2, dropout=0.05 * place), Block(10, 3, 1), Block(12))
        head = Head(("pool-conv", "pool-linear")[place % 2])
        recipe = Recipe(
            epochs=3,
            batch=batch,
            rate=0.01,
            optimiser=("sgd", "adamw", "adam")[place % 3],
            augmentation=MOVED,
            smoothing=0.1 * (place % 2),
        )
        pairs.append((Candidate(Architecture((1, 28, 28), 10, blocks, head), recipe), 100 + place))
    return pairs


@pytest.mark.gpu
@pytest.mark.parametrize(
    "candidate",
    [plain("sgd", 0.05), plain("adamw", 0.003, weight_decay=0.1), plain("sgd", 0.05, batch=96)],
    ids=["sgd", "adamw", "a batch that does not divide"],
)
def test_first_losses_on_a_gpu_equal_those_of_the_eager_engine(
    candidate: Candidate, small_mnist: Dataset
) -> None:
    """Without dropout, the losses of two epochs agree: replayed, and eager on GPU and CPU."""
    (replayed,) = on_gpu(small_mnist, [(candidate, 3)])
    for device in ("cuda", "cpu"):
        with InProcessPool(small_mnist, device, 1) as pool:
            pool.admit(candidate, 3)
            eager = [succeeded(event.result) for event in pool]
        for ours, other in zip(replayed, eager, strict=True):
            assert ours.training_loss == pytest.approx(other.training_loss, rel=1e-3)
            assert ours.validation_loss == pytest.approx(other.validation_loss, rel=1e-2)


@pytest.mark.gpu
def test_eight_members_on_a_gpu_give_what_each_gives_alone(small_mnist: Dataset) -> None:
    """Different members with dropout have bitwise the same results alone and together, twice."""
    pairs = mixture()
    apart = [figures(on_gpu(small_mnist, [pair])[0]) for pair in pairs]
    for _ in range(2):
        assert [figures(results) for results in on_gpu(small_mnist, pairs)] == apart


@pytest.mark.gpu
def test_consistency_on_a_gpu_has_the_distribution_of_the_eager_engine(
    small_mnist: Dataset,
) -> None:
    """Lowest validation accuracies over 12 seeds have the same distribution in both engines.

    All features are enabled, and each pair of trainings differs in dropout masks only. An exact
    sign-flip test finds no difference at 1 %.
    """
    candidate = replace(FIRST, recipe=replace(FIRST.recipe, epochs=6, batch=50))
    pairs = [(candidate, seed) for seed in range(12)]
    with InProcessPool(small_mnist, "cuda", len(pairs)) as pool:
        members = [pool.admit(*pair) for pair in pairs]
        eager: dict[int, list[float]] = {member: [] for member in members}
        for event in pool:
            eager[event.member].append(succeeded(event.result).validation_accuracy)
    graphs = on_gpu(small_mnist, pairs)
    ours = [min(r.validation_accuracy for r in results[-3:]) for results in graphs]
    other = [min(eager[member][-3:]) for member in members]
    differences = torch.tensor(ours) - torch.tensor(other)
    signs = torch.tensor(list(product((-1.0, 1.0), repeat=len(pairs))))
    sums = (signs * differences).sum(1).abs()
    assert (sums >= differences.sum().abs() - 1e-9).double().mean().item() > 0.01


@pytest.mark.gpu
def test_no_step_on_a_gpu_waits_for_the_host(gpu: CudaGraphPool) -> None:
    """A whole epoch of three members, up to its results, runs without synchronisation.

    After the first epoch with its capture, torch is set to raise at any synchronisation.
    """
    endless = [(replace(c, recipe=replace(c.recipe, epochs=10_000)), s) for c, s in CANDIDATES]
    members = [gpu.admit(*pair) for pair in endless]
    started = set()
    for event in gpu:
        started.add(event.member)
        if started == set(members):
            break
    torch.cuda.set_sync_debug_mode("error")
    try:
        events: list[PoolEvent] = []
        for event in gpu:
            events.append(event)
            if len(events) == 3:
                break
    finally:
        torch.cuda.set_sync_debug_mode("default")
    assert not any(isinstance(event.result, Failure) for event in events)


@pytest.mark.gpu
def test_a_drop_with_queued_work_on_a_gpu(gpu: CudaGraphPool, small_mnist: Dataset) -> None:
    """A drop while slices are queued does not affect the other members or the queue."""
    pairs = mixture()[:3]
    apart = [figures(on_gpu(small_mnist, [pair])[0]) for pair in pairs]
    dropped = gpu.admit(LONG, 1)
    members = [gpu.admit(*pair) for pair in pairs[:2]]
    for _ in range(2 * QUEUED_SLICES):
        gpu._advance(dropped)
    gpu.drop(dropped)
    members.append(gpu.admit(*pairs[2]))
    results: dict[int, list[EpochResult]] = {member: [] for member in members}
    for event in gpu:
        results[event.member].append(succeeded(event.result))
    assert [figures(results[member]) for member in members] == apart


@pytest.mark.gpu
def test_consecutive_members_do_not_fill_the_gpu(gpu: CudaGraphPool) -> None:
    """Thirty members need no more memory than ten, because memory is freed with its graph."""
    candidate = replace(FIRST, recipe=replace(FIRST.recipe, epochs=1))
    reserved = []
    for seed in range(30):
        gpu.admit(candidate, seed)
        assert all(not isinstance(event.result, Failure) for event in gpu)
        reserved.append(torch.cuda.memory_reserved())
    assert max(reserved[10:]) <= 1.2 * max(reserved[:10])


@pytest.mark.gpu
def test_every_queue_of_a_gpu_has_its_own_stream() -> None:
    """Eight queues have eight streams, none of which is the default stream."""
    queues = [open_queue("cuda:0") for _ in range(8)]
    streams = {queue._stream.cuda_stream for queue in queues if isinstance(queue, CudaStream)}
    assert len(streams) == 8
    assert torch.cuda.default_stream().cuda_stream not in streams


SPACE = """
from search import Architecture, Block, Candidate, Recipe
def sample(trial, task):
    width = trial.suggest_int("width", 4, 12)
    batch = trial.suggest_categorical("batch", [50, 128])
    blocks = (Block(width, pool=2, dropout=0.1), Block(10))
    recipe = Recipe(epochs=task.budget.epochs, batch=batch)
    return Candidate(Architecture(task.image, task.classes, blocks), recipe)
"""


@pytest.mark.gpu
def test_a_search_on_a_gpu_from_the_command_line(tmp_path: Path) -> None:
    """Twelve candidates, eight at a time, are trained without failure, warning or traceback."""
    (tmp_path / "space.py").write_text(SPACE)
    few = ["--trials=12", "--train-examples=1000", "--max-epochs=2", "--window=1", "--workers=8"]
    places = [f"--studies={tmp_path}", f"--space={tmp_path / 'space.py'}", "--device=cuda"]
    said = subprocess.run(
        [sys.executable, "-m", "search", "run", "--pruner=none", *few, *places],
        check=False,
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[3],
    )
    assert said.returncode == 0, said.stderr
    assert "12 trained" in said.stdout
    assert "failed" not in said.stdout
    assert "Traceback" not in said.stderr
    assert "Warning" not in said.stderr
