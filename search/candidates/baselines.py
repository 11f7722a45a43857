"""Published networks to compare with: what was published, their recipes, and what we measured.

The facts stand in `baselines.json`, our measurements in `measured.jsonl`, both beside this module;
a user's own are in the studies folder. Never imports torch or Optuna.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from search.candidates.candidate import Budget, Candidate
from search.errors import FrugalError
from search.files import from_data

FACTS = Path(__file__).with_name("baselines.json")
WINDOW = 5  # last epochs: those over which every published lowest accuracy is told
LARGER = Budget(20_000, 20)  # of the fifth system, twice the usual one


@dataclass(frozen=True)
class Published:
    """Accuracies of one run that was chosen on the test images; None where not published.

    best, accuracy: of the test images, in the best and in every epoch, () if not logged. lowest:
    over the last WINDOW epochs that were run. best_training: on the training images. best is what
    was claimed: the note says where the log peaks elsewhere.
    """

    best: float | None
    lowest: float | None
    best_training: float | None
    accuracy: tuple[float, ...]


@dataclass(frozen=True)
class Baseline:
    """A published step of a seed system. parameters: as published.

    candidate: architecture and recipe as they really ran, None where neither these nor a stand-in
    exist. note: what is odd about it. stand_in: what was not published and what we took instead,
    "" if nothing.
    """

    name: str
    system: str
    step: str
    parameters: int
    published: Published
    candidate: Candidate | None
    note: str = ""
    stand_in: str = ""

    @property
    def budget(self) -> Budget | None:
        """What it runs under: the usual budget, the larger one, or its own; None without recipe."""
        if self.candidate is None:
            return None
        own = Budget(self.parameters, self.candidate.recipe.epochs)
        return next((b for b in (Budget(), LARGER) if not b.violations(self.candidate)), own)


@dataclass(frozen=True)
class PublicResult:
    """A public result to beat: a single run, chosen on the test images.

    best, lowest: of the test images, in the best epoch and over the last five.
    """

    name: str
    parameters: int
    epochs: int
    best: float
    lowest: float


def all_baselines() -> tuple[Baseline, ...]:
    """Every published step, system by system, in the order of its steps."""
    return tuple(_baselines().values())


@cache
def public_results() -> tuple[PublicResult, ...]:
    """The public results to beat."""
    return tuple(from_data(PublicResult, bar) for bar in _facts()["bars"])


def baseline_notes() -> tuple[str, ...]:
    """What must be known of all these figures, in sentences."""
    return tuple(_facts()["about"])


def known_differences() -> str:
    """What we cannot do as they did, in words."""
    return str(_facts()["unlike"])


def find_baseline(name: str) -> Baseline:
    """The baseline of that name. FrugalError names the nearest."""
    known = _baselines()
    if name not in known:
        nearest = get_close_matches(name.lower(), known, n=1, cutoff=0)[0]
        raise FrugalError(
            f"no baseline is called {name!r}: the nearest is {nearest}; "
            "python -m search baselines lists all"
        )
    return known[name]


def baselines_within(budget: Budget) -> tuple[Baseline, ...]:
    """Those that can be trained and keep the budget."""
    return tuple(b for b in all_baselines() if b.candidate and not budget.violations(b.candidate))


def lowest_of_window(accuracy: Sequence[float]) -> float:
    """The lowest over the last WINDOW epochs: how consistency is told for published runs."""
    return min(accuracy[-WINDOW:])


@cache
def _baselines() -> Mapping[str, Baseline]:
    """By name."""
    found = [from_data(Baseline, given) for given in _facts()["baselines"]]
    return MappingProxyType({baseline.name: baseline for baseline in found})


@cache
def _facts() -> dict[str, Any]:
    facts: dict[str, Any] = json.loads(FACTS.read_text(encoding="utf-8"))
    return facts
