"""Published networks for comparison: their accuracies and recipes.

The data is in `baselines.json` next to this module. Our measurements are in
`search/evaluation/measured.jsonl`, and the user's measurements are in the studies folder;
`search.evaluation.results` reads both. This module imports neither torch nor Optuna.
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
WINDOW = 5  # epochs: the published lowest accuracies are over the last 5
LARGER = Budget(20_000, 20)  # for the fifth system: twice the default number of parameters


@dataclass(frozen=True)
class Published:
    """Accuracies (0 to 1) of one published run, which was selected on the test images.

    best: published best test accuracy; if the training log has another maximum, the note of the
    baseline says so. lowest: lowest test accuracy over the last WINDOW epochs. best_training: best
    accuracy on the training images. accuracy: test accuracy after each epoch, () if there is no
    log. None for values that were not published.
    """

    best: float | None
    lowest: float | None
    best_training: float | None
    accuracy: tuple[float, ...]


@dataclass(frozen=True)
class Baseline:
    """One step of a published system.

    parameters: as published. candidate: architecture and recipe as they were run; None if they were
    not published and have no substitute. note: irregularities of the published step. stand_in: what
    was not published and what replaces it here, "" if nothing.
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
        """The default budget, LARGER, or the baseline's own size; None without a candidate."""
        if self.candidate is None:
            return None
        own = Budget(self.parameters, self.candidate.recipe.epochs)
        return next((b for b in (Budget(), LARGER) if not b.violations(self.candidate)), own)


@dataclass(frozen=True)
class PublicResult:
    """A public result for comparison: a single run, selected on the test images.

    best: test accuracy of the best epoch. lowest: lowest test accuracy over the last five epochs.
    """

    name: str
    parameters: int
    epochs: int
    best: float
    lowest: float


def all_baselines() -> tuple[Baseline, ...]:
    """Return every published step, by system and step."""
    return tuple(_baselines().values())


@cache
def public_results() -> tuple[PublicResult, ...]:
    """Return the public results for comparison."""
    return tuple(from_data(PublicResult, bar) for bar in _facts()["bars"])


def baseline_notes() -> tuple[str, ...]:
    """Return notes that apply to all published figures, as sentences."""
    return tuple(_facts()["about"])


def known_differences() -> str:
    """Return known differences between the published training code and ours, as one text."""
    return str(_facts()["unlike"])


def find_baseline(name: str) -> Baseline:
    """Return the baseline with this name. FrugalError suggests the closest known name."""
    known = _baselines()
    if name not in known:
        nearest = get_close_matches(name.lower(), known, n=1, cutoff=0)[0]
        raise FrugalError(
            f"unknown baseline {name!r}: the closest name is {nearest}; "
            "python -m search baselines lists all of them"
        )
    return known[name]


def baselines_within(budget: Budget) -> tuple[Baseline, ...]:
    """Return the baselines that can be trained and are within the budget."""
    return tuple(b for b in all_baselines() if b.candidate and not budget.violations(b.candidate))


def lowest_of_window(accuracy: Sequence[float]) -> float:
    """Return the lowest accuracy of the last WINDOW epochs: the consistency of published runs."""
    return min(accuracy[-WINDOW:])


@cache
def _baselines() -> Mapping[str, Baseline]:
    """All baselines by name."""
    found = [from_data(Baseline, given) for given in _facts()["baselines"]]
    return MappingProxyType({baseline.name: baseline for baseline in found})


@cache
def _facts() -> dict[str, Any]:
    facts: dict[str, Any] = json.loads(FACTS.read_text(encoding="utf-8"))
    return facts
