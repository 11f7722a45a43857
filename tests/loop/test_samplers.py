"""The trials passed to a sampler, and proposals of TPE that equal Optuna's."""

from random import Random
from typing import Any

import optuna
import pytest
from optuna.samplers import RandomSampler, TPESampler
from optuna.trial import TrialState, create_trial

from search.candidates.candidate import Budget, Candidate, Task
from search.loop.samplers import (
    BEST,
    NAMES,
    RECENT,
    STARTUP,
    SamplerName,
    SamplerView,
    ShownTrials,
    _rank,
    sampler,
)
from search.seeds import derive
from search.study.user_files import load_space
from tests.support import tiny

TASK = Task((1, 28, 28), 10, Budget(parameters=500, epochs=2))
STATES = (TrialState.COMPLETE, TrialState.PRUNED, TrialState.FAIL, TrialState.RUNNING)


def propose(
    study: optuna.Study, name: SamplerName, seed: int, order: int, taught: int
) -> tuple[optuna.Trial, Candidate]:
    """Propose as a run does, with a new sampler for every proposal."""
    study.sampler = sampler(name, seed, order, taught)
    trial = study.ask()
    return trial, load_space(tiny.SPACE).sample(trial, TASK)


def known(trained: int, over: int = 0) -> optuna.Study:
    """A study with random trials; wider networks have higher scores."""
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
def test_a_proposal_depends_on_seed_and_order(name: SamplerName, taught: int) -> None:
    """The same study, seed and order give the same proposal; another seed or order another."""
    first, again, *others = (
        propose(known(taught), name, seed, order, taught)[0].params
        for seed, order in ((0, 5), (0, 5), (1, 5), (0, 6))
    )
    assert first == again
    sure = name == "gp" and taught  # it proposes close to the best with every seed
    assert sure or first not in others


def test_over_budget_proposals_do_not_count_as_start_up() -> None:
    """TPE proposes only after enough scored candidates; until then proposals are random."""
    before, after = (sampler("tpe", 0, 50, taught) for taught in (STARTUP - 1, STARTUP))
    assert isinstance(before, optuna.samplers.RandomSampler)
    assert isinstance(after, optuna.samplers.TPESampler)


def test_tpe_learns_to_keep_the_budget() -> None:
    """After ten trained candidates, most proposals of TPE are accepted, but few random ones."""
    study = known(0)
    admitted: list[bool] = []
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
    """The same with published networks, which have the best scores and no choices."""
    for value in (50.0, 60.0):
        study.add_trial(create_trial(state=TrialState.COMPLETE, value=value))
    study.add_trial(create_trial(state=TrialState.RUNNING, user_attrs={"baseline": "one"}))
    return study


@pytest.mark.parametrize("name", ["tpe", "gp", "cmaes"])
def test_published_networks_are_hidden_from_samplers(name: SamplerName) -> None:
    """Trials without choices are hidden, so the joint proposals are the same.

    Otherwise the trials would have no choice in common, and each would be sampled independently.
    """
    joint = {}
    for key, study in {"plain": known(12), "published": with_published(known(12))}.items():
        of_study = SamplerView(study.study_name, study._storage, sampler(name, 0, 12, 12))
        joint[key] = set(of_study.ask().relative_params)
    assert joint["published"] == joint["plain"]
    assert len(joint["plain"]) >= 4
    blind = with_published(known(12))
    blind.sampler = sampler(name, 0, 12, 12)
    assert blind.ask().relative_params == {}


def test_published_networks_are_no_parents() -> None:
    """NSGA-II works over two generations with networks without choices."""
    study = with_published(known(0))
    for order in range(120):
        of_study = SamplerView(study.study_name, study._storage, sampler("nsga2", 0, order, order))
        trial = of_study.ask()
        load_space(tiny.SPACE).sample(trial, TASK)
        study.tell(trial, float(order))
    assert trial.relative_params


def drawn(count: int, seed: int = 0) -> optuna.Study:
    """A study of trials in all states with random choices and accuracies."""
    random, aside = Random(seed), optuna.create_study(sampler=RandomSampler(seed=seed))
    study = optuna.create_study(direction="maximize")
    for _ in range(count):
        trial = aside.ask()
        load_space(tiny.SPACE).sample(trial, TASK)
        state = random.choices(STATES, (6, 3, 1, 0.2))[0]
        curve = {step: random.random() for step in range(1, random.randint(1, 5))}
        study.add_trial(
            create_trial(
                state=state,
                value=round(random.random(), 2) if state is TrialState.COMPLETE else None,
                params=trial.params,
                distributions=trial.distributions,
                intermediate_values=curve if random.random() < 0.7 else {},
            )
        )
    return study


