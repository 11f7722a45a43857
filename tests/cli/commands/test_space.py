"""The preview of a space on the terminal."""

from search import Budget
from search.candidates.space_preview import preview_space
from search.cli.commands.space import space_preview_tables
from tests.support import simulated_run as simulated
from tests.support.terminal import text


def preview(samples: int, parameters: int) -> str:
    """The preview of this many equal candidates with a parameter budget."""
    candidates = [simulated.CANDIDATE] * samples
    return text(space_preview_tables(preview_space(candidates, Budget(parameters=parameters))))


def test_a_preview_of_a_space() -> None:
    """It shows the accepted share, exceeded limits, and example candidates with their recipe."""
    accepted = preview(4, 6_000)
    assert "4 of 4 samples (100.0 %)" in accepted
    assert "conv 3x3, 1 to 12, bias; batch norm; ReLU -> 12x26x26" in accepted
    assert "EMA, decay 0.998 per step" in accepted
    over = preview(1, 5_000)
    assert "0 of 1 sample (0.0 %)" in over
    assert "1 by parameters" in over
