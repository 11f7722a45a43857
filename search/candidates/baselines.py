"""Published networks to compare with: published figures and recipes. Never imports torch or Optuna.

The facts are in `baselines.json` beside this module. Our measurements are in
`search/evaluation/measured.jsonl`, a user's own measurements in the studies folder;
`search.evaluation.results` reads both.
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
    over the last WINDOW epochs that were run. best_training: on the training images. best is the
    published claim; the baseline's note says where the training log has another maximum.
    """

    best: float | None
    lowest: float | None
    best_training: float | None
    accuracy: tuple[float, ...]


@dataclass(frozen=True)
class Baseline:
    """One step of a published system. parameters: as published.

    candidate: architecture and recipe as actually run, None where neither these nor a substitute
    exist. note: irregularities of the published step. stand_in: what was not published and what
    replaces it here, "" if nothing.
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
        """Its budget: the usual one, the larger one, or its own; None without a recipe."""
        if self.candidate is None:
            return None
        own = Budget(self.parameters, self.candidate.recipe.epochs)
        return next((b for b in (Budget(), LARGER) if not b.violations(self.candidate)), own)


@dataclass(frozen=True)
class PublicResult:
    """A public result to compare with: a single run, chosen on the test images.

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
    """The public results to compare with."""
    return tuple(from_data(PublicResult, bar) for bar in _facts()["bars"])


def baseline_notes() -> tuple[str, ...]:
    """Notes that apply to all these figures, as sentences."""
    return tuple(_facts()["about"])


def known_differences() -> str:
    """Known differences between the published trainings and ours, as sentences."""
    return str(_facts()["unlike"])


def find_baseline(name: str) -> Baseline:
    """The baseline of that name. FrugalError for an unknown name, with the closest ones."""
    known = _baselines()
    if name not in known:
        nearest = get_close_matches(name.lower(), known, n=1, cutoff=0)[0]
        raise FrugalError(
            f"no baseline is called {name!r}: the nearest is {nearest}; "
            "python -m search baselines lists all"
        )
    return known[name]


def baselines_within(budget: Budget) -> tuple[Baseline, ...]:
    """The baselines that can be trained and are within the budget."""
    return tuple(b for b in all_baselines() if b.candidate and not budget.violations(b.candidate))


def lowest_of_window(accuracy: Sequence[float]) -> float:
    """The lowest accuracy over the last WINDOW epochs, the consistency of published runs."""
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
