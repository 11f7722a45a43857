"""The smallest network that reaches a target, from a study's records. Does not import torch.

A candidate is a `Success` if its first run reaches the target. It is verified (state "believed") if
RUNS runs of it, each with its own random draws, all reach the target. It is refuted as soon as one
repeat misses the target. The answer is the smallest verified candidate; after that, only smaller
candidates can improve it. All of this is computed from the records, so an interrupted study resumes
with the same decisions.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from search.candidates.candidate import Budget
from search.candidates.wording import counted, percent
from search.study.records import COUNTED, Record, ranked

RUNS = 3  # runs that must all reach the target to verify a candidate
State = Literal["open", "believed", "refuted"]


@dataclass(frozen=True)
class Success:
    """A candidate whose first run reached the target. repeats: the trials that train it again."""

    first: Record
    repeats: tuple[Record, ...]
    target: float

    @property
    def parameters(self) -> int:
        """The number of learned parameters."""
        return self.first.parameters

    @property
    def runs(self) -> tuple[Record, ...]:
        """The first run and the finished repeats, by trial number."""
        ended = [r for r in self.repeats if r.outcome in COUNTED and not r.overtaken]
        return (self.first, *ended)

    @property
    def reached(self) -> int:
        """The number of runs that reached the target."""
        return sum(_reaches(run, self.target) for run in self.runs)

    @property
    def refuted_by(self) -> Record | None:
        """The first repeat that failed or missed the target; None if there is none."""
        return next((run for run in self.runs if not _reaches(run, self.target)), None)

    @property
    def state(self) -> State:
        """The state: "believed" (verified), "refuted", or "open" if not decided yet."""
        if self.refuted_by:
            return "refuted"
        return "believed" if self.reached >= RUNS else "open"

    @property
    def under_way(self) -> bool:
        """Whether a repeat is being trained."""
        return any(repeat.outcome == "running" for repeat in self.repeats)

    @property
    def next_run(self) -> int | None:
        """The number of the run to start next, from 2; None if all are started or it is decided.

        A run that was interrupted or did not train is started again.
        """
        started = {r.repeat for r in self.repeats if r.outcome in COUNTED | {"running"}}
        left = [run for run in range(2, RUNS + 1) if run not in started]
        return left[0] if left and self.state == "open" else None

    @property
    def summary(self) -> str:
        """Its runs in words: "3 of 3 runs reach 99.40 % (99.43, 99.41, 99.40 %)"."""
        count = f"{self.reached} of {counted(len(self.runs), 'run')}"
        reach = "reaches" if len(self.runs) == 1 else "reach"
        return f"{count} {reach} {percent(self.target)} ({self.scores})"

    @property
    def scores(self) -> str:
        """The consistencies of its runs: "99.43, 99.41, 99.40 %"."""
        scores = [f"{100 * r.consistency:.2f}" for r in self.runs if r.consistency is not None]
        return f"{', '.join(scores)} %"


@dataclass(frozen=True)
class Frontier:
    """All successes of a study, the smallest first."""

    target: float
    successes: tuple[Success, ...]

    @property
    def answer(self) -> Success | None:
        """The smallest verified success; None if there is none."""
        return next((s for s in self.successes if s.state == "believed"), None)

    @property
    def believed(self) -> frozenset[int]:
        """The numbers of the trials whose candidates are verified to reach the target."""
        return frozenset(s.first.number for s in self.successes if s.state == "believed")

    @property
    def in_question(self) -> tuple[Success, ...]:
        """The open successes that can still become the answer: those smaller than it."""
        answer = self.answer
        return tuple(
            success
            for success in self.successes
            if success.state == "open" and (not answer or success.parameters < answer.parameters)
        )

    def due(self, *, spare: bool = False) -> tuple[Record, int] | None:
        """The first run of the success to repeat now, and the number of the repeat; None if none.

        Only the smallest open success is repeated, one run at a time: if it is verified, larger
        ones no longer matter, and if it is refuted, further runs of it would be wasted. spare:
        whether nothing else is left to train; further runs and larger successes then start at once.
        """
        for success in self.in_question:
            if success.next_run and (spare or not success.under_way):
                return success.first, success.next_run
            if not spare:
                return None
        return None

    def tightened(self, budget: Budget) -> Budget:
        """Return the budget, tightened to candidates smaller than the answer."""
        answer = self.answer
        if not answer:
            return budget
        return replace(budget, parameters=max(1, min(budget.parameters, answer.parameters - 1)))

    def pointless(self, record: Record) -> str | None:
        """Return why a run cannot improve the answer with any score; None if it can."""
        if self.overtakes(record.parameters):
            return self.not_smaller
        repeated = self.of(record)
        if record.repeat_of is not None and repeated and (by := repeated.refuted_by):
            return f"trial {record.repeat_of} is refuted by trial {by.number}"
        return None

    def overtakes(self, parameters: int) -> bool:
        """Whether a candidate of that size cannot become the answer any more."""
        return self.answer is not None and parameters >= self.answer.parameters

    @property
    def not_smaller(self) -> str:
        """The reason not to train candidates as large as the answer; "" without an answer."""
        if not (answer := self.answer):
            return ""
        return (
            f"not smaller than the {answer.parameters:,} of trial {answer.first.number}, which "
            f"reaches {percent(self.target)}"
        )

    def of(self, record: Record) -> Success | None:
        """Return the success that a run belongs to; None if its candidate is not a success."""
        number = record.number if record.repeat_of is None else record.repeat_of
        return next((s for s in self.successes if s.first.number == number), None)

    def news(self, record: Record) -> str:
        """What a run that has just ended shows about the target, in words; "" if nothing."""
        success = self.of(record)
        if not success or record.outcome not in COUNTED or record.overtaken:
            return ""
        name = f"trial {success.first.number} ({success.parameters:,} parameters)"
        if success.state == "believed":
            return f"{name} is verified: {success.summary}; only smaller candidates are trained now"
        if success.state == "refuted":
            return f"{name} is refuted: {success.summary}"
        return (
            f"{name} reached {percent(self.target)} in {success.reached} of {RUNS} required runs "
            f"({success.scores})"
        )

    @property
    def summary(self) -> tuple[str, ...]:
        """Lines: the answer, or that there is none; then the successes not yet verified, if any."""
        open_ = [
            f"trial {s.first.number}, {s.parameters:,} parameters: {s.summary}"
            for s in self.in_question
        ]
        question = [f"not yet verified: {'; '.join(open_)}"] if open_ else []
        if not (answer := self.answer):
            refuted = sum(success.state == "refuted" for success in self.successes)
            count = f" ({refuted:,} refuted)" if refuted else ""
            none = f"no candidate is verified to reach {percent(self.target)}{count}"
            return (f"no answer so far: {none}", *question)
        name = f"trial {answer.first.number}, {answer.parameters:,} parameters"
        return (f"answer: {name}: {answer.summary}", *question)


def frontier(records: Sequence[Record], target: float) -> Frontier:
    """Return the candidates that reached the target, with their repeats. target: a fraction."""
    repeats: dict[int, list[Record]] = {}
    for record in records:
        if record.repeat_of is not None:
            repeats.setdefault(record.repeat_of, []).append(record)
    successes = [
        Success(record, tuple(repeats.get(record.number, ())), target)
        for record in records
        if record.repeat_of is None and _reaches(record, target)
    ]
    return Frontier(target, tuple(sorted(successes, key=lambda s: (s.parameters, s.first.number))))


def rank_candidates(records: Sequence[Record], target: float | None) -> list[Record]:
    """Return the candidates trained to the end, best first.

    With a target, the verified ones come first, sorted by size, then the rest by consistency.
    Without a target, all are sorted by consistency.
    """
    if target is None:
        return ranked(records)
    successes = frontier(records, target)
    believed = successes.believed
    first = [s.first for s in successes.successes if s.first.number in believed]
    return [*first, *(record for record in ranked(records) if record.number not in believed)]


def sampler_value(score: float, parameters: int, target: float, budget: Budget) -> float:
    """Return the value for samplers, which maximise it.

    It is the negative distance to the target if the target is missed, else the unused share of the
    parameter budget.
    """
    return score - target if score < target else 1 - parameters / budget.parameters


def _reaches(record: Record, target: float) -> bool:
    return record.consistency is not None and record.consistency >= target
