"""Pools: results do not depend on other members, and a failure of one member affects no other."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields, replace
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pytest
import torch

from search.candidates.architecture import Architecture, Head
from search.candidates.blocks import Block
from search.candidates.candidate import Candidate
from search.candidates.recipe import Augmentation, Recipe
from search.data.dataset import Dataset
from search.errors import StudyWarning
from search.training.device import on_cores, on_gpus, open_pool
from search.training.engines.in_process import InProcessPool
from search.training.engines.processes import ProcessPool
from search.training.engines.worker import WorkerSpec
from search.training.native import available
from search.training.pool import EpochResult, Failure, PoolEvent
from search.training.trainer import DeviceData, train
from tests.support.interruptible import start_interruptible
from tests.support.results import succeeded

Figures = list[tuple[Any, ...]]
SHOWN_TO_DIE = 10.0  # seconds in which an orphaned worker must end; usually less than one
MOVED = Augmentation(7, 1, 0.05)
FIRST = Candidate(
    Architecture((1, 28, 28), 10, (Block(6, pool=2, dropout=0.1), Block(10))),
    Recipe(epochs=3, batch=50, rate=0.05, augmentation=MOVED, ema=0.9),
)
SECOND = Candidate(
    Architecture((1, 28, 28), 10, (Block(4, padding=1, pool=4), Block(8)), Head("linear")),
    Recipe(epochs=2, batch=128, rate=0.003, optimiser="adamw", smoothing=0.1, ema=0.0),
)
THIRD = Candidate(
    Architecture((1, 28, 28), 10, (Block(8, pool=3), Block(10, dropout=0.2)), Head("conv-pool")),
    Recipe(epochs=1, batch=200, rate=0.1, nesterov=True, augmentation=MOVED),
)
KILLED = "worker process ended unexpectedly with exit code -9"
CANDIDATES = ((FIRST, 11), (SECOND, 12), (THIRD, 13))  # with their seeds
LONG = replace(FIRST, recipe=replace(FIRST.recipe, epochs=10_000))
RUINED = replace(FIRST, recipe=replace(FIRST.recipe, rate=1e30))
ABSURD = replace(  # 2 PB of weights
    FIRST, architecture=Architecture((1, 28, 28), 10, (Block(10**13, kernel=7),))
)


@pytest.fixture(scope="module")
def processes(small_mnist: Dataset) -> Iterator[ProcessPool]:
    """Two idle workers, shared by the tests because starting one imports torch."""
    with ProcessPool(small_mnist, on_cores(2)) as pool:
        for seed in (1, 2):
            pool.admit(THIRD, seed)
        list(pool)
        yield pool


@pytest.fixture
def eager(small_mnist: Dataset) -> Iterator[InProcessPool]:
    """A pool of three places in this process."""
    with InProcessPool(small_mnist, "cpu", 3) as pool:
        yield pool


@pytest.fixture(scope="module")
def groups(small_mnist: Dataset) -> Iterator[ProcessPool]:
    """Two workers with three places each that do not wait, as on two GPUs, but eager on a CPU."""
    specs = tuple(WorkerSpec("eager", "cpu", 3, waits=False) for _ in range(2))
    with ProcessPool(small_mnist, specs) as pool:
        for seed in (1, 2):
            pool.admit(THIRD, seed)
        list(pool)
        yield pool


@pytest.fixture(params=["eager", "processes", "groups"])
def pool(request: pytest.FixtureRequest) -> InProcessPool | ProcessPool:
    """A pool of each kind."""
    chosen: InProcessPool | ProcessPool = request.getfixturevalue(request.param)
    return chosen


@pytest.fixture(scope="module")
def alone(
    small_mnist: Dataset,
) -> list[Figures]:
    """The results of each candidate if it is trained alone, without a pool."""
    data = DeviceData(small_mnist, torch.device("cpu"))
    return [figures(train(candidate, seed, data)) for candidate, seed in CANDIDATES]


def figures(results: Iterable[EpochResult | Failure]) -> Figures:
    """Return everything that depends on the seed: all except the seconds; weights as bytes."""
    return [
        (
            *(getattr(r, f.name) for f in fields(r) if f.name not in ("seconds", "weights")),
            r.weights and {name: array.tobytes() for name, array in r.weights.items()},
        )
        for r in map(succeeded, results)
    ]


def by_member(events: InProcessPool | ProcessPool) -> dict[int, list[EpochResult | Failure]]:
    """Collect all results of each member, until no member is left."""
    results: dict[int, list[EpochResult | Failure]] = {}
    for event in events:
        results.setdefault(event.member, []).append(event.result)
    return results


def next_event(pool: InProcessPool | ProcessPool) -> PoolEvent:
    """Return the next event."""
    return next(iter(pool))


def alive(process: int) -> bool:
    """Return whether a process with that id is running; a zombie is not."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{process}/stat")  # Linux
    return not state.exists() or state.read_text().rpartition(")")[2].split()[0] != "Z"


