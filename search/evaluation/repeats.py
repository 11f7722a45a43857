"""Repeats: one candidate trained again with fresh draws, and the file that records them. No torch.

A study's repeats are in `repeats.jsonl`, one JSON object per line. Confirmation and drill-down read
there which repeats are trained already, so both commands can resume.
"""

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from search.candidates.candidate import Candidate
from search.candidates.wording import counted
from search.errors import FrugalError
from search.files import from_json, to_data
from search.seeds import derive
from search.study.locks import waiting_lock

SplitName = Literal["validation", "test"]
REPEATS_FILE = "repeats.jsonl"


@dataclass(frozen=True)
class Repeat:
    """One training. Accuracies are fractions of the named split, a figure per epoch.

    key: what was trained, such as "trial 40"; number: of the repeat, from 0; seed: of all its
    random draws. split: what was scored; "test" also means that all training images were
    learned from. images: the n of the split. train_examples: images learned from. seconds: of
    training. time: when it ended, UTC. failure: why it did not reach its end, "" if it did.
    identity: of the study, "" of a baseline or from an earlier version; candidate: what was
    trained, None where there is no identity.
    """

    key: str
    number: int
    seed: int
    split: SplitName
    images: int
    train_examples: int
    accuracy: tuple[float, ...]
    loss: tuple[float, ...]
    training_accuracy: tuple[float, ...]
    training_loss: tuple[float, ...]
    seconds: float
    device: str
    versions: str
    time: str
    failure: str = ""
    identity: str = ""
    candidate: Candidate | None = None

    def consistency(self, score: Callable[[Sequence[float]], float]) -> float | None:
        """The score of its curve; None where it failed."""
        return None if self.failure else score(self.accuracy)


def repeat_key(trial: int) -> str:
    """The key of a trial's repeats in the repeat file."""
    return f"trial {trial}"


def race_seed(seed: int, origin: int, number: int) -> int:
    """Of a trial's repeat on validation. seed: the study's; origin: the trial's."""
    return derive(seed, "repeat", origin, number)


def final_seed(seed: int, origin: int, number: int) -> int:
    """Of a trial's final run, which is scored on test. seed: the study's; origin: the trial's."""
    return derive(seed, "confirm", origin, number)


def drilldown_key(trial: int, epochs: int, step: str) -> str:
    """The key of a step's repeats; those of another length have keys of their own."""
    return f"drilldown trial {trial}, {counted(epochs, 'epoch')}: {step}"


def drilldown_seed(seed: int, origin: int, step: str, number: int) -> int:
    """Of a step's repeat in a drill-down. seed: the study's; origin: the trial's."""
    return derive(seed, "drilldown", origin, step, number)


class RepeatFile:
    """The repeats in a file. Each is appended in one write; a partial last line is removed.

    accepts: whether a repeat is read, None for all. identity: of the study whose repeats are added.
    check: called before a repeat is added; raises where the file may not be written.
    """

    def __init__(
        self,
        path: Path,
        *,
        accepts: Callable[[Repeat], bool] | None = None,
        identity: str = "",
        check: Callable[[], None] | None = None,
    ) -> None:
        self.path = path
        self.identity = identity
        self._accepts = accepts
        self._check = check

    def read(self) -> tuple[Repeat, ...]:
        """The repeats, in the order in which they ended."""
        if not self.path.exists():
            return ()
        whole, _, _ = self.path.read_text(encoding="utf-8").rpartition("\n")
        repeats = [from_json(Repeat, line) for line in whole.splitlines() if line.strip()]
        return tuple(repeat for repeat in repeats if self._accepts is None or self._accepts(repeat))

    def of(self, key: str, split: SplitName) -> tuple[Repeat, ...]:
        """The repeats of one candidate on one split, by number."""
        matching = [r for r in self.read() if (r.key, r.split) == (key, split)]
        return tuple(sorted(matching, key=lambda repeat: repeat.number))

    def add(self, repeat: Repeat) -> None:
        """Appends a repeat; FrugalError where the file cannot be written."""
        line = json.dumps(to_data(repeat)).encode() + b"\n"
        if self._check:
            self._check()
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            # a confirmation and a drill-down may share it: one must not cut the other's line
            lock = self.path.with_name(f".{self.path.name}.lock")
            with waiting_lock(lock), self.path.open("ab+") as file:
                _cut_tail(file.fileno())
                file.write(line)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise FrugalError(
                f"cannot write {self.path}: {error.strerror or error}; repeats finished so far "
                "are kept, the same command goes on from there"
            ) from error


def _cut_tail(descriptor: int) -> None:
    """Removes an unterminated last line."""
    size = os.fstat(descriptor).st_size
    whole = os.pread(descriptor, size, 0).rfind(b"\n") + 1
    if whole < size:
        os.ftruncate(descriptor, whole)
