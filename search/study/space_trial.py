"""The trial that a user's sample() receives: Optuna's, but it rejects what cannot be stored.

Rejected values are not written, so the study can still be opened and resumed.
"""

import json
from collections.abc import MutableMapping, Sequence, Set
from math import isfinite
from typing import Any

import numpy as np
from optuna import Trial
from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    check_distribution_compatibility,
    distribution_to_json,
    json_to_distribution,
)

from search.errors import FrugalError
from search.study.records import CANDIDATE_ATTRIBUTES, OWN_ATTRIBUTES

PLAIN = (type(None), bool, int, float, str)  # a storage returns values of exactly these types
RULE = "choices must be None, bool, int, str or finite float"
REMEDY = "suggest a name or an index instead and look the value up in a dict or a list"
LONGEST = 60  # characters of a value in an error


class SpaceTrial(Trial):
    """An Optuna trial to pass to sample().

    recorded: the distributions of the study's trials, by name; those of this trial are added. A
    choice, a range or a user attribute that cannot be stored raises FrugalError and is not written.
    """

    def __init__(self, trial: Trial, recorded: MutableMapping[str, BaseDistribution]) -> None:
        # Share the state, because Optuna's constructor would ask the sampler a second time.
        self.__dict__ = vars(trial)
        self._recorded = recorded

    def suggest_categorical(self, name: str, choices: Sequence[Any]) -> Any:
        """Like Optuna's. Choices must be of the types in PLAIN; numpy scalars are converted."""
        listed = _listed(name, choices)
        recorded = self._recorded.get(name)
        known = recorded.choices if isinstance(recorded, CategoricalDistribution) else ()
        if known != tuple(
            listed
        ):  # an earlier version may have stored choices that are rejected now
            _check_choices(name, listed)
        return super().suggest_categorical(name, listed)

    def set_user_attr(self, key: str, value: Any) -> None:
        """Like Optuna's, but attributes that the program records are not replaced."""
        if key in CANDIDATE_ATTRIBUTES:
            return
        if key in OWN_ATTRIBUTES:
            raise FrugalError(
                f'user attribute "{key}": the program uses this name itself; choose another name'
            )
        try:
            json.dumps(value)
        except (TypeError, ValueError, RecursionError) as error:
            raise FrugalError(
                f'user attribute "{key}" is {_shown(value)}: a study stores JSON values, which are '
                "None, bool, int, float, str, and lists and dicts of them; convert it first"
            ) from error
        super().set_user_attr(key, value)

    def report(self, value: float, step: int) -> None:  # noqa: ARG002 (Optuna's)
        """Raise FrugalError: intermediate values are reserved for accuracies of training."""
        raise FrugalError(
            "trial.report() cannot be used in sample(): the values of a trial are the accuracies "
            "of its training; use trial.set_user_attr() to store your own values"
        )

    def should_prune(self) -> bool:
        """Return False: nothing is trained yet. Early stopping is decided after each epoch."""
        return False

    def _suggest(self, name: str, distribution: BaseDistribution) -> Any:
        """Check and suggest a value; all of Optuna's suggest methods call this one."""
        if not isinstance(name, str):
            raise FrugalError(f"parameter {_shown(name)}: the name of a parameter must be a str")
        known = self._recorded.get(name) or self._cached_frozen_trial.distributions.get(name)
        if known is None:
            _check_stored(name, distribution)
        else:
            _check_compatible(name, known, distribution)
        value = super()._suggest(name, distribution)
        self._recorded.setdefault(name, distribution)
        return value


def _listed(name: str, choices: Sequence[Any]) -> list[Any]:
    """The choices, with numpy scalars converted to Python's built-in types."""
    if isinstance(choices, Set):
        raise FrugalError(
            f'the choices of "{name}" are a set, and its order differs between processes: pass '
            "a list or a tuple"
        )
    return [choice.item() if isinstance(choice, np.generic) else choice for choice in choices]


def _check_choices(name: str, choices: list[Any]) -> None:
    """Raise FrugalError for a choice that a storage does not return unchanged."""
    for choice in choices:
        if type(choice) not in PLAIN or (type(choice) is float and not isfinite(choice)):
            raise FrugalError(f'the choices of "{name}" contain {_shown(choice)}: {RULE}; {REMEDY}')
    for index, choice in enumerate(choices):
        # a storage keeps the index of the first equal choice
        first = choices[choices.index(choice)]
        if repr(first) != repr(choice):
            raise FrugalError(
                f'the choices of "{name}" contain {first!r} and {choice!r} (number {index + 1}), '
                f"which are equal: a study cannot distinguish them; {REMEDY}"
            )


def _check_compatible(name: str, known: BaseDistribution, distribution: BaseDistribution) -> None:
    try:
        check_distribution_compatibility(known, distribution)
    except ValueError as error:
        raise FrugalError(
            f'parameter "{name}" was {_words(known)} before and is {_words(distribution)} now: '
            "the type of its range and its choices must not change; use another name, or suggest "
            "an index into the choices"
        ) from error


def _check_stored(name: str, distribution: BaseDistribution) -> None:
    """Raise FrugalError for a range that a storage does not return unchanged."""
    try:
        stored = json_to_distribution(distribution_to_json(distribution))
    except TypeError:
        stored = None
    if stored != distribution:
        raise FrugalError(
            f'parameter "{name}" is {_words(distribution)}: the ends and the step of a range '
            "must be finite numbers and log True or False, of Python's built-in types"
        )


def _words(distribution: BaseDistribution) -> str:
    """A distribution in words: "a float from 0.1 to 1.0, log"."""
    if isinstance(distribution, CategoricalDistribution):
        choices = distribution.choices
        return f"one of {len(choices)} choices {_shortened(str(list(choices)))}"
    kind = type(distribution).__name__.removesuffix("Distribution").lower()
    article = "an" if kind == "int" else "a"
    log = ", log" * bool(getattr(distribution, "log", False))
    return f"{article} {kind} from {vars(distribution)['low']} to {vars(distribution)['high']}{log}"


def _shown(value: object) -> str:
    return f"{_shortened(' '.join(repr(value).split()))} ({type(value).__name__})"


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 3] + "..."
