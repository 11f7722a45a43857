"""Repeats and the repeat file, which survives killed processes."""

from dataclasses import replace
from pathlib import Path

import pytest

from search.errors import FrugalError
from search.evaluation.repeats import RepeatFile
from tests.support.example_repeat import REPEAT


def test_repeats_are_read_back(tmp_path: Path) -> None:
    """All repeats are in the order of their end, those of a key and split ordered by number."""
    repeat_file = RepeatFile(tmp_path / "studies" / "repeats.jsonl")
    assert repeat_file.read() == ()
    second, tested = replace(REPEAT, number=1), replace(REPEAT, split="test")
    for repeat in (second, REPEAT, tested, replace(REPEAT, key="trial 8")):
        repeat_file.add(repeat)
    assert repeat_file.read()[:2] == (second, REPEAT)
    assert repeat_file.of("trial 7", "validation") == (REPEAT, second)
    assert repeat_file.of("trial 7", "test") == (tested,)


@pytest.mark.parametrize("left", [1, 40])
def test_a_partial_line_is_removed(tmp_path: Path, left: int) -> None:
    """A partial line of a killed process is ignored and does not damage the next repeat."""
    repeat_file = RepeatFile(tmp_path / "repeats.jsonl")
    repeat_file.add(REPEAT)
    repeat_file.add(replace(REPEAT, number=1))
    repeat_file.path.write_bytes(repeat_file.path.read_bytes()[:-left])
    assert repeat_file.read() == (REPEAT,)
    repeat_file.add(replace(REPEAT, number=2))
    assert [repeat.number for repeat in repeat_file.read()] == [0, 2]


def test_a_repeat_file_that_cannot_be_written(tmp_path: Path) -> None:
    """The error says how to resume."""
    (tmp_path / "file").touch()
    with pytest.raises(FrugalError, match=r"cannot write .*the same command again to resume"):
        RepeatFile(tmp_path / "file" / "repeats.jsonl").add(REPEAT)


def test_a_failed_repeat_has_no_score() -> None:
    """A failed repeat has no score, even if its first epochs were good."""
    assert REPEAT.consistency(min) == 0.9
    assert replace(REPEAT, failure="the loss became nan").consistency(min) is None
