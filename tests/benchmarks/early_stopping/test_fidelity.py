"""The early-stopping benchmark reproduces its committed results from the recorded curves."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from benchmarks.early_stopping.fidelity import main
from benchmarks.early_stopping.stopping_rules import DEFAULT
from benchmarks.environment import RESULTS

# figures that do not depend on random orders
EXACT = ("recorded", "recorded, later", "recorded lost", "recorded 5 lost")


@pytest.mark.slow
def test_the_committed_results_are_reproduced(tmp_path: Path) -> None:
    """All figures without random orders are equal; the default rule may have changed since."""
    out = tmp_path / "fidelity.json"
    few = ["--orders=4", "--pools=5", f"--out={out}"]
    result = CliRunner().invoke(main, few, catch_exceptions=False)
    assert result.exit_code == 0
    results = json.loads(out.read_text())
    committed = json.loads((RESULTS / "fidelity-cpu-202611.json").read_text())
    for table in ("noise", "telling"):
        assert results[table] == [pytest.approx(row, nan_ok=True) for row in committed[table]]
    for row, expected in zip(results["rules"], committed["rules"], strict=True):
        assert row["rule"] == expected["rule"]
        if row["rule"] != DEFAULT:
            assert [row[name] for name in EXACT] == pytest.approx([expected[n] for n in EXACT])
