"""Repeats as values and the shelf that keeps them through kills."""

from dataclasses import replace

import pytest

from search.errors import FrugalError
from search.evaluation.repeats import RepeatFile
from tests.support.example_repeat import REPEAT


def test_a_shelf_gives_back_what_was_added(tmp_path):
    """In the order in which they ended; by candidate and split in the order of their number."""
    repeat_file = RepeatFile(tmp_path / "studies" / "repeats.jsonl")
    assert repeat_file.read() == ()
    second, tested = replace(REPEAT, number=1), replace(REPEAT, split="test")
    for repeat in (second, REPEAT, tested, replace(REPEAT, key="trial 8")):
        repeat_file.add(repeat)
    assert repeat_file.read()[:2] == (second, REPEAT)
    assert repeat_file.of("trial 7", "validation") == (REPEAT, second)
    assert repeat_file.of("trial 7", "test") == (tested,)


@pytest.mark.parametrize("left", [1, 40])
def test_half_a_line_is_cut(tmp_path, left):
    """What a kill leaves of a line is no repeat, and spoils no later one."""
    repeat_file = RepeatFile(tmp_path / "repeats.jsonl")
    repeat_file.add(REPEAT)
    repeat_file.add(replace(REPEAT, number=1))
    repeat_file.path.write_bytes(repeat_file.path.read_bytes()[:-left])
    assert repeat_file.read() == (REPEAT,)
    repeat_file.add(replace(REPEAT, number=2))
    assert [repeat.number for repeat in repeat_file.read()] == [0, 2]


def test_a_shelf_that_cannot_be_written(tmp_path):
    """It says so in a line, and what to do."""
    (tmp_path / "file").touch()
    with pytest.raises(FrugalError, match=r"cannot write .*the same command goes on"):
        RepeatFile(tmp_path / "file" / "repeats.jsonl").add(REPEAT)


def test_a_repeat_that_failed_has_no_score():
    """However good its first epochs were."""
    assert REPEAT.consistency(min) == 0.9
    assert replace(REPEAT, failure="the loss became nan").consistency(min) is None
