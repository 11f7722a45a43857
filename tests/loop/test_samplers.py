import optuna
import pytest
from optuna.trial import TrialState, create_trial

from search.candidates.candidate import Budget, Task
from search.loop.samplers import NAMES, STARTUP, sampler
from search.loop.seen import Seen
from search.study.user_files import load_space
from tests.support import tiny

TASK = Task((1, 28, 28), 10, Budget(parameters=500, epochs=2))


def propose(study, name, seed, order, taught):
    """Asks as a run does: a fresh sampler for every proposal."""
    study.sampler = sampler(name, seed, order, taught)
    trial = study.ask()
    return trial, load_space(tiny.SPACE).sample(trial, TASK)


def known(trained: int, over: int = 0) -> optuna.Study:
    """A study with trials drawn at random; the wider, the better."""
    drawn = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=1))
    study = optuna.create_study(direction="maximize")
    for number in range(trained + over):
        trial = drawn.ask()
        load_space(tiny.SPACE).sample(trial, TASK)
        study.add_trial(
            create_trial(
                state=TrialState.COMPLETE if number < trained else TrialState.PRUNED,
                value=trial.params["first"] if number < trained else None,
                params=trial.params,
                distributions=trial.distributions,
            )
        )
    return study


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("taught", [0, STARTUP + 2])
def test_a_proposal_descends_from_seed_and_order(name, taught):
    """The same again from the same study; another from another seed or place in the order."""
    first, again, *others = (
        propose(known(taught), name, seed, order, taught)[0].params
        for seed, order in ((0, 5), (0, 5), (1, 5), (0, 6))
    )
    assert first == again
    sure = name == "gp" and taught  # it knows where the best lies, whatever the seed
    assert sure or first not in others


def test_over_budget_proposals_are_no_start_up():
    """Until enough candidates are scored TPE leaves the choice to chance, then it chooses."""
    before, after = (sampler("tpe", 0, 50, taught) for taught in (STARTUP - 1, STARTUP))
    assert isinstance(before, optuna.samplers.RandomSampler)
    assert isinstance(after, optuna.samplers.TPESampler)


def test_tpe_learns_to_keep_the_budget():
    """After ten trained candidates most proposals are admitted, of random ones few."""
    study = known(0)
    admitted = []
    for order in range(110):
        trial, candidate = propose(study, "tpe", 0, order, sum(admitted))
        over = TASK.budget.violations(candidate)
        study.tell(
            trial,
            None if over else trial.params["first"],
            state=TrialState.PRUNED if over else TrialState.COMPLETE,
        )
        admitted.append(not over)
    learned = next(n for n in range(110) if sum(admitted[:n]) == STARTUP)
    assert sum(admitted[:learned]) / learned < 0.5
    assert sum(admitted[learned:]) / len(admitted[learned:]) > 0.6


def with_published(study: optuna.Study) -> optuna.Study:
    """The same with published networks: the best of all, and they made no choice."""
    for value in (50.0, 60.0):
        study.add_trial(create_trial(state=TrialState.COMPLETE, value=value))
    study.add_trial(create_trial(state=TrialState.RUNNING, user_attrs={"baseline": "one"}))
    return study


@pytest.mark.parametrize("name", ["tpe", "gp", "cmaes"])
def test_published_networks_do_not_blind_a_sampler(name):
    """What made no choice is not seen: all choices are still proposed jointly, and the same.

    Without the view the trials have no choice in common, and each would be drawn by itself.
    """
    joint = {}
    for key, study in {"plain": known(12), "published": with_published(known(12))}.items():
        seen = Seen(study.study_name, study._storage, sampler(name, 0, 12, 12))
        joint[key] = set(seen.ask().relative_params)
    assert joint["published"] == joint["plain"]
    assert len(joint["plain"]) >= 4
    blind = with_published(known(12))
    blind.sampler = sampler(name, 0, 12, 12)
    assert blind.ask().relative_params == {}


def test_published_networks_are_no_parents():
    """NSGA-II crosses choices: two generations of it beside networks without any."""
    study = with_published(known(0))
    for order in range(120):
        seen = Seen(study.study_name, study._storage, sampler("nsga2", 0, order, order))
        trial = seen.ask()
        load_space(tiny.SPACE).sample(trial, TASK)
        study.tell(trial, float(order))
    assert trial.relative_params
