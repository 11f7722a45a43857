"""Samplers by name, and the view of a study that they use. Does not import torch.

Every proposal uses a new sampler, so that a resumed study makes the same proposals.
"""

import copy
import warnings
from bisect import insort
from collections.abc import Container
from math import isnan
from typing import Any, Literal, get_args

import optuna
from optuna.distributions import BaseDistribution
from optuna.exceptions import ExperimentalWarning
from optuna.samplers import (
    BaseSampler,
    CmaEsSampler,
    GPSampler,
    NSGAIISampler,
    RandomSampler,
    TPESampler,
)
from optuna.storages import BaseStorage
from optuna.trial import FrozenTrial, Trial, TrialState

from search.seeds import derive
from search.study.records import WITHOUT_CANDIDATE

SamplerName = Literal["tpe", "random", "gp", "cmaes", "nsga2"]
NAMES: tuple[SamplerName, ...] = get_args(SamplerName)
STARTUP = 10  # candidates trained or stopped early, without rejected ones, before a model proposes
BEST = 25  # the most trials that TPE treats as good (optuna 5, default_gamma)
RECENT = 275  # other trials that TPE uses; docs/decisions.md has the cost and the saving
LEARNED_FROM = (TrialState.COMPLETE, TrialState.PRUNED)
Choices = dict[str, BaseDistribution]


def sampler(name: SamplerName, seed: int, order: int, learned: int) -> BaseSampler:
    """Return the sampler for proposal number `order`, with `learned` candidates to learn from.

    It is seeded from (seed, order): with the study's seed alone, a resumed study would repeat its
    first proposals. Random search is used until STARTUP candidates are trained or stopped early.
    Optuna would count every pruned trial as a start-up trial; here those over budget do not count.
    """
    draws = derive(seed, "proposal", order) % 2**32
    if name == "random" or (name != "nsga2" and learned < STARTUP):
        return RandomSampler(seed=draws)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ExperimentalWarning)
        if name == "tpe":
            return SharedSpaceTPE(n_startup_trials=0, seed=draws)
        if name == "gp":
            return GPSampler(n_startup_trials=0, seed=draws)
        if name == "cmaes":
            return CmaEsSampler(n_startup_trials=0, seed=draws, warn_independent_sampling=False)
        return NSGAIISampler(seed=draws)


class SamplerView(optuna.Study):
    """The trials of a study that a sampler reads, updated by every `ask`; see `ShownTrials`.

    Trials without choices, such as those of published networks, are hidden from every sampler. A
    sampler cannot learn from them, and they would leave no choice that all trials have in common.
    TPE, GP, CMA-ES and NSGA-II need common choices to propose them jointly.
    """

    def __init__(
        self, study_name: str, storage: BaseStorage, sampler: BaseSampler | None = None
    ) -> None:
        super().__init__(study_name, storage, sampler)
        self._shown = ShownTrials()
        self._view: list[FrozenTrial] | None = None

    def ask(self, fixed_distributions: dict[str, BaseDistribution] | None = None) -> Trial:
        """Return a new trial, proposed from the current state of the study."""
        self._view = None
        return super().ask(fixed_distributions)

    @property
    def choices(self) -> Choices:
        """The choices that all trials have with the same range, sorted by name."""
        self._trials()
        return self._shown.choices

    def _get_trials(
        self,
        deepcopy: bool = True,
        states: Container[TrialState] | None = None,
        use_cache: bool = False,
    ) -> list[FrozenTrial]:
        if isinstance(self.sampler, TPESampler):
            trials = [t for t in self._trials() if states is None or t.state in states]
        else:
            every = super()._get_trials(False, states, use_cache)
            trials = [trial for trial in every if trial.distributions]
        return copy.deepcopy(trials) if deepcopy else trials

    def _trials(self) -> list[FrozenTrial]:
        if self._view is None:
            self._view = self._shown.view(super()._get_trials(deepcopy=False))
        return self._view


class ShownTrials:
    """The trials passed to TPE: the best, the latest of the others, and those running.

    Trials without a candidate are passed too, but they are ignored when the common choices are
    determined, because sample() may have ended before it made all choices. The result depends only
    on the study's trials, so a resumed study makes the same proposals.
    """

    def __init__(self) -> None:
        self._read = 0  # the number of trials read so far
        self._open: list[int] = []  # numbers of those that may still change
        self._best: list[tuple[tuple[float, ...], FrozenTrial]] = []
        self._choices: Choices | None = None

    @property
    def choices(self) -> Choices:
        """The choices that all trials to learn from have, sorted by name as in Optuna."""
        return dict(sorted((self._choices or {}).items()))

    def view(self, trials: list[FrozenTrial]) -> list[FrozenTrial]:
        """Return the trials to pass, by number. trials: all trials of the study, by number."""
        self._update(trials)
        shown = {trial.number: trial for _, trial in self._best}
        others = BEST + RECENT - len(shown)
        shown |= {number: trials[number] for number in self._open if trials[number].distributions}
        for trial in reversed(trials):
            if not others:
                break
            if trial.number not in shown and _is_learned_from(trial):
                shown[trial.number] = trial
                others -= 1
        return [shown[number] for number in sorted(shown)]

    def _update(self, trials: list[FrozenTrial]) -> None:
        numbers = [*self._open, *range(self._read, len(trials))]
        self._read = len(trials)
        self._open = [number for number in numbers if not trials[number].state.is_finished()]
        for trial in map(trials.__getitem__, numbers):
            if _is_learned_from(trial):
                insort(self._best, (_rank(trial), trial), key=lambda ranked: ranked[0])
                del self._best[BEST:]
                if trial.user_attrs.get("outcome") not in WITHOUT_CANDIDATE:
                    self._choices = _shared(self._choices, trial.distributions)


def _is_learned_from(trial: FrozenTrial) -> bool:
    return trial.state in LEARNED_FROM and bool(trial.distributions)


def _shared(before: Choices | None, choices: Choices) -> Choices:
    if before is None:
        return dict(choices)
    return {name: choice for name, choice in before.items() if choices.get(name) == choice}


def _rank(trial: FrozenTrial) -> tuple[float, ...]:
    """A sort key for TPE's order of trials; the best trial has the lowest key.

    Trials with a score come first, best first. Then come pruned trials, by number of epochs, then
    by last accuracy. Ties are resolved by age, older first.
    """
    if trial.state is TrialState.COMPLETE:
        return 0, -(trial.value or 0.0), 0, trial.number
    if not trial.intermediate_values:
        return 1, 1, 0, trial.number
    step, accuracy = max(trial.intermediate_values.items())
    return 1, -step, float("inf") if isnan(accuracy) else -accuracy, trial.number


class SharedSpaceTPE(TPESampler):
    """Optuna's TPE on a `SamplerView`: the same proposals, with the common choices cached.

    Comparing the choices of all trials for every proposal took longer than the proposal itself.
    """

    def infer_relative_search_space(self, study: optuna.Study, trial: FrozenTrial) -> Choices:
        """Return the choices to propose jointly."""
        if not isinstance(study, SamplerView):
            choices: dict[str, Any] = super().infer_relative_search_space(study, trial)
            return choices
        return {name: choice for name, choice in study.choices.items() if not choice.single()}
