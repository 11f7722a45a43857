"""What is expected of a run before it has measured anything."""

from dataclasses import replace

import pytest

from search.candidates.candidate import Budget
from search.loop.outlook import EXPECTED, EXPECTED_OF_SMALLEST, outlook, typical_macs
from search.loop.pruning import KEPT
from search.loop.time_left import Outlook
from search.study.user_files import load_objective, load_space
from tests.support import drawn_searches as drawn
from tests.support import tiny

FILES = load_space(tiny.SPACE), load_objective(tiny.OBJECTIVE)
SETUP = replace(drawn.setup_of(*FILES), minimise=None, target=None)


def test_candidates_are_as_large_as_the_space_makes_them():
    """The mean of those that keep the budget; the same whenever it is asked."""
    macs = typical_macs(FILES[0], SETUP)
    assert macs == typical_macs(FILES[0], SETUP)
    assert macs > 0
    assert typical_macs(FILES[0], replace(SETUP, budget=Budget(200))) < macs
    assert typical_macs(FILES[0], replace(SETUP, budget=Budget(20))) is None


def test_a_space_that_raises_is_not_told_of_here(tmp_path):
    """The run itself will meet it, and say where."""
    path = tmp_path / "space.py"
    path.write_text("def sample(trial, task):\n    raise ValueError(trial.number)\n")
    assert typical_macs(load_space(path), SETUP) is None


@pytest.mark.parametrize("trained, full", [(0, KEPT), (KEPT - 1, 1), (40, 0)])
def test_the_first_run_in_full(trained, full):
    """As many as others are compared with, less those that the study has."""
    found = outlook(FILES[0], SETUP, trained, prune=True)
    assert (found.expected, found.full) == (EXPECTED, full)


def test_what_is_not_stopped_runs_in_full():
    """Without stopping early there is nothing to expect; each goal has its own share."""
    space = FILES[0]
    assert outlook(space, SETUP, 0, prune=False) == Outlook(macs=typical_macs(space, SETUP))
    smallest = replace(SETUP, minimise="parameters", target=0.95)
    assert outlook(space, smallest, 0, prune=True).expected == EXPECTED_OF_SMALLEST
