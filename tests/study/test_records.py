"""The records of a study, kept up to date as trials start and end."""

from collections.abc import Sequence
from random import Random
from typing import Any

import optuna
import pytest
from optuna.trial import TrialState

from search.candidates.architecture import Architecture
from search.candidates.blocks import Block
from search.candidates.candidate import Candidate
from search.candidates.recipe import Recipe
from search.study.records import (
    COLUMNS,
    COUNTED,
    Record,
    TrialRecords,
    candidate_attributes,
    ranked,
    read_trial,
    trials_frame,
)
from tests.support.nested_architectures import EACH_BLOCK, with_block

CANDIDATE = Candidate(Architecture((1, 28, 28), 10, (Block(4),)), Recipe(epochs=3))
CANDIDATES = [
    Candidate(Architecture((1, 28, 28), 10, (Block(width),)), Recipe(epochs=3))
    for width in range(2, 9)
]


@pytest.fixture
def study() -> optuna.Study:
    """An empty study in memory."""
    return optuna.create_study(direction="maximize")


def ended(
    study: optuna.Study,
    outcome: str,
    state: TrialState,
    value: float | None = None,
    curve: Sequence[float] = (),
    **attributes: Any,
) -> Record:
    """The record of a trial that ended with this outcome."""
    trial = study.ask()
    for name, attribute in {
        **candidate_attributes(CANDIDATE),
        **attributes,
        "outcome": outcome,
    }.items():
        trial.set_user_attr(name, attribute)
    for epoch, accuracy in enumerate(curve, start=1):
        trial.report(accuracy, epoch)
    study.tell(trial, value, state=state)
    return read_trial(study.trials[-1])


def test_a_trained_trial_reads_back(study: optuna.Study) -> None:
    """Candidate, score and curve are read as they were written."""
    record = ended(study, "trained", TrialState.COMPLETE, 0.5, (0.5, 0.6), seconds=2.5, origin=7)
    assert (record.outcome, record.consistency, record.candidate) == ("trained", 0.5, CANDIDATE)
    assert (record.validation_accuracy, record.epochs) == ((0.5, 0.6), 2)
    assert (record.seconds, record.origin, record.label) == (2.5, 7, CANDIDATE.label)


def test_only_a_candidate_trained_to_the_end_has_a_score(study: optuna.Study) -> None:
    """A stopped candidate keeps its curve but has no consistency."""
    record = ended(study, "stopped early", TrialState.PRUNED, curve=(0.5, 0.6))
    assert (record.consistency, record.validation_accuracy) == (None, (0.5, 0.6))


def test_unfinished_trials_are_waiting_or_running(study: optuna.Study) -> None:
    """The outcomes waiting and running follow from the state."""
    study.enqueue_trial({"width": 4})
    assert read_trial(study.trials[0]).outcome == "waiting"
    study.ask()
    assert read_trial(study.trials[0]).outcome == "running"


def test_a_trial_of_another_program_is_read(study: optuna.Study) -> None:
    """A trial without our attributes has a number and an outcome."""
    study.tell(study.ask(), 0.5)
    study.tell(study.ask(), state=TrialState.FAIL)
    records = [read_trial(trial) for trial in study.trials]
    assert [record.outcome for record in records] == ["trained", "interrupted"]
    assert [record.candidate for record in records] == [None, None]


def test_the_best_come_first(study: optuna.Study) -> None:
    """Candidates trained to the end are ranked by consistency, then fewer parameters, then age."""
    for value in (0.5, 0.7, 0.7):
        ended(study, "trained", TrialState.COMPLETE, value)
    ended(study, "trained", TrialState.COMPLETE, 0.7, parameters=1)
    ended(study, "stopped early", TrialState.PRUNED, curve=(0.9,))
    records = [read_trial(trial) for trial in study.trials]
    assert [record.number for record in ranked(records)] == [3, 1, 2, 0]


def test_the_table_has_a_row_per_trial(study: optuna.Study) -> None:
    """The table also has a column per choice of recipe and head, nested ones by their path."""
    ended(study, "trained", TrialState.COMPLETE, 0.5, (0.5, 0.6), versions={"torch": "2.11"})
    study.ask()
    table = trials_frame([read_trial(trial) for trial in study.trials])
    assert list(table["outcome"]) == ["trained", "running"]
    assert table["recipe.schedule.kind"][0] == "onecycle"
    assert table["head.kind"][0] == "pool-conv"
    assert table["versions"][0] == "torch 2.11"


def test_the_table_has_the_blocks_of_the_head() -> None:
    """Blocks of the head are in one column, by their labels."""
    architectures = [with_block(), EACH_BLOCK["head"]]
    records = [
        Record(number, "trained", Candidate(architecture, Recipe()))
        for number, architecture in enumerate(architectures)
    ]
    assert list(trials_frame(records)["head.blocks"]) == ["", "(8k1 se3)+"]


def test_the_table_of_no_trials_has_its_columns() -> None:
    """An empty table has the columns that code reads."""
    assert list(trials_frame([]).columns) == COLUMNS


