"""The loop of a worker, run in a thread: the messages that it sends in response to messages."""

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any

import pytest

from search.candidates.architecture import Architecture
from search.candidates.blocks import Block
from search.candidates.candidate import Candidate
from search.candidates.recipe import Recipe
from search.data.dataset import Dataset
from search.training.engines.cuda_graphs import CudaGraphPool
from search.training.engines.in_process import InProcessPool
from search.training.engines.worker import CONTINUE, Admit, Drop, WorkerLoop
from tests.support.replayed_graph import BrokenQueue

SHORT = Candidate(
    Architecture((1, 28, 28), 10, (Block(2, pool=4), Block(10))), Recipe(epochs=2, batch=100)
)
LONG = replace(SHORT, recipe=replace(SHORT.recipe, epochs=10_000))
SILENT = 0.3  # seconds without a message; an epoch takes a tenth of that


@pytest.fixture
def serve() -> Iterator[Callable[..., Any]]:
    """Start a worker loop over a pool and return the parent's end of its pipe.

    Closing the pipe ends the loop.
    """
    ends, threads = [], []

    def start(pool: CudaGraphPool | InProcessPool, waits: bool) -> Connection:
        ours, theirs = Pipe()

        def life() -> None:
            with suppress(EOFError, OSError):
                WorkerLoop(theirs, pool, waits).run()

        ends.append(ours)
        threads.append(threading.Thread(target=life))
        threads[-1].start()
        return ours

    yield start
    for end in ends:
        end.close()
    for thread in threads:
        thread.join()


def test_after_an_epoch_it_waits_for_a_message_about_that_member(
    small_mnist: Dataset, serve: Callable[..., Any]
) -> None:
    """It waits for CONTINUE or a drop of the member, and handles other messages meanwhile."""
    pipe = serve(InProcessPool(small_mnist, "cpu", 2), True)
    pipe.send(Admit(7, LONG, 1))
    assert [pipe.recv()[0] for _ in range(1)] == [7]
    pipe.send(Admit(8, SHORT, 2))
    assert not pipe.poll(SILENT)
    pipe.send(CONTINUE)
    member, result = pipe.recv()
    assert (member, result.epoch) in {(7, 2), (8, 1)}
    pipe.send(Drop(7))
    received = [(member, result.epoch)] if member == 8 else []
    while received[-1:] != [(8, 2)]:
        if received:
            pipe.send(CONTINUE)
        member, result = pipe.recv()
        received.append((member, result.epoch))
    assert received == [(8, 1), (8, 2)]
    assert not pipe.poll(SILENT)


def test_without_waiting_it_trains_on_and_a_drop_ends_the_member(
    small_mnist: Dataset, serve: Callable[..., Any]
) -> None:
    """Epochs follow each other; after a drop only results sent before it arrive."""
    pipe = serve(InProcessPool(small_mnist, "cpu", 2), False)
    pipe.send(Admit(1, LONG, 1))
    assert [pipe.recv()[1].epoch for _ in range(3)] == [1, 2, 3]
    pipe.send(Drop(1))
    pipe.send(Drop(1))
    pipe.send(Admit(2, SHORT, 1))
    while (message := pipe.recv())[0] == 1:
        pass
    assert (message[0], message[1].epoch) == (2, 1)
    assert (pipe.recv()[0], pipe.poll(SILENT)) == (2, False)


def test_a_note_of_its_pool_is_sent_to_the_parent_once(
    small_mnist: Dataset, serve: Callable[..., Any]
) -> None:
    """The note is sent before the first result that it concerns."""
    pool = CudaGraphPool(small_mnist, "cpu", 1)
    pool._free_queues.append(BrokenQueue())
    pipe = serve(pool, False)
    pipe.send(Admit(1, SHORT, 1))
    nobody, note = pipe.recv()
    assert nobody is None
    assert "slower" in note
    pipe.send(Admit(2, SHORT, 1))
    assert [pipe.recv()[0] for _ in range(4)] == [1, 1, 2, 2]
