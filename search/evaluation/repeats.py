"""Repeats, trainings of a candidate with a new seed, and the file that records them. No torch.

A study's repeats are recorded in `repeats.jsonl`, one JSON object per line. Confirmation and
drill-down read from it which repeats are already trained, so both commands can resume.
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
    """The result of one training. Accuracies are fractions of the scored split, one per epoch.

    key: what was trained, such as "trial 40". number: of the repeat, from 0. seed: random seed.
    split: the scored split; "test" also means that the repeat was trained on all training images.
    images: number of images in the scored split. train_examples: number of training images.
    seconds: training time. time: end of the training, UTC. failure: why the training failed, "" if
    it was completed. identity: of the study; "" for a baseline or a repeat of an earlier version.
    candidate: what was trained, None without an identity.
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
        """The score of the accuracy per epoch; None if the repeat failed."""
        return None if self.failure else score(self.accuracy)


def repeat_key(trial: int) -> str:
    """The key of a trial's repeats in the repeat file."""
    return f"trial {trial}"


def race_seed(seed: int, origin: int, number: int) -> int:
    """The seed of a trial's repeat in the race. seed: of the study; origin: of the trial."""
    return derive(seed, "repeat", origin, number)


def final_seed(seed: int, origin: int, number: int) -> int:
    """The seed of a trial's final run. seed: of the study; origin: of the trial."""
    return derive(seed, "confirm", origin, number)


def drilldown_key(trial: int, epochs: int, step: str) -> str:
    """The key of a step's repeats; it differs for each number of epochs."""
    return f"drilldown trial {trial}, {counted(epochs, 'epoch')}: {step}"


def drilldown_seed(seed: int, origin: int, step: str, number: int) -> int:
    """The seed of a step's repeat in a drill-down. seed: of the study; origin: of the trial."""
    return derive(seed, "drilldown", origin, step, number)


class RepeatFile:
    """The repeats in a file. Each is appended in one write; a partial last line is removed.

    accepts: decides whether to read a repeat, None for all. identity: of the study that adds
    repeats. check: called before a repeat is added; raises if the file must not be written.
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
        self._parsed: list[Repeat] = []  # the complete lines of the file up to byte `_end`
        self._end = 0
        self._inode = 0

    def read(self) -> tuple[Repeat, ...]:
        """The repeats in the order in which they ended; none if there is no file."""
        self._parse()
        accepts = self._accepts or (lambda _: True)
        return tuple(repeat for repeat in self._parsed if accepts(repeat))

    def _parse(self) -> None:
        """Parse the lines added since the last call: a race reads the file after every epoch."""
        status = self.path.stat() if self.path.exists() else None
        size, inode = (status.st_size, status.st_ino) if status else (0, 0)
        if size < self._end or inode != self._inode:  # another file, or none
            self._parsed, self._end, self._inode = [], 0, inode
        if size == self._end:
            return
        with self.path.open("rb") as file:
            file.seek(self._end)
            whole = file.read().rpartition(b"\n")[0]
        lines = whole.decode("utf-8").splitlines()
        parsed = [from_json(Repeat, line) for line in lines if line.strip()]
        if whole:
            self._parsed += parsed
            self._end += len(whole) + 1

    def of(self, key: str, split: SplitName) -> tuple[Repeat, ...]:
        """The repeats with this key and split, ordered by number; of equal numbers the first."""
        matching: dict[int, Repeat] = {}
        for repeat in self.read():
            if (repeat.key, repeat.split) == (key, split):
                matching.setdefault(repeat.number, repeat)
        return tuple(matching[number] for number in sorted(matching))

    def add(self, repeat: Repeat) -> None:
        """Append a repeat; FrugalError if the file cannot be written."""
        line = json.dumps(to_data(repeat)).encode() + b"\n"
        if self._check:
            self._check()
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            # a confirmation and a drill-down may write at the same time: neither may cut a line
            # that the other is writing
            lock = self.path.with_name(f".{self.path.name}.lock")
            with waiting_lock(lock), self.path.open("ab+") as file:
                _cut_tail(file.fileno())
                file.write(line)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise FrugalError(
                f"cannot write {self.path}: {error.strerror or error}; finished repeats are kept: "
                "fix the cause and run the same command again to resume"
            ) from error


def _cut_tail(descriptor: int) -> None:
    """Remove an unterminated last line."""
    size = os.fstat(descriptor).st_size
    whole = os.pread(descriptor, size, 0).rfind(b"\n") + 1
    if whole < size:
        os.ftruncate(descriptor, whole)
