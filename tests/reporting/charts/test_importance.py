"""Parameter importance compared with chance level."""

from pathlib import Path

import numpy as np
import optuna
import pytest

from search.reporting.charts.importance import FEWEST, draw_importance, importance
from search.study.study import Study
from tests.support.example_report import SETUP, small_study


def test_importance_finds_the_decisive_parameter() -> None:
    """If the score of 60 trials is one parameter plus noise, only it is above chance level."""
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


def test_importance_needs_enough_trials(tmp_path: Path) -> None:
    """With fewer than FEWEST candidates nothing is computed and the reason is given."""
    few = small_study(tmp_path, trained=FEWEST - 1)
    measured = importance(few.optuna)
    assert measured.shares == ()
    assert measured.trials == 9
    assert measured.unavailable == "it needs at least 10 candidates trained to the end"


def test_importance_is_reproducible(study: Study) -> None:
    """The shuffles have a fixed seed."""
    assert importance(study.optuna) == importance(study.optuna)
