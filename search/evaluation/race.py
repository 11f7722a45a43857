"""The race on the validation split: schedules repeats, drops candidates and chooses the winner.

A round is one repeat of each remaining candidate. All decisions are computed from the study's
repeat file, so an interrupted race resumes with identical decisions. This module schedules repeats;
`retraining` runs them.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from search.evaluation.intervals import LEVEL, Lead, beaten_candidates, mean, spread
from search.evaluation.repeats import Repeat, RepeatFile, race_seed, repeat_key
from search.evaluation.results import Racer, RaceResult
from search.evaluation.retraining import RepeatJob
from search.study.records import Record

FIRST_LOOK = 2  # rounds: a single repeat has no spread
Score = Callable[[Sequence[float]], float]
TEST = (
    "a candidate is dropped when its mean is significantly below that of another: t tests with the "
    "pooled spread of the repeats (or the candidate's own spread, if larger), Bonferroni-corrected "
    "for all rounds and candidates, so that the best candidate is kept in at least 95 % of races"
)
Scores = Mapping[int, Sequence[float]]


@dataclass(frozen=True)
class RaceState:
    """The state of a race after its complete rounds. scores: of the remaining candidates, by trial.

    eliminated: by trial, the number of repeats after which it was dropped, and the reason. over:
    whether the race is complete.
    """

    rounds: int
    scores: Mapping[int, tuple[float, ...]]
    eliminated: Mapping[int, tuple[int, str]]
    over: bool


class Race:
    """The plan of the race. entrants: the study's best; most: maximum number of repeats of each."""

    def __init__(
        self,
        entrants: Sequence[Record],
        most: int,
        repeat_file: RepeatFile,
        score: Score,
        seed: int,
    ) -> None:
        self.entrants, self.most = tuple(entrants), most
        self.repeat_file, self._score, self._seed = repeat_file, score, seed

    def next(self, under_way: Collection[RepeatJob]) -> RepeatJob | None:
        """The next repeat of this round, or of the next round if this one has none left.

        So no worker waits for a round to end. The leading candidates come first; a repeat that
        turns out to be unnecessary is stopped, see `wanted`.
        """
        state = self.state()
        if state.over:
            return None
        taken = {(job.key, job.number) for job in under_way}
        for number in range(state.rounds, min(state.rounds + 2, self.most)):
            for record in self._in_the_lead(state):
                job = self._job(record, number)
                if (job.key, number) not in taken and not self._recorded(record, number):
                    return job
        return None

    def wanted(self, job: RepeatJob) -> bool:
        """Whether the race is not over and the candidate of the job is still in it."""
        state = self.state()
        return not state.over and job.key in {repeat_key(trial) for trial in state.scores}

    def state(self) -> RaceState:
        """The state of the race, computed round by round from its start."""
        repeats = {r.number: self._repeats(r)[: self.most] for r in self.entrants}
        eliminated = {n: (k, why) for n, of_n in repeats.items() for k, why in _failures(of_n)}
        remaining = [record.number for record in self.entrants if record.number not in eliminated]
        rounds = 0
        while rounds < self.most and (len(remaining) > 1 or (remaining and rounds < FIRST_LOOK)):
            if any(len(repeats[number]) <= rounds for number in remaining):
                break
            rounds += 1
            if FIRST_LOOK <= rounds < self.most:
                dropped = dropped_candidates(
                    {number: self._scores(repeats[number][:rounds]) for number in remaining},
                    len(self.entrants),
                    self.most,
                )
                eliminated |= {number: (rounds, why) for number, why in dropped.items()}
                remaining = [number for number in remaining if number not in dropped]
        scores = {number: self._scores(repeats[number][:rounds]) for number in remaining}
        decided = rounds >= FIRST_LOOK and len(remaining) == 1
        return RaceState(
            rounds, scores, eliminated, not remaining or decided or rounds == self.most
        )

    def result(self, images: int) -> RaceResult:
        """The result of the race once it is over. images: number in the validation split."""
        state = self.state()
        size = {record.number: record.parameters for record in self.entrants}
        winner = max(state.scores, key=lambda n: (mean(state.scores[n]), -size[n], -n))
        return RaceResult(
            tuple(self._racer(record, state) for record in self.entrants),
            winner=winner,
            rivals=rivals(state.scores, winner, LEVEL),
            test=TEST,
            level=LEVEL,
            images=images,
        )

    def _racer(self, record: Record, state: RaceState) -> Racer:
        after, why = state.eliminated.get(record.number, (None, ""))
        known = [r for r in self._repeats(record)[: after or state.rounds] if not r.failure]
        scores = self._scores(known)
        return Racer(
            trial=record.number,
            label=record.label,
            parameters=record.parameters,
            selected=record.consistency or 0.0,
            scores=scores,
            mean=mean(scores) if scores else 0.0,
            spread=spread(scores),
            left_after=after,
            why=why,
        )

    def _in_the_lead(self, state: RaceState) -> list[Record]:
        remaining = [record for record in self.entrants if record.number in state.scores]
        if not state.rounds:
            return remaining
        return sorted(remaining, key=lambda record: -mean(state.scores[record.number]))

    def _job(self, record: Record, number: int) -> RepeatJob:
        assert record.candidate is not None  # a ranked trial has one
        seed = race_seed(self._seed, record.origin, number)
        return RepeatJob(repeat_key(record.number), number, record.candidate, seed)

    def _recorded(self, record: Record, number: int) -> bool:
        recorded = self.repeat_file.of(repeat_key(record.number), "validation")
        return any(repeat.number == number for repeat in recorded)

    def _repeats(self, record: Record) -> list[Repeat]:
        """The repeats up to the first gap: a repeat counts only if all earlier ones exist."""
        recorded = self.repeat_file.of(repeat_key(record.number), "validation")
        return [repeat for place, repeat in enumerate(recorded) if repeat.number == place]

    def _scores(self, repeats: Sequence[Repeat]) -> tuple[float, ...]:
        return tuple(self._score(repeat.accuracy) for repeat in repeats)


