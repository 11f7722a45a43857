"""What a space may suggest: values that a study can store; others are not written."""

import enum
import math
from collections.abc import Callable
from decimal import Decimal
from http import HTTPStatus
from pathlib import Path
from typing import Any

import numpy as np
import optuna
import pytest
from optuna.distributions import BaseDistribution, CategoricalDistribution, IntDistribution
from optuna.trial import TrialState

from search.errors import FrugalError
from search.study.space_trial import SpaceTrial
from search.study.storage import open_storage


class Kind(enum.Enum):
    """Plausible choices that a study cannot store."""

    PLAIN = "plain"
    WIDE = "wide"


REFUSED_CHOICES = {
    "tuples": [(4, 6), (6, 8)],
    "lists": [[4, 6], [6, 8]],
    "one among plain ones": [4, 6, None, (6, 8)],
    "objects": [object(), object()],
    "functions": [math.sqrt, math.exp],
    "types": [int, float],
    "enums": list(Kind),
    "subclasses of int": [HTTPStatus.OK, HTTPStatus.CREATED],
    "decimals": [Decimal("0.1"), Decimal("0.2")],
    "bytes": [b"a", b"b"],
    "dicts": [{"width": 4}, {"width": 6}],
    "arrays": np.zeros((2, 2)),
    "no numbers": [0.1, math.nan],
    "numbers without end": [1.0, math.inf],
    "numpy's without end": [np.float32(1), np.float32("-inf")],
    "equal choices": [0, 1, True],
    "equal numbers": [1, 1.0],
    "sets": {4, 6},
}
KEPT_CHOICES = {
    "plain": [None, True, 2, 0.5, "a"],
    "a tuple of them": (False, True),
    "twice the same": [8, 8, 16],
    "integers of numpy's": np.arange(4, 8),
    "numbers of numpy's": list(np.linspace(0.1, 0.9, 3)),
    "words of numpy's": np.array(["a", "b"]),
}
REFUSED_RANGES = {
    "turned round": lambda trial: trial.suggest_int("a", 8, 4),
    "log from zero": lambda trial: trial.suggest_float("a", 0, 1, log=True),
    "log and step": lambda trial: trial.suggest_float("a", 0.1, 1, log=True, step=0.1),
    "step of nothing": lambda trial: trial.suggest_float("a", 0, 1, step=0),
    "no choices": lambda trial: trial.suggest_categorical("a", []),
    "no number": lambda trial: trial.suggest_float("a", math.nan, 1),
    "flag of numpy's": lambda trial: trial.suggest_float("a", 0.1, 1, log=np.True_),
    "no words": lambda trial: trial.suggest_float("a", "low", "high"),
    "no name": lambda trial: trial.suggest_int(3, 1, 4),
    "too large": lambda trial: trial.suggest_int("a", 0, 10**400),
    "without end": lambda trial: trial.suggest_float("a", 0, math.inf),
}
OTHER_RANGES = {
    "other choices": lambda trial: trial.suggest_categorical("choice", [4, 8, 16]),
    "the same in another order": lambda trial: trial.suggest_categorical("choice", [8, 4]),
    "another kind": lambda trial: trial.suggest_int("choice", 4, 8),
    "a float for an int": lambda trial: trial.suggest_float("width", 4, 8),
    "log or not": lambda trial: trial.suggest_int("width", 4, 8, log=True),
}


