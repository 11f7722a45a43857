"""Candidates that no sampler proposes: published networks, also after a kill."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from search.candidates.baselines import baselines_within
from search.candidates.candidate import Budget
from search.loop.admission import (
    baselines_to_start_with,
    interrupted_candidates,
    next_baseline,
    next_origin,
    next_repeat,
)
from search.loop.events import Advanced, Started
from search.loop.run import Run
from search.study.records import Record
from search.study.smallest import frontier
from search.study.study import Study
from search.study.user_files import load_objective, load_space
from tests.support import drawn_searches as drawn
from tests.support import tiny

ROOMY = """
from search import Budget

BUDGET = Budget(parameters=9_000, epochs=16)
WINDOW = 2

def consistency(accuracies):
    return min(accuracies[-WINDOW:])
"""
PUBLISHED = baselines_within(Budget(9_000, 16))
SETUP = drawn.setup_of(load_space(tiny.SPACE), load_objective(tiny.OBJECTIVE))
GIVEN: dict[str, Any] = {"minimise": None, "target": None}  # a study for the highest consistency


@pytest.fixture
def roomy(tmp_path: Path) -> Path:
    """An objective with a budget that published networks meet."""
    (tmp_path / "roomy.py").write_text(ROOMY)
    return tmp_path / "roomy.py"


def started(study: Study) -> list[str]:
    """The published networks that were trained, in order."""
    return [record.baseline for record in study.records() if record.baseline and record.counts]


def test_some_published_networks_are_within_the_budget() -> None:
    """The tests below rely on this."""
    assert len(PUBLISHED) > 2


def test_published_networks_are_trained_first_unchanged(tmp_path: Path, roomy: Path) -> None:
    """Architecture and recipe are unchanged; label and record contain the name."""
    wanted = len(PUBLISHED) + 2
    study = drawn.search(tmp_path, wanted, published=PUBLISHED, objective=roomy, **GIVEN)
    first = study.records()[: len(PUBLISHED)]
    for record, baseline in zip(first, PUBLISHED, strict=True):
        assert record.candidate == baseline.candidate
        assert record.baseline == baseline.name
        assert record.label.startswith(f"{baseline.name} as published: ")
        assert record.counts
    assert sum(record.counts for record in study.records()) == wanted
    assert {record.number for record in study.ranking()} >= {r.number for r in first if r.epochs}


def test_no_published_network_is_trained_twice(tmp_path: Path, roomy: Path) -> None:
    """A resumed run trains those not started yet and resumes an interrupted one."""

    def stop(event: Any, run: Run) -> None:
        run.stop = run.stop or (isinstance(event, Advanced) and event.number == 1)

    options: dict[str, Any] = {"objective": roomy, "prune": False, **GIVEN}
    study = drawn.search(tmp_path, 5, published=PUBLISHED, show=stop, **options)
    assert started(study) == [PUBLISHED[0].name]
    drawn.search(tmp_path, 5, **options)  # without the option, started networks are finished too
    assert started(study) == [PUBLISHED[0].name, PUBLISHED[1].name]
    stopped, again = (r for r in study.records() if r.baseline == PUBLISHED[1].name)
    assert (stopped.outcome, again.outcome) == ("interrupted", "trained")
    assert stopped.origin == again.origin
    assert again.validation_accuracy[: stopped.epochs] == stopped.validation_accuracy
    drawn.search(tmp_path, len(PUBLISHED) + 3, published=PUBLISHED, **options)
    assert sorted(started(study)) == sorted(baseline.name for baseline in PUBLISHED)


def test_a_published_network_can_be_the_answer(tmp_path: Path, roomy: Path) -> None:
    """Repeats train the published candidate too, although it is in no space."""
    started = []

    def note(event: Any, _: Run) -> None:
        if isinstance(event, Started):
            started.append((event.baseline, event.repeat))

    options: dict[str, Any] = {
        "published": PUBLISHED[:1],
        "objective": roomy,
        "show": note,
        "target": 0.9,
    }
    study = drawn.search(tmp_path, 1, **options)
    name = PUBLISHED[0].name
    assert started == [(name, 1), (name, 2), (name, 3)]
    answer = frontier(study.records(), 0.9).answer
    assert answer is not None
    assert {run.candidate for run in answer.runs} == {PUBLISHED[0].candidate}
    assert len({run.origin for run in answer.runs}) == 3


def test_a_killed_warm_start_has_the_same_result(tmp_path: Path, roomy: Path) -> None:
    """A kill at several lines of the journal changes no network, proposal or random draw."""
    options: dict[str, Any] = {"published": PUBLISHED[:3], "objective": roomy, **GIVEN}
    whole = drawn.search(tmp_path / "whole", 6, **options)
    lines = (whole.folder / "journal.log").read_bytes().splitlines(keepends=True)
    for part in (2, 4, 8):
        journal = tmp_path / str(part) / "tiny" / "journal.log"
        journal.parent.mkdir(parents=True)
        journal.write_bytes(b"".join(lines[: max(5, len(lines) // part)]))
        assert tiny.course(drawn.search(tmp_path / str(part), 6, **options)) == tiny.course(whole)


GP = pytest.param("gp", marks=pytest.mark.slow)


@pytest.mark.parametrize("name", ["tpe", GP, "cmaes", "nsga2"])
def test_every_sampler_works_after_a_warm_start(tmp_path: Path, roomy: Path, name: str) -> None:
    """After the start-up, model proposals have all choices of the space."""
    options: dict[str, Any] = {"objective": roomy, "sampler": name, "prune": False, **GIVEN}
    study = drawn.search(tmp_path, 14, published=PUBLISHED[:2], **options)
    for record, trial in zip(study.records(), study.optuna.trials, strict=True):
        assert bool(trial.params) is not bool(record.baseline)


def test_fitting_networks_are_listed() -> None:
    """The line lists the networks, or states why none fits: images or budget."""
    setup = replace(SETUP, budget=Budget())
    fit, line = baselines_to_start_with(setup)
    assert [baseline.name for baseline in fit] == [b.name for b in baselines_within(Budget())]
    assert line.startswith("warm start, published networks first: ")
    assert fit[0].name in line
    assert baselines_to_start_with(replace(setup, classes=26)) == (
        (),
        "warm start, published networks first: none is designed for images (1, 28, 28) "
        "and 26 classes",
    )
    assert baselines_to_start_with(replace(setup, budget=Budget(100))) == (
        (),
        "warm start, published networks first: none is within 100 parameters, 15 epochs",
    )


def test_lost_candidates_keep_their_random_draws() -> None:
    """The origin of a resumed candidate is its own, that of a new one the first unused."""
    records = [
        Record(0, "trained", PUBLISHED[0].candidate, consistency=0.99, origin=0),
        Record(1, "interrupted", PUBLISHED[0].candidate, origin=1, repeat_of=0, repeat=2),
        Record(2, "interrupted", PUBLISHED[1].candidate, origin=2, baseline="mine", label="mine"),
    ]
    assert next_origin(records) == 3
    assert [record.number for record in interrupted_candidates(records)] == [1, 2]
    again = next_repeat(records, 0.9, spare=False)
    assert again is not None
    assert (again.origin, again.attributes, again.choices_of) == (
        1,
        {"repeat_of": 0, "repeat": 2},
        0,
    )
    baseline = next_baseline(records, ())
    assert baseline is not None
    assert baseline.attributes == {"baseline": "mine", "label": "mine"}
    assert baseline.origin == 2
    assert next_baseline(records[:2], ()) is None