def kill(process: BaseProcess) -> None:
    """Send SIGKILL to a process."""
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)


def within(seconds: float, true: Callable[..., Any]) -> bool:
    """Return whether `true()` becomes true within that time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.05)
    return bool(true())


# equal results
def test_three_together_give_what_each_gives_alone(
    eager: InProcessPool,
    alone: list[Figures],
) -> None:
    """Members with different architectures, batches, optimisers and epochs share a process.

    Their results are bitwise equal to those of training alone.
    """
    members = [eager.admit(candidate, seed) for candidate, seed in CANDIDATES]
    results = by_member(eager)
    assert [figures(results[member]) for member in members] == alone


def test_worker_processes_give_what_each_gives_alone(
    processes: ProcessPool,
    alone: list[Figures],
) -> None:
    """Three candidates on two workers, the third added later, have bitwise equal results."""
    waiting = list(CANDIDATES)
    members = [processes.admit(*waiting.pop(0)) for _ in range(2)]
    results: dict[int, list[EpochResult | Failure]] = {}
    for event in processes:
        results.setdefault(event.member, []).append(event.result)
        if waiting and succeeded(event.result).weights is not None:
            members.append(processes.admit(*waiting.pop(0)))
    assert [figures(results[member]) for member in members] == alone
    assert len(processes._workers) == 2


def test_the_device_determines_the_pool(small_mnist: Dataset) -> None:
    """A CPU has a pool of processes, which starts none before the first candidate."""
    with open_pool(small_mnist, "cpu", 3) as pool:
        assert isinstance(pool, ProcessPool)
        assert (pool.device, pool.capacity) == ("cpu", 3)
        assert pool._workers == []
        assert list(pool) == []


@pytest.mark.filterwarnings("ignore:the C.. engine does not support more than 128 channels")
# the end of one member
@pytest.mark.parametrize(
    "candidate, reason",
    [(RUINED, "loss became"), (ABSURD, "out of memory on cpu")],
    ids=["loss not finite", "out of memory"],
)
def test_a_failure_is_reported_and_the_others_continue(
    candidate: Candidate,
    reason: str,
    pool: InProcessPool | ProcessPool,
    alone: list[Figures],
) -> None:
    """The reason is in an event, the other member's results are unaffected, the place is free."""
    failing, other = pool.admit(candidate, 1), pool.admit(*CANDIDATES[1])
    results: dict[int, list[EpochResult | Failure]] = {}
    third = None
    for event in pool:
        results.setdefault(event.member, []).append(event.result)
        if event.member == failing:
            third = pool.admit(*CANDIDATES[2])
    (failure,) = results[failing]
    assert isinstance(failure, Failure)
    assert reason in failure.reason
    assert not failure.died
    assert figures(results[other]) == alone[1]
    assert third is not None
    assert figures(results[third]) == alone[2]