@pytest.fixture(params=["journal", "sqlite"])
def opening(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[..., Any]:
    """Return a function that opens a study again, as another process would."""
    url = f"sqlite:///{tmp_path / 'x.db'}" if request.param == "sqlite" else None

    def opened() -> optuna.Study:
        storage = open_storage(tmp_path, url)
        return optuna.create_study(study_name="a", storage=storage, load_if_exists=True)

    return opened


def asked(study: optuna.Study) -> SpaceTrial:
    """A trial of the study, as a run passes it to a space."""
    recorded: dict[str, BaseDistribution] = {}
    for trial in study.get_trials(deepcopy=False):
        recorded = {**trial.distributions, **recorded}
    return SpaceTrial(study.ask(), recorded)


def is_resumable(opening: Callable[..., Any]) -> Any:
    """Whether the study can be opened and resumed."""
    study = opening()
    for trial in study.get_trials(states=[TrialState.RUNNING]):
        study.tell(trial.number, state=TrialState.FAIL)
    asked(study).suggest_int("width", 4, 8)
    trials = opening().get_trials()
    return trials[-1].params.keys() == {"width"}


@pytest.mark.parametrize("choices", REFUSED_CHOICES.values(), ids=REFUSED_CHOICES)
def test_choices_that_cannot_be_stored_are_rejected(
    opening: Callable[..., Any], choices: Any
) -> None:
    """The error is one line with the rule, and nothing is written."""
    trial = asked(opening())
    with pytest.raises(FrugalError, match='the choices of "a" ') as caught:
        trial.suggest_categorical("a", choices)
    assert "\n" not in str(caught.value)
    assert trial.params == opening().trials[0].params == {}
    assert is_resumable(opening)


@pytest.mark.parametrize("choices", KEPT_CHOICES.values(), ids=KEPT_CHOICES)
def test_stored_choices_are_returned_unchanged(opening: Callable[..., Any], choices: Any) -> None:
    """Choices are returned unchanged, also in another process; numpy scalars are converted."""
    trial = asked(opening())
    value = trial.suggest_categorical("a", choices)
    (kept,) = opening().trials
    assert kept.params == {"a": value}
    assert type(kept.params["a"]) is type(value)
    assert kept.distributions["a"].choices == tuple(choices)
    assert asked(opening()).suggest_categorical("a", choices) in kept.distributions["a"].choices


@pytest.mark.parametrize("suggest", REFUSED_RANGES.values(), ids=REFUSED_RANGES)
def test_an_invalid_range_writes_nothing(
    opening: Callable[..., Any], suggest: Callable[..., Any]
) -> None:
    """An invalid range writes nothing, whether Optuna or the program rejects it."""
    with pytest.raises(Exception):  # noqa: B017, PT011 # Optuna raises several types
        suggest(asked(opening()))
    assert is_resumable(opening)


@pytest.mark.parametrize("suggest", OTHER_RANGES.values(), ids=OTHER_RANGES)
@pytest.mark.parametrize("later", [False, True], ids=["in one trial", "in another"])
def test_a_name_keeps_its_kind_and_choices(
    opening: Callable[..., Any], suggest: Callable[..., Any], later: bool
) -> None:
    """The error shows both ranges; Optuna would write a trial that no storage accepts."""
    trial = asked(opening())
    trial.suggest_categorical("choice", [4, 8])
    trial.suggest_int("width", 4, 8)
    with pytest.raises(
        FrugalError, match=r" before and is .* now: the type of its range"
    ) as caught:
        suggest(asked(opening()) if later else trial)
    assert "\n" not in str(caught.value)
    assert is_resumable(opening)


def test_a_range_may_move(opening: Callable[..., Any]) -> None:
    """The ends of a range may change between trials, as in Optuna."""
    asked(opening()).suggest_int("width", 4, 8)
    assert asked(opening()).suggest_int("width", 9, 12) >= 9


def test_choices_of_an_earlier_version_stay_valid(opening: Callable[..., Any]) -> None:
    """Stored choices are accepted unchanged, even if a new study rejects them."""
    opening().ask().suggest_categorical("a", [1, True])
    assert asked(opening()).suggest_categorical("a", [1, True]) == 1
    with pytest.raises(FrugalError, match="which are equal"):
        asked(opening()).suggest_categorical("b", [1, True])


REFUSED_ATTRIBUTES = {
    "an object": ("mine", object()),
    "numbers of numpy's": ("mine", np.int64(4)),
    "a set": ("mine", {1, 2}),
    "the origin": ("origin", 3),
    "the repeat": ("repeat_of", "none"),
    "the run": ("runner", "me"),
}


@pytest.mark.parametrize("key, value", REFUSED_ATTRIBUTES.values(), ids=REFUSED_ATTRIBUTES)
def test_attributes_that_cannot_be_stored_are_rejected(
    opening: Callable[..., Any], key: str, value: Any
) -> None:
    """Attributes that are not JSON, or that the program reads itself, are rejected."""
    trial = asked(opening())
    with pytest.raises(FrugalError, match=f'user attribute "{key}"') as caught:
        trial.set_user_attr(key, value)
    assert "\n" not in str(caught.value)
    assert opening().trials[0].user_attrs == {}
    assert is_resumable(opening)


def test_a_space_cannot_report_values(opening: Callable[..., Any]) -> None:
    """trial.report() is rejected, as its value would count as the accuracy of an epoch."""
    with pytest.raises(
        FrugalError, match=r"trial.report\(\) cannot be used in sample\(\).*set_user_attr"
    ):
        asked(opening()).report(0.5, 1)
    assert opening().trials[0].intermediate_values == {}
    assert is_resumable(opening)


def test_it_supports_optunas_trial(opening: Callable[..., Any]) -> None:
    """It supports all that a space may do with a trial and shares the run's trial state."""
    study = opening()
    plain = study.ask()
    recorded: dict[str, BaseDistribution] = {}
    trial = SpaceTrial(plain, recorded)
    assert isinstance(trial, optuna.Trial)
    assert 0.1 <= trial.suggest_float("rate", 0.1, 1, log=True) <= 1
    assert trial.suggest_int("width", 4, 4) == 4
    with pytest.warns(FutureWarning):
        assert 0 <= trial.suggest_uniform("old", 0, 1) <= 1
    trial.set_user_attr("mine", {"list": [1, None, "a"]})
    trial.set_user_attr("parameters", 3)  # the program's own value replaces it
    assert not trial.should_prune()
    assert (trial.number, trial.study) == (0, study)
    assert trial.user_attrs == {"mine": {"list": [1, None, "a"]}}
    assert trial.params == plain.params == opening().trials[0].params
    assert trial.distributions == plain.distributions == recorded
    assert recorded["width"] == IntDistribution(4, 4)


def test_proposals_are_those_without_the_guard() -> None:
    """Proposals are identical without it: the sampler is called once and in the same order."""
    values = []
    for guard in (False, True):
        study = optuna.create_study(
            sampler=optuna.samplers.TPESampler(seed=0, n_startup_trials=2, multivariate=False)
        )
        for number in range(12):
            trial = SpaceTrial(study.ask(), {}) if guard else study.ask()
            choice = trial.suggest_categorical("choice", ["a", "b", "c"])
            values.append((choice, trial.suggest_float("rate", 0, 1), trial.suggest_int("n", 1, 9)))
            study.tell(trial, float(number % 5))
    assert values[:12] == values[12:]
    assert isinstance(study.trials[0].distributions["choice"], CategoricalDistribution)
