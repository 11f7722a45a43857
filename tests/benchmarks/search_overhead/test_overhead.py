"""The benchmark of seconds outside training measures every part of the real loop."""

import pytest

from benchmarks.search_overhead import overhead


def test_every_part_of_the_loop_is_timed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Proposing, reporting, deciding and closing take time in every measured trial."""
    monkeypatch.setattr(overhead, "MEASURED", 4)
    monkeypatch.setattr(overhead, "UNDER_WAY", 2)
    row = overhead.measure(24)
    assert (row["trials"], row["n"]) == (24, 4)
    assert row["recorded"] >= 24
    wall = row["wall_seconds_per_trial"]
    for part in ("propose", "report", "verdict", "close", "all"):
        assert wall[part]["median"] > 0, part
    parts = sum(wall[part]["mean"] for part in overhead.PHASES)
    assert abs(parts - wall["all"]["mean"]) < 1e-3
