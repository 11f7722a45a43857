"""A simulated run: candidates, records and the events of workers, without training."""

from collections.abc import Callable, Iterator, Sequence
from heapq import heappop, heappush
from itertools import count

from search import Architecture, Augmentation, Block, Candidate, Head, Recipe, Schedule
from search.candidates.candidate import Violation
from search.loop.events import Advanced, Ended, Finished, Opened, Rejected, RunEvent, Started
from search.study.records import Outcome, Record, ranked

ARCHITECTURE = Architecture(
    (1, 28, 28),
    10,
    (
        Block(12, bias=True),
        Block(12, padding=1, dropout=0.05, pool=2),
        Block(8, kernel=1),
        Block(16),
        Block(16),
    ),
    Head("conv-pool"),
)
CANDIDATE = Candidate(
    ARCHITECTURE,
    Recipe(
        epochs=15,
        nesterov=True,
        weight_decay=1e-4,
        schedule=Schedule("onecycle"),
        augmentation=Augmentation(rotation=7, shift=1, scale=0.05),
    ),
)
EPOCHS = CANDIDATE.recipe.epochs


def trained(number: int, score: float, seconds: float = 250.0) -> Record:
    """Return the record of a trained candidate; the lowest accuracy of its window is the score."""
    rising = tuple(score - 0.05 / (epoch + 1) for epoch in range(EPOCHS - 5))
    curve = (*rising, score + 0.001, score, score + 0.0005, score + 0.001, score)
    return Record(
        number=number,
        outcome="trained",
        candidate=CANDIDATE,
        label=CANDIDATE.label,
        parameters=ARCHITECTURE.parameters,
        macs=ARCHITECTURE.macs,
        consistency=score,
        validation_accuracy=curve,
        validation_loss=tuple(0.1 for _ in curve),
        training_accuracy=tuple(accuracy - 0.01 for accuracy in curve),
        training_loss=tuple(0.2 for _ in curve),
        seconds=seconds,
        device="cpu",
        origin=number,
    )


def ended(number: int, outcome: Outcome, curve: Sequence[float], reason: str = "") -> Record:
    """Return the record of a candidate that was not trained to the end."""
    return Record(
        number,
        outcome=outcome,
        candidate=CANDIDATE,
        label=CANDIDATE.label,
        parameters=ARCHITECTURE.parameters,
        macs=ARCHITECTURE.macs,
        validation_accuracy=tuple(curve),
        seconds=20.0 * len(curve),
        device="cpu",
        origin=number,
        reason=reason,
    )


def over_budget(number: int) -> Rejected:
    """Return the event of a proposal with 12,000 parameters for a budget of 10,000."""
    reason = "12,000 parameters, 2,000 over the 10,000 allowed"
    violations = (Violation("parameters", 12_000, 10_000),)
    return Rejected(number, "over budget", "", 12_000, reason=reason, violations=violations)


def run(
    wanted: int,
    workers: int,
    length: Callable[[int], int] = lambda _: EPOCHS,
    pace: Callable[[float], float] = lambda _: 30.0,
    before: Sequence[Record] = (),
) -> Iterator[tuple[float, RunEvent]]:
    """Yield (seconds since the start, event) of a run that accepts every third proposal.

    wanted: trained candidates at the end. length: epochs of the n-th candidate, which is stopped
    early if they are fewer than EPOCHS. pace: seconds of an epoch, by its start time in seconds.
    before: records of earlier runs.
    """
    best, done, now = ranked(before), len(before), 0.0
    numbers, admitted = count(done), count()
    waiting: list[tuple[float, int, int, int, float]] = []  # end, number, epoch, length, seconds
    titles = ("mnist", "studies/mnist", "mnist, 10,000 parameters, 15 epochs", "cpu")
    notes = ("space space.py",)
    yield 0.0, Opened(*titles, workers, done, wanted, tuple(best[:5]), notes, 5, 10_000)
    while done < wanted:
        while len(waiting) < min(workers, wanted - done):
            for number in (next(numbers), next(numbers)):
                yield now, over_budget(number)
            number, seconds = next(numbers), pace(now)
            yield now, Started(number, CANDIDATE, number)
            heappush(waiting, (now + seconds, number, 1, length(next(admitted)), seconds))
        now, number, epoch, epochs, seconds = heappop(waiting)
        yield now, Advanced(number, epoch, EPOCHS, 0.9 + 0.006 * epoch, seconds)
        if epoch < epochs:
            heappush(waiting, (now + pace(now), number, epoch + 1, epochs, pace(now)))
            continue
        done += 1
        score = 0.99 + 0.0001 * (number % 7)
        full = epochs == EPOCHS
        record = trained(number, score) if full else ended(number, "stopped early", [0.98] * epoch)
        best = ranked([*best, record])
        yield now, Finished(record, done, tuple(best[:5]))
    yield (
        now,
        Ended(
            "complete",
            trained=done,
            wanted=wanted,
            best=tuple(best[:5]),
            seconds=now,
            seconds_training=0.97 * now,
        ),
    )