def test_a_dropped_member_has_no_more_results_and_its_place_is_free(
    pool: InProcessPool | ProcessPool,
    alone: list[Figures],
) -> None:
    """After a drop in the first epoch no result follows; the next member starts at epoch 1."""
    dropped, other = pool.admit(LONG, 1), pool.admit(*CANDIDATES[0])
    results: dict[int, list[EpochResult | Failure]] = {}
    after = None
    for event in pool:
        results.setdefault(event.member, []).append(event.result)
        if event.member == dropped:
            pool.drop(dropped)
            after = pool.admit(*CANDIDATES[1])
    assert [succeeded(result).epoch for result in results[dropped]] == [1]
    assert figures(results[other]) == alone[0]
    assert after is not None
    assert figures(results[after]) == alone[1]


def test_a_dropped_member_trains_no_further_epoch(processes: ProcessPool) -> None:
    """After the drop its worker sends nothing and waits for the next candidate."""
    member = processes.admit(LONG, 1)
    (worker,) = (worker for worker in processes._workers if member in worker.members)
    first = succeeded(next_event(processes).result)
    processes.drop(member)
    assert not worker.pipe.poll(5 * first.seconds + 0.2)
    assert list(processes) == []


@pytest.mark.parametrize("candidate", [LONG, THIRD, RUINED], ids=["first", "last", "failing"])
def test_dropping_during_an_epoch_does_not_mix_members(
    candidate: Candidate,
    processes: ProcessPool,
    alone: list[Figures],
) -> None:
    """A member is dropped during its first epoch, its last epoch or one that fails.

    The worker then trains another candidate, and the results are those of that candidate.
    """
    pids = [worker.process.pid for worker in processes._workers]
    dropped = processes.admit(candidate, 99)
    processes.drop(dropped)
    member = processes.admit(*CANDIDATES[0])
    results = by_member(processes)
    assert results.keys() == {member}
    assert figures(results[member]) == alone[0]
    assert [worker.process.pid for worker in processes._workers] == pids


def test_dropping_an_absent_member_has_no_effect(
    pool: InProcessPool | ProcessPool,
    alone: list[Figures],
) -> None:
    """A member that has ended, one dropped before, and an unknown one can be dropped."""
    ended = pool.admit(THIRD, 1)
    by_member(pool)
    for member in (ended, ended, 10_000):
        pool.drop(member)
    member = pool.admit(*CANDIDATES[2])
    assert figures(by_member(pool)[member]) == alone[2]


def test_iteration_of_a_pool_can_be_stopped_and_restarted(
    pool: InProcessPool | ProcessPool,
    alone: list[Figures],
) -> None:
    """Taking one event per iteration gives the same results as one complete iteration."""
    member = pool.admit(*CANDIDATES[0])
    results = [next_event(pool).result for _ in range(FIRST.recipe.epochs)]
    assert figures(results) == alone[0]
    assert list(pool) == []
    pool.drop(member)


def test_members_are_spread_over_workers_and_give_what_each_gives_alone(
    groups: ProcessPool,
    alone: list[Figures],
) -> None:
    """Five members on two workers, three and two, have bitwise equal results."""
    pairs = [*CANDIDATES, *CANDIDATES[:2]]
    members = [groups.admit(candidate, seed) for candidate, seed in pairs]
    assert sorted(len(worker.members) for worker in groups._workers) == [2, 3]
    results = by_member(groups)
    assert [figures(results[member]) for member in members] == [*alone, *alone[:2]]
    assert len(groups._workers) == 2


def test_gpus_share_the_places_evenly() -> None:
    """Every GPU in use has one process, and every process has at least one place."""
    for workers, gpus, expected in (
        (16, 1, [16]),
        (32, 2, [16, 16]),
        (7, 3, [3, 2, 2]),
        (2, 8, [1, 1]),
    ):
        specs = on_gpus(workers, gpus)
        assert [spec.places for spec in specs] == expected
        assert [spec.device for spec in specs] == [f"cuda:{gpu}" for gpu in range(len(specs))]
        assert all(spec.engine == "graphs" and not spec.waits for spec in specs)
    assert [(spec.engine, spec.places, spec.waits) for spec in on_cores(2)] == [
        ("eager", 1, True),
    ] * 2


