"""Samplers by name, made afresh for every proposal so that a resumed study proposes the same."""

import warnings
from typing import Literal, get_args

from optuna.exceptions import ExperimentalWarning
from optuna.samplers import BaseSampler, CmaEsSampler, GPSampler, NSGAIISampler, RandomSampler

from search.loop.seen import BoundedTPE
from search.randomness import derive

SamplerName = Literal["tpe", "random", "gp", "cmaes", "nsga2"]
NAMES: tuple[SamplerName, ...] = get_args(SamplerName)
STARTUP = 10  # scored or stopped candidates before a model proposes; over-budget ones do not count


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
