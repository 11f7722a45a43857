"""Importance of each choice for a top score, with a permutation baseline. Never imports torch.

Importance is Optuna's PED-ANOVA (Watanabe, Bansal and Hutter, IJCAI 2023). It is never zero, so it
is computed again with the scores shuffled among the trials, which gives its value by chance alone.
"""

import warnings
from collections.abc import Mapping
from math import inf
from random import Random
from typing import NamedTuple

import optuna
import plotly.graph_objects as go
from optuna.importance import PedAnovaImportanceEvaluator, get_param_importances
from optuna.trial import FrozenTrial, TrialState

from search.reporting.charts.style import COLOURS, GREY, style
from search.study.settings import StudySettings

FEWEST = 10  # trained candidates: the best tenth is one, below that nothing
SHUFFLES = 19  # a share above the largest of 19 shuffles is one that chance gives in 1 of 20 cases
MOST_SHOWN = 10  # choices
ROW_HEIGHT = 26  # CSS pixels


class Share(NamedTuple):
    """A choice of the space and its share of the importance, 0 to 1."""

    name: str
    share: float


class Importance(NamedTuple):
    """Shares of the most important choices, largest first.

    chance: the largest share of any choice with shuffled scores. trials: trained to the end.
    unavailable: why nothing was computed, "" if it was.
    """

    shares: tuple[Share, ...]
    chance: float
    trials: int
    unavailable: str = ""

    @property
    def significant(self) -> tuple[Share, ...]:
        """The shares that chance alone does not explain."""
        return tuple(share for share in self.shares if share.share > self.chance)


def importance(study: optuna.Study) -> Importance:
    """Of every choice in Optuna's view of a study. Costs SHUFFLES + 1 evaluations."""
    trials = study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))
    proposed = [t for t in trials if t.params and t.user_attrs.get("repeat_of") is None]
    scores = {trial.number: trial.value or 0.0 for trial in proposed}
    if len(scores) < FEWEST:
        return Importance((), 0.0, len(scores), f"it takes {FEWEST} candidates trained to the end")
    if len(set(scores.values())) == 1:
        return Importance((), 0.0, len(scores), "all candidates score the same")
    observed = _shares(study, scores)
    draws = Random(0)  # noqa: S311 (a shuffle, no secret)
    shuffled = [
        _shares(
            study, dict(zip(scores, draws.sample([*scores.values()], len(scores)), strict=True))
        )
        for _ in range(SHUFFLES)
    ]
    chance = max(max(shares.values()) for shares in shuffled)
    shares = sorted((Share(*item) for item in observed.items()), key=lambda s: -s.share)
    return Importance(tuple(shares[:MOST_SHOWN]), chance, len(scores))


def _shares(study: optuna.Study, scores: Mapping[int, float]) -> dict[str, float]:
    def error(trial: FrozenTrial) -> float:  # it looks for the low ones, and leaves out infinity
        return 1 - scores[trial.number] if trial.number in scores else inf

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that low is good
        shares = get_param_importances(study, evaluator=PedAnovaImportanceEvaluator(), target=error)
    return dict(shares)


def draw_importance(data: Importance, setup: StudySettings) -> go.Figure:
    """Bars, and a mark at the largest share that chance explains."""
    figure = go.Figure()
    figure.add_bar(
        y=[share.name for share in data.shares],
        x=[round(100 * share.share, 2) for share in data.shares],
        orientation="h",
        marker_color=[COLOURS[0] if share in data.significant else GREY for share in data.shares],
        hovertemplate="%{y}: %{x:.1f} %<extra></extra>",
        showlegend=False,
    )
    figure.add_vline(100 * data.chance, line={"color": GREY, "dash": "dash", "width": 1})
    largest = max([data.chance, *(share.share for share in data.shares)])
    figure.update_xaxes(title_text="share of importance (%)", range=[0, 105 * largest])
    figure.update_yaxes(autorange="reversed", automargin=True)
    figure.update_layout(height=80 + ROW_HEIGHT * len(data.shares), bargap=0.35)
    subtitle = (
        f"PED-ANOVA over {data.trials} candidates trained to the end. Dashed: the largest share "
        f"that any choice got in {SHUFFLES} shuffles of the scores among the candidates; what "
        "stays below it may be chance"
    )
    return style(figure, "Importance of each choice", "; ".join([subtitle, *setup.caveats]))
