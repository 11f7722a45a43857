"""Samplers by name, made afresh for every proposal so that a resumed study proposes the same."""

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

SamplerName = Literal["tpe", "random", "gp", "cmaes", "nsga2"]
NAMES: tuple[SamplerName, ...] = get_args(SamplerName)
STARTUP = 10  # scored or stopped candidates before a model proposes; over-budget ones do not count
BEST = 25  # trials that TPE counts as good at most (optuna 5, default_gamma)
RECENT = 275  # of the others: what these lose and a proposal saves, see docs/decisions.md
TEACHING = (TrialState.COMPLETE, TrialState.PRUNED)
Choices = dict[str, BaseDistribution]


def sampler(name: SamplerName, seed: int, order: int, taught: int) -> BaseSampler:
    """The sampler for the proposal that has `order` before it, `taught` of them scored or stopped.

    Its own draws descend from (seed, order), as a seeded sampler kept over a resume would repeat
    its first proposals. Optuna counts every pruned trial as start-up; here those over budget do not
    count.
    """
    drawn = derive(seed, "proposal", order) % 2**32
    if name == "random" or (name != "nsga2" and taught < STARTUP):
        return RandomSampler(seed=drawn)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ExperimentalWarning)
        if name == "tpe":
            return BoundedTPE(n_startup_trials=0, seed=drawn)
        if name == "gp":
            return GPSampler(n_startup_trials=0, seed=drawn)
        if name == "cmaes":
            return CmaEsSampler(n_startup_trials=0, seed=drawn, warn_independent_sampling=False)
        return NSGAIISampler(seed=drawn)


class SamplerView(optuna.Study):
    """What a sampler is shown. Every `ask` begins a new view; see `ShownTrials`.

    Left out for all: trials that made no choice, as published networks do. A sampler could learn
    nothing from them, and the choices that all of a study's trials share, from which TPE, GP,
    CMA-ES and NSGA-II propose jointly, would be none.
    """

    def __init__(
        self, study_name: str, storage: BaseStorage, sampler: BaseSampler | None = None
    ) -> None:
        super().__init__(study_name, storage, sampler)
        self._memory = ShownTrials()
        self._view: list[FrozenTrial] | None = None

    def ask(self, fixed_distributions: dict[str, BaseDistribution] | None = None) -> Trial:
        """The next trial, proposed from the study as it is now."""
        self._view = None
        return super().ask(fixed_distributions)

    @property
    def choices(self) -> Choices:
        """The choices that all trials share, each with the same range, in order of their names."""
        self._look()
        return self._memory.choices

    def _get_trials(
        self,
        deepcopy: bool = True,
        states: Container[TrialState] | None = None,
        use_cache: bool = False,
    ) -> list[FrozenTrial]:
        if isinstance(self.sampler, TPESampler):
            shown = [t for t in self._look() if states is None or t.state in states]
        else:
            trials = super()._get_trials(False, states, use_cache)
            shown = [trial for trial in trials if trial.distributions]
        return copy.deepcopy(shown) if deepcopy else shown

    def _look(self) -> list[FrozenTrial]:
        if self._view is None:
            self._view = self._memory.view(super()._get_trials(deepcopy=False))
        return self._view


class ShownTrials:
    """The trials that TPE is shown, kept up as they end.

    They are a function of the trials alone, so a study that is resumed proposes the same: the best,
    the latest of the others, and those that are running.
    """

    def __init__(self) -> None:
        self._known = 0  # trials looked at so far
        self._open: list[int] = []  # numbers of those that may still change
        self._best: list[tuple[tuple[float, ...], FrozenTrial]] = []
        self._choices: Choices | None = None

    @property
    def choices(self) -> Choices:
        """What all trials that teach have in common, in order of the names, as Optuna has it."""
        return dict(sorted((self._choices or {}).items()))

    def view(self, trials: list[FrozenTrial]) -> list[FrozenTrial]:
        """In order of their numbers. trials: all of the study's."""
        self._take(trials)
        shown = {trial.number: trial for _, trial in self._best}
        others = BEST + RECENT - len(shown)
        shown |= {number: trials[number] for number in self._open if trials[number].distributions}
        for trial in reversed(trials):
            if not others:
                break
            if trial.number not in shown and _teaches(trial):
                shown[trial.number] = trial
                others -= 1
        return [shown[number] for number in sorted(shown)]

    def _take(self, trials: list[FrozenTrial]) -> None:
        looked_at = [*self._open, *range(self._known, len(trials))]
        self._known = len(trials)
        self._open = [number for number in looked_at if not trials[number].state.is_finished()]
        for trial in map(trials.__getitem__, looked_at):
            if _teaches(trial):
                insort(self._best, (_rank(trial), trial), key=lambda ranked: ranked[0])
                del self._best[BEST:]
                self._choices = _shared(self._choices, trial.distributions)


def _teaches(trial: FrozenTrial) -> bool:
    return trial.state in TEACHING and bool(trial.distributions)


def _shared(before: Choices | None, given: Choices) -> Choices:
    if before is None:
        return dict(given)
    return {name: choice for name, choice in before.items() if given.get(name) == choice}


def _rank(trial: FrozenTrial) -> tuple[float, ...]:
    """The lower, the better: TPE's order. A score, then how long it lasted, then how good it was.

    That of trials that have a score comes first, of a tie the older one.
    """
    if trial.state is TrialState.COMPLETE:
        return 0, -(trial.value or 0.0), 0, trial.number
    if not trial.intermediate_values:
        return 1, 1, 0, trial.number
    step, accuracy = max(trial.intermediate_values.items())
    return 1, -step, float("inf") if isnan(accuracy) else -accuracy, trial.number


class BoundedTPE(TPESampler):
    """Optuna's TPE over a `SamplerView`: the same proposals, without listing all choices anew.

    A comparison of all choices of all trials took longer than the proposal.
    """

    def infer_relative_search_space(self, study: optuna.Study, trial: FrozenTrial) -> Choices:
        """The choices to be proposed jointly."""
        if not isinstance(study, SamplerView):
            found: dict[str, Any] = super().infer_relative_search_space(study, trial)
            return found
        return {name: choice for name, choice in study.choices.items() if not choice.single()}
