"""Simulated studies: labelled in every output, and rejected by confirm and export."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import optuna_dashboard
import pytest
from click.testing import CliRunner, Result

import search
from search.cli.main import main
from search.reporting.dashboard.publishing import publish
from search.study.settings import SIMULATED
from search.study.study import Study, create_or_resume, load
from search.training.engines.simulated import SECONDS_VARIABLE

TRIALS = 6


def typed(*arguments: Any) -> Result:
    """The result of a command on a terminal that is wide enough for all lines."""
    words = [str(argument) for argument in arguments]
    return CliRunner().invoke(main, words, env={"COLUMNS": "250"})


def refused(*arguments: Any) -> str:
    """The error line of a command: exit code 2, no traceback."""
    result = typed(*arguments)
    assert result.exit_code == 2, result.output
    assert result.stderr.count("\n") == 1, result.stderr
    return result.stderr


@pytest.fixture(scope="module")
def studies(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A studies folder with a simulated study. Shared: tests must not add trials."""
    root = tmp_path_factory.mktemp("studies")
    device = ("--device", "simulated")
    result = typed("run", "--study", "mnist", *device, "--trials", TRIALS, "--studies", root)
    assert result.exit_code == 0, result.output
    (root / "printed.txt").write_text(result.output)
    return root


def curves(study: Study) -> list[tuple[Any, ...] | tuple[float, ...]]:
    """The validation curves of all trials, by number."""
    return [record.validation_accuracy for record in study.records()]


def test_the_output_of_a_run_says_that_it_is_simulated(studies: Path) -> None:
    """The first line, the notes and the caption of the ranking say so."""
    printed = (studies / "printed.txt").read_text()
    assert printed.splitlines()[0].endswith("; simulated")
    assert printed.count(SIMULATED) == 2
    assert printed.rindex(SIMULATED) > printed.index("trained to the end")
    for command in ("search confirm", "search export"):
        assert command not in printed


def test_trials_record_the_device_simulated(studies: Path) -> None:
    """Every trained trial and environment.json name the device."""
    study = load("mnist", studies)
    devices = {record.device for record in study.records() if record.validation_accuracy}
    assert devices == {"simulated"}
    assert sum(record.counts for record in study.records()) == TRIALS
    (environment,) = json.loads((study.folder / "environment.json").read_text())
    assert (environment["device"], environment["operators"]) == ("simulated", "simulated")


def test_show_says_so(studies: Path) -> None:
    """The caption of every table of accuracies says so, and JSON has it as a caveat."""
    printed = typed("show", "--studies", studies).output
    assert printed.count(SIMULATED) == 3  # ranking, parameters against consistency, learning curve
    as_json = json.loads(typed("show", "--studies", studies, "--json").output)
    assert SIMULATED in as_json["caveats"]


def test_the_list_of_studies_says_so(studies: Path) -> None:
    """The row of the study says that it is simulated."""
    assert SIMULATED in typed("studies", "--studies", studies).output


def test_the_report_says_so(studies: Path, tmp_path: Path) -> None:
    """The head of the page, the subtitles of charts and the Markdown summary say so."""
    out = tmp_path / "report.html"
    result = typed("report", "--studies", studies, "--out", out, "--markdown")
    assert result.exit_code == 0, result.output
    head, _, rest = out.read_text().partition("</header>")
    assert SIMULATED in head
    assert rest.count(SIMULATED) >= 2
    assert f"> - {SIMULATED}" in out.with_suffix(".md").read_text()


def test_the_dashboard_says_so(studies: Path) -> None:
    """The notes of the study and of every trained trial say so."""
    study = load("mnist", studies)
    publish(study)
    assert f"**{SIMULATED}**" in optuna_dashboard.get_note(study.optuna)
    notes = study.optuna._storage.get_study_system_attrs(study.optuna._study_id)
    for record in study.records():
        trial_notes = [
            str(text)
            for name, text in notes.items()
            if name.startswith(f"dashboard:{study.optuna.trials[record.number]._trial_id}:note")
        ]
        assert trial_notes
        assert any(SIMULATED in text for text in trial_notes) == bool(record.validation_accuracy)


def test_a_resumed_study_stays_simulated(studies: Path, tmp_path: Path) -> None:
    """Resumed without --device, it has the same curves as an uninterrupted study."""
    for trials, device in ((3, "simulated"), (TRIALS, "auto")):
        where = ("--study", "mnist", "--studies", tmp_path)
        result = typed("run", "--device", device, "--trials", trials, *where)
        assert result.exit_code == 0, result.output
    assert curves(load("mnist", tmp_path)) == curves(load("mnist", studies))


def test_python_runs_the_same_study(studies: Path, tmp_path: Path) -> None:
    """search.run accepts device="simulated" and several workers."""
    study = search.run(TRIALS, device="simulated", workers=2, sampler="random", studies=tmp_path)
    assert study.setup.simulated
    assert set(study.trials.device.dropna()) - {""} == {"simulated"}
    assert search.load_study(studies=studies).setup == study.setup


def test_simulated_and_real_training_are_not_mixed(studies: Path) -> None:
    """The error names both kinds of training, and neither study changes."""
    study = load("mnist", studies)
    real = create_or_resume("real", studies, replace(study.setup, simulated=False))
    journals = [s.folder / "journal.log" for s in (study, real)]
    before = [journal.read_bytes() for journal in journals]
    more = ("run", "--trials", TRIALS + 1, "--studies", studies)
    line = refused(*more, "--study", "mnist", "--device", "cpu")
    assert "training: simulated in the study, real now" in line
    assert "--study mnist-2" in line
    line = refused(*more, "--study", "real", "--device", "simulated")
    assert "training: real in the study, simulated now" in line
    assert [journal.read_bytes() for journal in journals] == before


@pytest.mark.parametrize(
    "arguments", [("confirm",), ("drilldown",), ("export", "--out", "never.py")], ids=lambda a: a[0]
)
def test_a_simulated_study_is_rejected(
    arguments: tuple[str, ...], studies: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is trained or written, and the test set is not used."""
    monkeypatch.chdir(tmp_path)
    line = refused(*arguments, "--study", "mnist", "--studies", studies)
    assert line.startswith(f"Error: study mnist is {SIMULATED}; {arguments[0]} needs a trained")
    assert list(tmp_path.iterdir()) == []
    assert not (studies / "ledger").exists()


@pytest.mark.parametrize("command", ["confirm", "drilldown", "reproduce", "baselines"])
def test_only_run_accepts_the_simulated_device(command: str, studies: Path, tmp_path: Path) -> None:
    """Other commands print one error line and do not use the test set."""
    file = tmp_path / "best.py"
    file.write_text("")
    arguments = {"reproduce": (file,), "baselines": ("--train", "ev8-5")}.get(command, ())
    line = refused(command, *arguments, "--studies", studies, "--device", "simulated")
    assert "simulated" in line
    assert not (studies / "ledger").exists()


def test_seconds_per_epoch_come_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Trials take at least the given seconds; a value that is not a number is an error."""
    options = ("run", "--device=simulated", "--trials=1", "--max-epochs=5", "--studies", tmp_path)
    study = "mnist-5-epochs-simulated"
    monkeypatch.setenv(SECONDS_VARIABLE, "0.02")
    assert typed(*options).exit_code == 0
    (best,) = load(study, tmp_path).ranking()
    assert best.seconds >= 5 * 0.02
    monkeypatch.setenv(SECONDS_VARIABLE, "slow")
    assert f"{SECONDS_VARIABLE}=slow" in refused(*options, "--study", "other")
