"""The records of a study, kept up while its trials come and go."""

from random import Random

import optuna
import pytest
from optuna.trial import TrialState

from search.candidates.architecture import Architecture, Block
from search.candidates.candidate import Candidate
from search.candidates.recipe import Recipe
from search.study.records import COUNTED, describe, ranked, read
from search.study.register import Register

CANDIDATES = [
    Candidate(Architecture((1, 28, 28), 10, (Block(width),)), Recipe(epochs=3))
    for width in range(2, 9)
]


@pytest.fixture
def study() -> optuna.Study:
    """An empty study in memory."""
    return optuna.create_study(direction="maximize")


def begin(study, candidate):
    """A running trial of a candidate."""
    trial = study.ask()
    for name, value in describe(candidate).items():
        trial.set_user_attr(name, value)
    return trial


def end(study, trial, outcome, value=None):
    """It ends so."""
    trial.set_user_attr("outcome", outcome)
    state = TrialState.COMPLETE if outcome == "trained" else TrialState.PRUNED
    study.tell(trial, value, state=state)


def twin_of(study, candidate, number):
    """The first other trial of the candidate, by looking at every trial."""
    records = [read(trial) for trial in study.trials]
    held = (r for r in records if r.outcome in COUNTED | {"running"} and r.candidate == candidate)
    return next((record.number for record in held if record.number != number), None)


def test_it_agrees_with_reading_everything_again(study):
    """After every step of a random course: records, ranking and twins."""
    random, register, running = Random(0), Register(study), []
    for step in range(60):
        if running and random.random() < 0.5:
            trial = running.pop(random.randrange(len(running)))
            outcome = random.choice(["trained", "stopped early", "over budget", "interrupted"])
            end(study, trial, outcome, random.random() if outcome == "trained" else None)
        else:
            running.append(begin(study, random.choice(CANDIDATES)))
        register.look()
        records = [read(trial) for trial in study.trials]
        assert register.records == records
        assert register.ranked == ranked(records)
        candidate, number = random.choice(CANDIDATES), random.choice([*register.open, step + 1])
        assert register.twin(candidate, number) == twin_of(study, candidate, number)


def test_what_has_ended_is_read_once(study):
    """The same object again; what runs is read again."""
    register = Register(study)
    end(study, begin(study, CANDIDATES[0]), "trained", 0.5)
    running = begin(study, CANDIDATES[1])
    register.look()
    first = register.records
    running.report(0.5, 1)
    register.look()
    assert register.records[0] is first[0]
    assert register.records[1].validation_accuracy == (0.5,)


def test_what_goes_on_is_known_without_the_storage(study):
    """A trial that has just begun is looked up, its later epochs are told."""
    register = Register(study)
    trial = begin(study, CANDIDATES[0])
    assert register.go_on(trial.number, [0.5])[0].candidate == CANDIDATES[0]
    (record,) = register.go_on(trial.number, [0.5, 0.6])
    assert record.validation_accuracy == (0.5, 0.6)
    assert register.open == [0]


def test_a_list_is_the_readers_own(study):
    """What a caller does to it changes nothing here."""
    register = Register(study)
    end(study, begin(study, CANDIDATES[0]), "trained", 0.5)
    register.look()
    register.records.clear()
    register.ranked.clear()
    assert len(register.records) == len(register.ranked) == 1