# the end of a process
def test_a_killed_worker_is_an_external_failure(
    processes: ProcessPool,
    alone: list[Figures],
) -> None:
    """Its member fails as `died`; the other continues; a new worker trains the next candidate."""
    killed, other = processes.admit(LONG, 1), processes.admit(*CANDIDATES[0])
    victim = next(worker for worker in processes._workers if killed in worker.members)
    results: dict[int, list[EpochResult | Failure]] = {}
    again, busy = None, 0
    for event in processes:
        results.setdefault(event.member, []).append(event.result)
        if isinstance(event.result, Failure):
            busy = sum(bool(worker.members) for worker in processes._workers)
            again = processes.admit(*CANDIDATES[1])
        elif event.member == killed:
            kill(victim.process)
    assert results[killed][-1] == Failure(KILLED, died=True, error=KILLED)
    assert figures(results[other]) == alone[0]
    assert again is not None
    assert figures(results[again]) == alone[1]
    assert victim not in processes._workers
    assert len(processes._workers) == busy + 1  # no new one if the other member has ended


def test_a_killed_worker_fails_all_its_members(
    groups: ProcessPool,
    alone: list[Figures],
) -> None:
    """Each of its members fails as `died`, the other worker's do not; the places are free."""
    members = [groups.admit(LONG, seed) for seed in range(4)]
    victim = groups._workers[0]
    lost, remaining = sorted(victim.members), sorted(set(members) - victim.members)
    results: dict[int, list[EpochResult | Failure]] = {member: [] for member in members}
    again = None
    for event in groups:
        if event.member == again:
            results.setdefault(again, []).append(event.result)
            if succeeded(event.result).weights is not None:
                break
            continue
        results[event.member].append(event.result)
        if all(results.values()) and victim.process.is_alive():
            kill(victim.process)
            victim.process.join()
        ends = [results[member][-1] for member in lost if results[member]]
        if again is None and sum(isinstance(end, Failure) for end in ends) == len(lost):
            again = groups.admit(*CANDIDATES[0])
    failure = Failure(KILLED, died=True, error=KILLED)
    assert [results[member][-1] for member in lost] == [failure] * 2
    others = [result for member in remaining for result in results[member]]
    assert not any(isinstance(result, Failure) for result in others)
    assert again is not None
    assert figures(results[again]) == alone[0]
    for member in remaining:
        groups.drop(member)
    assert list(groups) == []


def test_a_note_of_a_worker_is_shown_once(groups: ProcessPool) -> None:
    """It is shown as a warning of one line and stored as the pool's note."""
    with pytest.warns(RuntimeWarning, match="slower"):
        groups._note("no graph: slower")
    groups._note("no graph: slower")
    assert groups.note == "no graph: slower"


def test_a_worker_killed_while_idle_is_replaced(
    processes: ProcessPool,
    alone: list[Figures],
) -> None:
    """No member fails; the next candidate is trained by a new worker."""
    idle = processes._workers[0].process
    kill(idle)
    idle.join()
    member = processes.admit(*CANDIDATES[2])
    assert figures(by_member(processes)[member]) == alone[2]
    assert idle not in [worker.process for worker in processes._workers]