def seen(study: optuna.Study, order: int) -> SamplerView:
    """The trials that a new sampler gets."""
    return SamplerView(study.study_name, study._storage, sampler("tpe", 0, order, STARTUP))


def proposed(view: optuna.Study) -> dict[str, Any]:
    """The joint choices of the next proposal, which is not recorded."""
    trial = view.ask()
    choices = trial.relative_params
    view.tell(trial, state=TrialState.FAIL)
    return choices


@pytest.mark.parametrize("count", [12, 60, BEST + RECENT])
def test_proposals_of_a_short_study_equal_optunas(count: int) -> None:
    """The joint choices equal those of Optuna's TPE with the same seed."""
    study = drawn(count)
    for order in range(5):
        own = TPESampler(n_startup_trials=0, seed=derive(0, "proposal", order) % 2**32)
        other = optuna.Study(study.study_name, study._storage, own)
        ours = proposed(seen(study, order))
        assert ours == proposed(other)
        assert len(ours) >= 4


def test_good_trials_of_tpe_are_always_shown() -> None:
    """The good trials of a long study are those that TPE would find among all trials."""
    study = drawn(3 * (BEST + RECENT))
    trials = [t for t in study.trials if t.state in STATES[:2]]
    good, _ = optuna.samplers._tpe.sampler._split_trials(study, trials, BEST)
    shown = seen(study, 0)._get_trials(states=STATES[:2])
    again, _ = optuna.samplers._tpe.sampler._split_trials(study, shown, BEST)
    assert [t.number for t in again] == [t.number for t in good]
    assert [t.number for t in sorted(trials, key=_rank)[:BEST]] == [
        t.number for t in sorted(good, key=_rank)
    ]


def test_with_few_scores_stopped_trials_are_good() -> None:
    """TPE ranks stopped trials by epochs and accuracy; the best of them are passed too."""
    study = drawn(20)
    for trial in drawn(3 * (BEST + RECENT), seed=1).trials:
        if trial.state is TrialState.PRUNED:
            study.add_trial(trial)
    trials = [t for t in study.trials if t.state in STATES[:2]]
    split = optuna.samplers._tpe.sampler._split_trials
    shown = seen(study, 0)._get_trials(states=STATES[:2])
    assert [t.number for t in split(study, shown, BEST)[0]] == [
        t.number for t in split(study, trials, BEST)[0]
    ]


def test_a_view_is_bounded() -> None:
    """It has the best, the latest of the others and all running trials, by number."""
    trials = drawn(3 * (BEST + RECENT)).trials
    view = ShownTrials().view(trials)
    running = [t.number for t in trials if t.state is TrialState.RUNNING]
    numbers = [trial.number for trial in view]
    assert numbers == sorted(numbers)
    assert set(running) <= set(numbers)
    assert len(numbers) == BEST + RECENT + len(running)
    latest = [t.number for t in trials if t.state in STATES[:2]][-RECENT:]
    assert set(latest) <= set(numbers)


def test_a_view_is_a_function_of_the_trials() -> None:
    """Reading trials one by one or all at once, as in a resume, gives the same view."""
    trials = drawn(2 * (BEST + RECENT)).trials
    followed = ShownTrials()
    for count in range(0, len(trials), 7):
        followed.view(trials[:count])
    resumed = ShownTrials()
    assert followed.view(trials) == resumed.view(trials)
    assert followed.choices == resumed.choices


def test_an_ended_trial_is_learned_from() -> None:
    """A trial that was running when first read can become one of the best."""
    study = drawn(40)
    memory, trial = ShownTrials(), study.ask()
    load_space(tiny.SPACE).sample(trial, TASK)
    memory.view(study.trials)
    study.tell(trial, 2.0)
    memory.view(study.trials)
    assert memory._best[0][1].number == trial.number


def test_choices_are_those_that_all_trials_share() -> None:
    """They have the same range in all trials, also old ones, so a resumed study agrees."""
    study = drawn(5)
    wider = study.trials[0].distributions
    name = sorted(wider)[0]
    params = {key: value for key, value in study.trials[0].params.items() if key != name}
    others = {key: choice for key, choice in wider.items() if key != name}
    study.add_trial(create_trial(value=0.5, params=params, distributions=others))
    for trial in drawn(BEST + RECENT + 20, seed=3).trials:
        study.add_trial(trial)
    assert list(seen(study, 0).choices) == sorted(others)


def test_other_samplers_get_every_trial() -> None:
    """Samplers with generations need all trials of the study."""
    study = drawn(BEST + RECENT + 50)
    view = SamplerView(study.study_name, study._storage, sampler("nsga2", 0, 0, 50))
    assert len(view._get_trials()) == BEST + RECENT + 50
    assert view._get_trials(deepcopy=True)[0] is not view._get_trials()[0]
