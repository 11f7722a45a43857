"""Parameter importance for a top score, with a permutation baseline. Never imports torch.

The importance is Optuna's PED-ANOVA (Watanabe, Bansal and Hutter, IJCAI 2023). It is never zero, so
it is computed again with the scores shuffled among the trials, which gives its value by chance.
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

FEWEST = 10  # trained candidates: PED-ANOVA uses the best tenth, which must not be empty
# without any effect, the observed share exceeds the largest of 19 shuffles in 1 of 20 cases
SHUFFLES = 19
MOST_SHOWN = 10  # parameters of the search space
ROW_HEIGHT = 26  # CSS pixels for a bar


class Share(NamedTuple):
    """A parameter of the search space and its share of the importance, 0 to 1."""

    name: str
    share: float


class Importance(NamedTuple):
    """Shares of the most important parameters of the search space, largest first.

    chance: the largest share of any parameter with shuffled scores. trials: number of candidates
    trained to the end. unavailable: why the importance was not computed, "" if it was.
    """

    shares: tuple[Share, ...]
    chance: float
    trials: int
    unavailable: str = ""

    @property
    def significant(self) -> tuple[Share, ...]:
        """The shares above chance level."""
        return tuple(share for share in self.shares if share.share > self.chance)


def importance(study: optuna.Study) -> Importance:
    """Compute the importance of every parameter, in SHUFFLES + 1 evaluations."""
    trials = study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))
    proposed = [t for t in trials if t.params and t.user_attrs.get("repeat_of") is None]
    scores = {trial.number: trial.value or 0.0 for trial in proposed}
    if len(scores) < FEWEST:
        return Importance(
            (), 0.0, len(scores), f"it needs at least {FEWEST} candidates trained to the end"
        )
    if len(set(scores.values())) == 1:
        return Importance((), 0.0, len(scores), "all candidates have the same score")
    observed = _shares(study, scores)
    draws = Random(0)  # noqa: S311 (not used for security)
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
    def error(
        trial: FrozenTrial,
    ) -> float:  # the evaluator ranks low values best and ignores infinity
        return 1 - scores[trial.number] if trial.number in scores else inf

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PED-ANOVA warns that it minimises the target
        shares = get_param_importances(study, evaluator=PedAnovaImportanceEvaluator(), target=error)
    return dict(shares)


def draw_importance(data: Importance, setup: StudySettings) -> go.Figure:
    """Draw the shares as bars, and the chance level as a line."""
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
        f"PED-ANOVA over {data.trials} candidates trained to the end. Dashed: chance level, the "
        f"largest share of any parameter in {SHUFFLES} random shuffles of the scores. Grey bars: "
        "not above chance level"
    )
    return style(
        figure,
        "Importance of each parameter of the search space",
        "; ".join([subtitle, *setup.caveats]),
    )
