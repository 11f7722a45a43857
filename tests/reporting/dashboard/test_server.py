"""The dashboard: notes and charts are published once, and a browser shows them."""

import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import optuna
import optuna_dashboard
import pytest
from optuna_dashboard._custom_plot_data import get_plotly_graph_objects

from search.errors import FrugalError
from search.reporting.dashboard import notes, publishing
from search.reporting.dashboard.publishing import publish
from search.reporting.dashboard.server import PORTS, serve
from search.study.records import candidate_attributes
from search.study.study import Study, create_or_resume, load
from tests.support.browser import needs_chromium, render
from tests.support.dashboard_server import served
from tests.support.example_report import SETUP, add_trial, candidate
from tests.support.interruptible import start_interruptible

TITLES = ("Parameters against consistency", "Validation accuracy per epoch", "Outcomes and epochs")
PATIENCE = 60.0  # seconds; on an idle machine each wait takes about one


@pytest.fixture
def study(tmp_path: Path) -> Study:
    """A study with two trained candidates, one stopped early, one failed, two over budget."""
    study = create_or_resume("small", tmp_path, SETUP)
    add_trial(study, 8, (0.9, 0.95, 0.97, 0.98, 0.991, 0.9921))
    add_trial(study, 9, (0.9, 0.95, 0.97, 0.98, 0.985, 0.984))
    add_trial(study, 7, (0.5, 0.6), "stopped early", "can reach 0.6 at most")
    add_trial(study, 6, (0.5,), "failed", "the loss became NaN")
    for width in (90, 95):
        add_trial(study, width, outcome="over budget", reason="2 parameters over")
    return study


def note(study: Study, number: int | None = None) -> str:
    """Return the note of a trial or of the study, as the dashboard reads it."""
    noted: optuna.Study | optuna.trial.Trial = study.optuna
    if number is not None:
        trial_id = study.storage.get_trial_id_from_study_id_trial_number(0, number)
        noted = optuna.trial.Trial(study.optuna, trial_id)
    text: str = optuna_dashboard.get_note(noted)
    return text


def test_a_trained_trial_has_a_note_with_result_layers_and_recipe(study: Study) -> None:
    """The note has score, window, n and caveat, then tables of layers and recipe."""
    publish(study)
    text = note(study, 0).replace(notes.GAP, "")
    assert (
        "**99.10 %**, lowest accuracy of the last 2 of 6 epochs on 10,000 validation images" in text
    )
    assert "trained on 500 of 50,000 training images" in text
    assert "| 1 | conv 3x3, 1 to 8 | 8x26x26 | 72 | 3 |" in text
    assert f"**{candidate(8).architecture.parameters:,}**" in text
    assert "| batch | 96 images |" in text


def test_a_trial_not_trained_to_the_end_has_its_reason(study: Study) -> None:
    """The notes of stopped, failed and rejected trials have the outcome and the reason."""
    publish(study)
    outcome = "Stopped early after epoch 2 of 6 with an accuracy of 60.00 % on 10,000 validation"
    assert f"{outcome} images: can reach 0.6 at most." in note(study, 2)
    assert "Failed after epoch 1 of 6" in note(study, 3)
    assert note(study, 4).endswith("Over budget: 2 parameters over.")


def test_a_custom_consistency_is_not_called_lowest_accuracy(tmp_path: Path) -> None:
    """An edited objective may define another consistency than the lowest accuracy."""
    study = create_or_resume("other", tmp_path, SETUP)
    trial = study.optuna.ask()
    for name, value in (candidate_attributes(candidate(8)) | {"outcome": "trained"}).items():
        trial.set_user_attr(name, value)
    for epoch, accuracy in enumerate((0.9, 0.8, 0.9), start=1):
        trial.report(accuracy, epoch)
    study.optuna.tell(trial, 0.85)
    publish(study)
    assert "**85.00 %**, custom consistency of the study over the last 2 of 3" in note(study, 0)


def test_the_study_has_a_note_with_the_next_commands(study: Study) -> None:
    """The note has data, budget, caveat and the next commands."""
    publish(study)
    text = note(study)
    assert "10,000 parameters, 6 epochs" in text
    assert "trained on 500 of 50,000 training images" in text
    assert "python -m search run --study small" in text


