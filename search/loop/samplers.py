"""Samplers by name, and the view of a study that they propose from. No torch.

A new sampler is created for every proposal, so that a resumed study makes the same proposals.
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
STARTUP = 10  # scored or stopped candidates before a model proposes; over-budget ones do not count
BEST = 25  # trials that TPE counts as good at most (optuna 5, default_gamma)
RECENT = 275  # of the others: what these lose and a proposal saves, see docs/decisions.md
LEARNED_FROM = (TrialState.COMPLETE, TrialState.PRUNED)
Choices = dict[str, BaseDistribution]


def sampler(name: SamplerName, seed: int, order: int, learned: int) -> BaseSampler:
    """The sampler for a proposal after `order` others, `learned` of them scored or stopped.

    It is seeded from (seed, order): a sampler with the study's seed would repeat its first
    proposals after a resume. Optuna counts every pruned trial as a start-up trial; here those over
    budget do not count.
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
    """The trials of a study that a sampler reads. Every `ask` begins a new view; see `ShownTrials`.

    Trials without choices, such as those of published networks, are hidden from every sampler. They
    contain nothing to learn from, and with them there would be no choices that all trials share,
    which TPE, GP, CMA-ES and NSGA-II need to propose jointly.
    """

    def __init__(
        self, study_name: str, storage: BaseStorage, sampler: BaseSampler | None = None
    ) -> None:
        super().__init__(study_name, storage, sampler)
        self._shown = ShownTrials()
        self._view: list[FrozenTrial] | None = None

    def ask(self, fixed_distributions: dict[str, BaseDistribution] | None = None) -> Trial:
        """The next trial, proposed from the study as it is now."""
        self._view = None
        return super().ask(fixed_distributions)

    @property
    def choices(self) -> Choices:
        """The choices that all trials share, each with the same range, in order of their names."""
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

    A trial without a candidate is passed too, but sample() may have ended before all its choices
    were made: they do not count in what all trials share.
    They depend on the study's trials alone, so a resumed study makes the same proposals.
    """

    def __init__(self) -> None:
        self._read = 0  # trials read so far
        self._open: list[int] = []  # numbers of those that may still change
        self._best: list[tuple[tuple[float, ...], FrozenTrial]] = []
        self._choices: Choices | None = None

    @property
    def choices(self) -> Choices:
        """The choices shared by all trials to learn from, sorted by name as in Optuna."""
        return dict(sorted((self._choices or {}).items()))

    def view(self, trials: list[FrozenTrial]) -> list[FrozenTrial]:
        """In order of their numbers. trials: all of the study's."""
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

    Trials with a score come first, best first; then pruned trials, by how long they trained, then
    by their last accuracy. In a tie the older trial comes first.
    """
    if trial.state is TrialState.COMPLETE:
        return 0, -(trial.value or 0.0), 0, trial.number
    if not trial.intermediate_values:
        return 1, 1, 0, trial.number
    step, accuracy = max(trial.intermediate_values.items())
    return 1, -step, float("inf") if isnan(accuracy) else -accuracy, trial.number


class SharedSpaceTPE(TPESampler):
    """Optuna's TPE over a `SamplerView`: the same proposals, without comparing all choices again.

    Comparing all choices of all trials took longer than the proposal itself.
    """

    def infer_relative_search_space(self, study: optuna.Study, trial: FrozenTrial) -> Choices:
        """The choices to be proposed jointly."""
        if not isinstance(study, SamplerView):
            choices: dict[str, Any] = super().infer_relative_search_space(study, trial)
            return choices
        return {name: choice for name, choice in study.choices.items() if not choice.single()}