def test_leaving_ends_workers_and_leaves_no_file(
    small_mnist: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that has just been started ends too."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with ProcessPool(small_mnist, on_cores(1)) as pool:
        pool.admit(LONG, 1)
        (worker,) = pool._workers
        assert list(tmp_path.iterdir()) == []
    assert not worker.process.is_alive()
    assert list(tmp_path.iterdir()) == []
    assert pool._workers == []


SCRIPT = """
import signal
from dataclasses import replace
import torch
from search import Architecture, Block, Candidate, Recipe
from search.data.dataset import load
from search.training.device import on_cores
from search.training.engines.processes import ProcessPool

long = Candidate(Architecture((1, 28, 28), 10, (Block(6, pool=2), Block(10))), Recipe(10_000, 50))
whole = load("mnist", train_examples=500)
small = replace(whole, validation=whole.validation.at(torch.arange(100)))
signal.signal(signal.SIGINT, lambda *_: print("interrupted", flush=True))
with ProcessPool(small, on_cores(2)) as pool:
    members = [pool.admit(long, seed) for seed in (1, 2)]
    print(*[worker.process.pid for worker in pool._workers], flush=True)
    for event in pool:
        print(event.member, type(event.result).__name__, flush=True)
"""  # without `if __name__ == "__main__"`, as in many users' scripts


@pytest.fixture
def script(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A running script with two workers in its own process group, ended after the test."""
    path = tmp_path / "script.py"
    path.write_text(SCRIPT)
    root = str(Path(__file__).parents[3])
    process = start_interruptible(
        [sys.executable, path],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env=os.environ | {"PYTHONPATH": root, "TMPDIR": str(tmp_path)},
    )
    with process:
        yield process
        process.kill()


def printed_line(script: subprocess.Popen[str]) -> str:
    """Wait for the next line that the script prints, and return it."""
    assert script.stdout is not None
    return script.stdout.readline()


def test_workers_ignore_interrupts_and_end_with_their_parent(
    script: subprocess.Popen[str], tmp_path: Path
) -> None:
    """Ctrl-C ends no worker, not even during its imports; kill -9 of the parent ends them all.

    No file remains.
    """
    workers = printed_line(script).split()
    pids = [int(worker) for worker in workers]
    os.killpg(script.pid, signal.SIGINT)
    assert printed_line(script) == "interrupted\n"
    printed: set[str] = set()
    while len(printed) < 2:
        printed.add(printed_line(script))
    assert printed == {"0 EpochResult\n", "1 EpochResult\n"}
    os.killpg(script.pid, signal.SIGINT)
    while (line := printed_line(script)) != "interrupted\n":
        assert line.endswith("EpochResult\n")
    assert printed_line(script).endswith("EpochResult\n")
    assert all(map(alive, pids))
    script.kill()
    assert within(SHOWN_TO_DIE, lambda: not any(map(alive, pids)))
    assert [path.name for path in tmp_path.iterdir()] == ["script.py"]


def test_a_kill_of_the_whole_process_group_leaves_no_file(
    script: subprocess.Popen[str], tmp_path: Path
) -> None:
    """No file remains although neither the parent nor a worker can clean up."""
    printed_line(script)
    assert printed_line(script).endswith("EpochResult\n")
    os.killpg(script.pid, signal.SIGKILL)
    script.wait()
    assert [path.name for path in tmp_path.iterdir()] == ["script.py"]


# on a GPU
@pytest.mark.gpu
def test_results_on_a_gpu_are_reproducible_alone_and_together(small_mnist: Dataset) -> None:
    """Three members together, twice, and each alone have bitwise equal results on one GPU."""
    runs = []
    for together in (False, True, True):
        with InProcessPool(small_mnist, "cuda", 3) as pool:
            results = []
            for candidate, seed in CANDIDATES:
                member = pool.admit(candidate, seed)
                results += [] if together else [by_member(pool)[member]]
            runs.append([figures(r) for r in (results or by_member(pool).values())])
    first, *others = runs
    assert sorted(map(repr, others[0])) == sorted(map(repr, first))
    assert others[1] == others[0]


def test_a_network_that_the_c_engine_does_not_support_is_named_once(small_mnist: Dataset) -> None:
    """The first candidate that torch trains instead gives one warning; its results are usual."""
    architecture = Architecture((1, 28, 28), 10, (Block(4, pool=4, activation="gelu"),))
    gelu = replace(THIRD, architecture=architecture)
    with ProcessPool(small_mnist, on_cores(1)) as pool:
        if not available():
            pytest.skip("needs a C++ compiler")
        with pytest.warns(StudyWarning, match="does not support GELU: .* trained with torch"):
            pool.admit(gelu, 1)
        first = [event.result for event in pool]
        pool.admit(gelu, 1)
        second = [event.result for event in pool]
    for results in (first, second):
        assert all(isinstance(result, EpochResult) for result in results)