def test_publishing_again_writes_nothing(study: Study) -> None:
    """Without new trials, no process changes the journal by publishing."""
    publish(study)
    journal = study.folder / "journal.log"
    size = journal.stat().st_size
    publish(study)
    publish(load("small", study.folder.parent))
    assert journal.stat().st_size == size


def test_charts_are_replaced_and_notes_kept(study: Study) -> None:
    """A new trial changes the three charts and gets a note; an edited note is kept."""
    publish(study)
    before = published(study)
    trial_id = study.storage.get_trial_id_from_study_id_trial_number(0, 0)
    optuna_dashboard.save_note(optuna.trial.Trial(study.optuna, trial_id), "mine")
    add_trial(study, 10, (0.9, 0.95, 0.97, 0.98, 0.994, 0.993))
    publish(study)
    after = published(study)
    assert before.keys() == after.keys()
    assert len(after) == len(TITLES)
    assert before != after
    assert note(study, 0) == "mine"
    assert "99.30 %" in note(study, 6)


def published(study: Study) -> dict[str, str]:
    """Return the charts by name, read by the dashboard's own code."""
    charts: dict[str, str] = get_plotly_graph_objects(study.storage.get_study_system_attrs(0))
    return charts


def test_the_number_of_notes_on_rejected_trials_is_limited(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a limit of one, the second over-budget trial has no note."""
    monkeypatch.setattr(publishing, "REJECTED_NOTED", 1)
    publish(study)
    assert note(study, 4)
    assert note(study, 5) == ""


def test_over_budget_is_never_best(study: Study) -> None:
    """Publishing leaves rejected trials pruned and without a value."""
    publish(study)
    assert study.optuna.best_trial.number == 0
    assert {t.value for t in study.optuna.trials[4:]} == {None}


def fetch(address: str) -> str:
    """Return the body of a page."""
    with urllib.request.urlopen(address, timeout=PATIENCE) as answer:
        body: bytes = answer.read()
        return body.decode()


def wait_for(condition: Callable[..., Any]) -> None:
    """Wait until the condition is true."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, f"timed out after {PATIENCE} s"
        time.sleep(0.05)


def test_a_busy_port_gives_the_next_free_one(study: Study) -> None:
    """If the requested port is in use, the server uses a higher one."""
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        with served(study, port) as address:
            found = re.search(r":(\d+)/", address)
            assert found is not None
            used = int(found[1])
            assert port < used <= port + PORTS
            assert "<title>" in fetch(address)


def test_an_unavailable_host_is_an_error(study: Study) -> None:
    """An address that belongs to no interface of this machine gives FrugalError."""
    with pytest.raises(FrugalError, match=r"cannot listen on 192\.0\.2\.1, port 8080"):
        serve(study, "192.0.2.1", show=list[str]().append)


def test_new_trials_are_published(study: Study) -> None:
    """A trial that another process adds while the server runs gets a note."""
    with served(study) as address:
        wait_for(lambda: note(study, 5))
        add_trial(load("small", study.folder.parent), 10, (0.9, 0.95, 0.97, 0.98, 0.994, 0.993))
        time.sleep(0.3)
        wait_for(lambda: note(study, 6))
        assert "frugal-landscape" in fetch(address.replace("dashboard", "api"))


def test_ctrl_c_stops_the_server(study: Study) -> None:
    """The exit code is 0, stderr is empty, and stdout has the address."""
    program = (
        "import sys; from pathlib import Path; from search.reporting.dashboard import server;"
        "from search.study import study;"
        "server.serve(study.load('small', Path(sys.argv[1])), port=0,"
        " show=lambda line: print(line, flush=True))"
    )
    with start_interruptible(
        [sys.executable, "-c", program, str(study.folder.parent)],
        cwd=Path(__file__).parents[3],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert "http://127.0.0.1:" in line
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=PATIENCE)
    assert (process.returncode, errors) == (0, "")


@needs_chromium
def test_a_browser_shows_figures_and_notes(study: Study, tmp_path: Path) -> None:
    """Headless Chromium shows the titles of the charts, and the note on a trial's page."""
    publish(study)
    with served(study) as address:
        page, _ = render(address, tmp_path, budget=8_000)
        assert [title for title in TITLES if title not in page] == []
        page, _ = render(f"{address}/trials?numbers=0", tmp_path, budget=8_000)
        assert "lowest accuracy of" in page
