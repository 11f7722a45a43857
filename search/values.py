"""JSON for frozen values, there and back. Never imports torch or Optuna."""

import json
from typing import Any, TypeVar

import cattrs
from cattrs.preconf.json import make_converter

from search.errors import FrugalError

V = TypeVar("V")

_converter = make_converter(forbid_extra_keys=True)


def to_json(value: Any) -> str:
    """The value as one line of JSON, keys in the order of its fields."""
    return json.dumps(to_data(value))


def to_data(value: Any) -> Any:
    """The value as plain dictionaries, lists, strings and numbers."""
    return _converter.unstructure(value)


def from_json(kind: type[V], text: str) -> V:
    """The value of type `kind` that `to_json` wrote. Equal to the original."""
    return from_data(kind, json.loads(text))


def from_data(kind: type[V], data: Any) -> V:
    """The value of type `kind` from plain data; FrugalError where a field is missing or unknown."""
    try:
        return _converter.structure(data, kind)
    except cattrs.BaseValidationError as error:
        reasons = "; ".join(cattrs.transform_error(error))
        raise FrugalError(f"not a {kind.__name__}: {reasons}") from error
