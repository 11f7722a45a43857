"""Importance: a choice that decides stands out from what chance gives."""

import numpy as np
import optuna
import pytest

from search.reporting.charts.importance import FEWEST, draw_importance, importance
from tests.support.example_report import SETUP, small_study


def test_importance_finds_what_decides():
    """Of 60 trials whose score is one choice and noise, that choice alone is beyond chance."""
    draws = np.random.default_rng(0)
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=0), direction="maximize")
    for _ in range(60):
        trial = study.ask()
        decisive, idle = trial.suggest_float("decisive", 0, 1), trial.suggest_float("idle", 0, 1)
        study.tell(trial, 0.9 + 0.05 * decisive + 1e-9 * idle + 1e-4 * draws.standard_normal())
    measured = importance(study)
    assert measured.trials == 60
    assert [share.name for share in measured.significant] == ["decisive"]
    assert sum(share.share for share in measured.shares) == pytest.approx(1.0)
    assert "shuffles" in draw_importance(measured, SETUP).layout.meta["subtitle"]


def test_importance_of_few_or_equal_trials_says_why_not(tmp_path):
    """Below FEWEST candidates nothing is computed, and the reason is given."""
    few = small_study(tmp_path, trained=FEWEST - 1)
    measured = importance(few.optuna)
    assert measured.shares == ()
    assert measured.trials == 9
    assert measured.unavailable == "it takes 10 candidates trained to the end"


def test_importance_is_the_same_again(study):
    """The shuffles are fixed: a report that is written twice says the same."""
    assert importance(study.optuna) == importance(study.optuna)