def _failures(repeats: Sequence[Repeat]) -> list[tuple[int, str]]:
    """The index of the first failed repeat and the reason, if any; the candidate cannot win."""
    return [
        (place, f"repeat {place + 1} failed to train: {repeat.failure}")
        for place, repeat in enumerate(repeats)
        if repeat.failure
    ][:1]


def dropped_candidates(
    scores: Scores, racers: int, most: int, level: float = LEVEL
) -> dict[int, str]:
    """The candidates that are clearly inferior, by trial, with the reason in words.

    scores: consistencies (fractions) by trial of the candidates still in the race; a dropped
    candidate does not return. racers: number of candidates at the start. most: maximum number of
    repeats of each. There is one test after each round from the second on, at most `most` - 1 in
    all. The result is empty while a candidate has fewer than two repeats, and while all repeats are
    equal: a test needs a spread.
    """
    looks = max(1, most - 1)
    beaten = beaten_candidates(scores, (1 - level) / (looks * max(1, racers - 1)))
    return {trial: _reason(lead) for trial, lead in beaten.items()}


def rivals(scores: Scores, winner: int, level: float = LEVEL) -> tuple[int, ...]:
    """The remaining candidates that do not differ significantly from the winner, by trial.

    The test is that of the race, applied once at the end: if the best candidate was not dropped, it
    is the winner or among its rivals with a probability of at least `level`. For the race and this
    test together, this was true in at least 97.6 % of simulated races with equal spreads and in at
    least 93.6 % with unequal ones. If no test is possible (fewer than two repeats, no spread), all
    other candidates are rivals.
    """
    others = [trial for trial in scores if trial != winner]
    beaten = beaten_candidates(scores, (1 - level) / max(1, len(others)), (winner,))
    return tuple(sorted(trial for trial in others if trial not in beaten))


def _reason(lead: Lead) -> str:
    return (
        f"{100 * lead.difference:.2f} points below trial {lead.other}: {lead.errors:.1f} standard "
        f"errors, {lead.needed:.1f} are significant"
    )
