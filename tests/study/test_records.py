from collections.abc import Iterator

import optuna
import pytest
from optuna.trial import TrialState

from search.candidates.architecture import Architecture, Block
from search.candidates.candidate import Candidate
from search.candidates.recipe import Recipe
from search.study.records import COLUMNS, describe, frame, ranked, read

CANDIDATE = Candidate(Architecture((1, 28, 28), 10, (Block(4),)), Recipe(epochs=3))


@pytest.fixture
def study() -> optuna.Study:
    """An empty study in memory."""
    return optuna.create_study(direction="maximize")


def told(study, outcome, state, value=None, curve: Iterator[float] = (), **attributes):
    """The record of a trial that ended so."""
    trial = study.ask()
    for name, given in {**describe(CANDIDATE), **attributes, "outcome": outcome}.items():
        trial.set_user_attr(name, given)
    for epoch, accuracy in enumerate(curve, start=1):
        trial.report(accuracy, epoch)
    study.tell(trial, value, state=state)
    return read(study.trials[-1])


def test_a_trained_trial_reads_back(study):
    """Candidate, score and curve as they were written."""
    record = told(study, "trained", TrialState.COMPLETE, 0.5, (0.5, 0.6), seconds=2.5, origin=7)
    assert (record.outcome, record.consistency, record.candidate) == ("trained", 0.5, CANDIDATE)
    assert (record.validation_accuracy, record.epochs) == ((0.5, 0.6), 2)
    assert (record.seconds, record.origin, record.label) == (2.5, 7, CANDIDATE.label)


def test_only_a_candidate_trained_to_the_end_has_a_score(study):
    """One that was stopped keeps its curve; its last accuracy is no consistency."""
    record = told(study, "stopped early", TrialState.PRUNED, curve=(0.5, 0.6))
    assert (record.consistency, record.validation_accuracy) == (None, (0.5, 0.6))


def test_trials_that_have_not_ended_say_so(study):
    """Waiting and running are read off the state."""
    study.enqueue_trial({"width": 4})
    assert read(study.trials[0]).outcome == "waiting"
    study.ask()
    assert read(study.trials[0]).outcome == "running"


def test_a_trial_of_another_program_reads_too(study):
    """Without our attributes there is a number and an outcome."""
    study.tell(study.ask(), 0.5)
    study.tell(study.ask(), state=TrialState.FAIL)
    records = [read(trial) for trial in study.trials]
    assert [record.outcome for record in records] == ["trained", "interrupted"]
    assert [record.candidate for record in records] == [None, None]


def test_the_best_come_first(study):
    """By consistency, then fewer parameters, then older; only those trained to the end."""
    for value in (0.5, 0.7, 0.7):
        told(study, "trained", TrialState.COMPLETE, value)
    told(study, "trained", TrialState.COMPLETE, 0.7, parameters=1)
    told(study, "stopped early", TrialState.PRUNED, curve=(0.9,))
    records = [read(trial) for trial in study.trials]
    assert [record.number for record in ranked(records)] == [3, 1, 2, 0]


def test_the_table_has_a_row_per_trial(study):
    """And a column per choice of recipe and head, nested ones by their path."""
    told(study, "trained", TrialState.COMPLETE, 0.5, (0.5, 0.6), versions={"torch": "2.11"})
    study.ask()
    table = frame([read(trial) for trial in study.trials])
    assert list(table["outcome"]) == ["trained", "running"]
    assert table["recipe.schedule.kind"][0] == "onecycle"
    assert table["head.kind"][0] == "pool-conv"
    assert table["versions"][0] == "torch 2.11"


def test_the_table_of_no_trials_has_its_columns():
    """So that code that reads them runs."""
    assert list(frame([]).columns) == COLUMNS


def test_another_goal_keeps_the_consistency_beside_the_value(study):
    """What the sampler was told is the trial's value; the record has the score."""
    record = told(study, "trained", TrialState.COMPLETE, -0.2, (0.5,), consistency=0.5)
    assert record.consistency == 0.5


def test_a_repeat_is_no_candidate_of_its_own(study):
    """It does not count, and stands in no ranking; what it repeats does both."""
    told(study, "trained", TrialState.COMPLETE, 0.5)
    repeat = told(study, "trained", TrialState.COMPLETE, 0.7, repeat_of=0, repeat=2)
    records = [read(trial) for trial in study.trials]
    assert (repeat.repeat_of, repeat.repeat) == (0, 2)
    assert [record.counts for record in records] == [True, False]
    assert [record.number for record in ranked(records)] == [0]
    assert list(frame(records)["repeat"]) == [1, 2]
