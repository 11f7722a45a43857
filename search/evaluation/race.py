"""The race on validation: who gets the next repeat, who has left, who wins. Trains nothing itself.

It goes in rounds, a repeat for everybody who is left, and all is decided from the repeats that are
shelved: an interrupted race goes on as if nothing had happened.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from search.evaluation.racing import LEVEL, TEST, leavers, rivals
from search.evaluation.repeats import Repeat, Shelf, mean, spread
from search.evaluation.results import Race, Racer
from search.evaluation.retraining import Job
from search.randomness import derive
from search.study.records import Record

FIRST_LOOK = 2  # rounds: a single repeat has no spread
Score = Callable[[Sequence[float]], float]


@dataclass(frozen=True)
class Standing:
    """Where a race stands after its whole rounds. scores: of who is left, by trial.

    left: by trial, repeats after which it left and why. over: whether the winner is known.
    """

    rounds: int
    scores: Mapping[int, tuple[float, ...]]
    left: Mapping[int, tuple[int, str]]
    over: bool


def key(trial: int) -> str:
    """How the repeats of a trial are called on the shelf."""
    return f"trial {trial}"


class Contest:
    """The plan of the race. entrants: the study's best; most: repeats that each may get."""

    def __init__(
        self, entrants: Sequence[Record], most: int, shelf: Shelf, score: Score, seed: int
    ) -> None:
        self.entrants, self.most = tuple(entrants), most
        self._shelf, self._score, self._seed = shelf, score, seed

    def next(self, under_way: Collection[Job]) -> Job | None:
        """The next repeat: of this round, else of the next one by the candidates in the lead.

        So no worker waits for a round to end; a repeat that turns out not to matter is given up.
        """
        standing = self.standing()
        if standing.over:
            return None
        taken = {(job.key, job.number) for job in under_way}
        for number in range(standing.rounds, min(standing.rounds + 2, self.most)):
            for record in self._in_the_lead(standing):
                job = self._job(record, number)
                if (job.key, number) not in taken and not self._shelved(record, number):
                    return job
        return None

    def wanted(self, job: Job) -> bool:
        """Whether its candidate is still in the race."""
        standing = self.standing()
        return not standing.over and job.key in {key(trial) for trial in standing.scores}

    def standing(self) -> Standing:
        """Where the race stands, round by round from its start."""
        repeats = {r.number: self._repeats(r)[: self.most] for r in self.entrants}
        left = {n: (k, why) for n, found in repeats.items() for k, why in _failures(found)}
        remaining = [record.number for record in self.entrants if record.number not in left]
        rounds = 0
        while rounds < self.most and (len(remaining) > 1 or (remaining and rounds < FIRST_LOOK)):
            if any(len(repeats[number]) <= rounds for number in remaining):
                break
            rounds += 1
            if FIRST_LOOK <= rounds < self.most:
                gone = leavers(
                    {number: self._scores(repeats[number][:rounds]) for number in remaining},
                    len(self.entrants),
                    self.most,
                )
                left |= {number: (rounds, why) for number, why in gone.items()}
                remaining = [number for number in remaining if number not in gone]
        scores = {number: self._scores(repeats[number][:rounds]) for number in remaining}
        decided = rounds >= FIRST_LOOK and len(remaining) == 1
        return Standing(rounds, scores, left, not remaining or decided or rounds == self.most)

    def race(self, images: int) -> Race:
        """The race as a value once it is over. images: of the validation split."""
        standing = self.standing()
        size = {record.number: record.parameters for record in self.entrants}
        winner = max(standing.scores, key=lambda n: (mean(standing.scores[n]), -size[n], -n))
        return Race(
            tuple(self._racer(record, standing) for record in self.entrants),
            winner,
            rivals(standing.scores, winner, LEVEL),
            TEST,
            LEVEL,
            images,
        )

    def _racer(self, record: Record, standing: Standing) -> Racer:
        after, why = standing.left.get(record.number, (None, ""))
        known = [r for r in self._repeats(record)[: after or standing.rounds] if not r.failure]
        scores = self._scores(known)
        return Racer(
            record.number,
            record.label,
            record.parameters,
            record.consistency or 0.0,
            scores,
            mean(scores) if scores else 0.0,
            spread(scores),
            after,
            why,
        )

    def _in_the_lead(self, standing: Standing) -> list[Record]:
        there = [record for record in self.entrants if record.number in standing.scores]
        if not standing.rounds:
            return there
        return sorted(there, key=lambda record: -mean(standing.scores[record.number]))

    def _job(self, record: Record, number: int) -> Job:
        assert record.candidate is not None  # a ranked trial has one
        seed = derive(self._seed, "repeat", record.origin, number)
        return Job(key(record.number), number, record.candidate, seed)

    def _shelved(self, record: Record, number: int) -> bool:
        return any(repeat.number == number for repeat in self._repeats(record))

    def _repeats(self, record: Record) -> list[Repeat]:
        """Those without a gap: a repeat counts once all before it are there."""
        found = self._shelf.of(key(record.number), "validation")
        return [repeat for place, repeat in enumerate(found) if repeat.number == place]

    def _scores(self, repeats: Sequence[Repeat]) -> tuple[float, ...]:
        return tuple(self._score(repeat.accuracy) for repeat in repeats)


def _failures(repeats: Sequence[Repeat]) -> list[tuple[int, str]]:
    """A candidate that another seed keeps from being trained at all is no winner."""
    return [
        (place, f"repeat {place + 1} did not train: {repeat.failure}")
        for place, repeat in enumerate(repeats)
        if repeat.failure
    ][:1]