def test_another_goal_keeps_the_consistency_beside_the_value(study: optuna.Study) -> None:
    """With a target, the trial's value is for the sampler and the record has the score."""
    record = ended(study, "trained", TrialState.COMPLETE, -0.2, (0.5,), consistency=0.5)
    assert record.consistency == 0.5


def test_a_repeat_is_not_a_candidate(study: optuna.Study) -> None:
    """A repeat is neither counted nor ranked; its candidate is both, by its first run."""
    ended(study, "trained", TrialState.COMPLETE, 0.5)
    repeat = ended(study, "trained", TrialState.COMPLETE, 0.7, repeat_of=0, repeat=2)
    records = [read_trial(trial) for trial in study.trials]
    assert (repeat.repeat_of, repeat.repeat) == (0, 2)
    assert [record.counts for record in records] == [True, False]
    assert [record.number for record in ranked(records)] == [0]
    assert list(trials_frame(records)["repeat"]) == [1, 2]


@pytest.mark.parametrize(
    "attributes, overtaken, process_gone",
    [
        ({}, False, False),
        ({"overtaken": True}, True, False),
        ({"process_gone": True}, False, True),
        ({"reason": "not smaller than the 705 of trial 7, which holds 95.00 %"}, True, False),
        ({"reason": "its process is gone"}, False, True),
        ({"reason": "2,754 parameters, 1,554 over the 1,200 allowed"}, False, False),
        ({"reason": "not smaller than any", "overtaken": False}, False, False),
        ({"reason": "its process is gone", "process_gone": False}, False, False),
    ],
)
def test_the_reason_is_for_display_only(
    study: optuna.Study, attributes: dict[str, Any], overtaken: bool, process_gone: bool
) -> None:
    """Attributes decide, not reasons; only for version 0.1, without attributes, reasons do."""
    record = ended(study, "stopped early", TrialState.PRUNED, **attributes)
    assert (record.overtaken, record.process_gone) == (overtaken, process_gone)


def begin(study: optuna.Study, candidate: Candidate) -> optuna.Trial:
    """Start a trial of a candidate."""
    trial = study.ask()
    for name, value in candidate_attributes(candidate).items():
        trial.set_user_attr(name, value)
    return trial


def end(study: optuna.Study, trial: optuna.Trial, outcome: str, value: float | None = None) -> None:
    """End the trial with this outcome."""
    trial.set_user_attr("outcome", outcome)
    state = TrialState.COMPLETE if outcome == "trained" else TrialState.PRUNED
    study.tell(trial, value, state=state)


def twin_of(study: optuna.Study, candidate: Candidate, number: int) -> int | None:
    """The first other trial of the candidate, found by checking every trial."""
    records = [read_trial(trial) for trial in study.trials]
    held = (r for r in records if r.outcome in COUNTED | {"running"} and r.candidate == candidate)
    return next((record.number for record in held if record.number != number), None)


def test_it_agrees_with_reading_everything_again(study: optuna.Study) -> None:
    """After each of many random steps, records, ranking and twins equal a full read."""
    random, register = Random(0), TrialRecords(study)
    running: list[optuna.Trial] = []
    for step in range(60):
        if running and random.random() < 0.5:
            trial = running.pop(random.randrange(len(running)))
            outcome = random.choice(["trained", "stopped early", "over budget", "interrupted"])
            end(study, trial, outcome, random.random() if outcome == "trained" else None)
        else:
            running.append(begin(study, random.choice(CANDIDATES)))
        register.refresh()
        records = [read_trial(trial) for trial in study.trials]
        assert register.records == records
        assert register.ranked == ranked(records)
        candidate, number = random.choice(CANDIDATES), random.choice([*register.open, step + 1])
        assert register.twin(candidate, number) == twin_of(study, candidate, number)


def test_ended_trials_are_read_once(study: optuna.Study) -> None:
    """The record of an ended trial is the same object again; a running one is read again."""
    register = TrialRecords(study)
    end(study, begin(study, CANDIDATES[0]), "trained", 0.5)
    running = begin(study, CANDIDATES[1])
    register.refresh()
    first = register.records
    running.report(0.5, 1)
    register.refresh()
    assert register.records[0] is first[0]
    assert register.records[1].validation_accuracy == (0.5,)


def test_running_trials_are_updated_without_the_storage(study: optuna.Study) -> None:
    """Only a new trial is read from the storage; its later epochs are passed in."""
    register = TrialRecords(study)
    trial = begin(study, CANDIDATES[0])
    assert register.with_curve(trial.number, [0.5])[0].candidate == CANDIDATES[0]
    (record,) = register.with_curve(trial.number, [0.5, 0.6])
    assert record.validation_accuracy == (0.5, 0.6)
    assert register.open == [0]


def test_lists_are_copies(study: optuna.Study) -> None:
    """Changes to a returned list do not affect the records."""
    register = TrialRecords(study)
    end(study, begin(study, CANDIDATES[0]), "trained", 0.5)
    register.refresh()
    register.records.clear()
    register.ranked.clear()
    assert len(register.records) == len(register.ranked) == 1
