"""Validation rules for fields: a predicate and an error text. Does not import torch."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import inf
from typing import Any, get_args

from search.errors import FrugalError


@dataclass(frozen=True)
class Rule:
    """A rule for a value. words: its wording in errors. holds: whether a value satisfies it."""

    words: str
    holds: Callable[[Any], bool]


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


COUNT = Rule("a whole number of at least 1", lambda value: type(value) is int and value >= 1)


BELOW_100 = Rule("a whole number from 1 to 99", lambda v: type(v) is int and 1 <= v < 100)


COUNT_OR_NONE = Rule(
    "a whole number of at least 1, or None for no limit",
    lambda value: value is None or COUNT.holds(value),
)


COUNT_OR_ZERO = Rule("a whole number of at least 0", lambda v: type(v) is int and v >= 0)


POSITIVE = Rule("a finite number above 0", lambda value: _number(value) and 0 < value < inf)


NOT_NEGATIVE = Rule("a finite number of at least 0", lambda v: _number(v) and 0 <= v < inf)


DIVISOR = Rule("a finite number of at least 1", lambda value: _number(value) and 1 <= value < inf)


ACUTE_ANGLE = Rule(
    "a number of degrees of at least 0 and below 90", lambda v: _number(v) and 0 <= v < 90
)


FRACTION = Rule("a number from 0 to 1", lambda value: _number(value) and 0 <= value <= 1)


PROPER_FRACTION = Rule(
    "a number of at least 0 and below 1", lambda value: _number(value) and 0 <= value < 1
)


FRACTION_OR_FRACTIONS = Rule(
    "a number from 0 to 1, a tuple of such numbers with one per channel, or None",
    lambda value: (
        value is None
        or FRACTION.holds(value)
        or (isinstance(value, tuple) and bool(value) and all(map(FRACTION.holds, value)))
    ),
)


FLAG = Rule("True or False", lambda value: isinstance(value, bool))


def one_of(literal: Any) -> Rule:
    """Return the rule that a value is one of the strings of a `Literal`."""
    names = get_args(literal)
    return Rule(
        "one of " + ", ".join(map(repr, names)),
        lambda value: isinstance(value, str) and value in names,
    )


def check_fields(value: object, rules: Mapping[str, Rule]) -> None:
    """Raise FrugalError for the first field of `value` that breaks its rule."""
    for name, rule in rules.items():
        given = getattr(value, name)
        if not rule.holds(given):
            kind = type(value).__name__.lower()
            raise FrugalError(f"{kind} has {name} {given!r}: {name} must be {rule.words}")
