"""A simulated study from the command line: quick, labelled everywhere, and refused as evidence."""

import json
from dataclasses import replace

import optuna_dashboard
import pytest
from click.testing import CliRunner

import search
from search.cli.main import main
from search.reporting.dashboard.publishing import publish
from search.study.settings import SIMULATED
from search.study.study import create_or_resume, load
from search.training.engines.simulated import SECONDS_VARIABLE

TRIALS = 6


def typed(*arguments):
    """What a command prints, on a terminal wide enough that no line wraps."""
    words = [str(argument) for argument in arguments]
    return CliRunner().invoke(main, words, env={"COLUMNS": "250"})


def refused(*arguments):
    """The one line of a refusal: exit code 2, no traceback."""
    result = typed(*arguments)
    assert result.exit_code == 2, result.output
    assert result.stderr.count("\n") == 1, result.stderr
    return result.stderr


@pytest.fixture(scope="module")
def studies(tmp_path_factory):
    """A root with a simulated study. Shared: no trial is added to it."""
    root = tmp_path_factory.mktemp("studies")
    device = ("--device", "simulated")
    result = typed("run", "--study", "mnist", *device, "--trials", TRIALS, "--studies", root)
    assert result.exit_code == 0, result.output
    (root / "printed.txt").write_text(result.output)
    return root


def curves(study):
    """The curve of every trial, by number."""
    return [record.validation_accuracy for record in study.records()]


def test_a_run_says_first_and_last_that_it_is_simulated(studies):
    """In its first line, among what must be known, and below the last table of accuracies."""
    printed = (studies / "printed.txt").read_text()
    assert printed.splitlines()[0].endswith("; simulated")
    assert printed.count(SIMULATED) == 2
    assert printed.rindex(SIMULATED) > printed.index("trained to the end")
    for command in ("search confirm", "search export"):
        assert command not in printed


def test_trials_are_those_of_the_device_simulated(studies):
    """Every trained trial says so, and so does environment.json."""
    study = load("mnist", studies)
    devices = {record.device for record in study.records() if record.validation_accuracy}
    assert devices == {"simulated"}
    assert sum(record.counts for record in study.records()) == TRIALS
    (environment,) = json.loads((study.folder / "environment.json").read_text())
    assert (environment["device"], environment["operators"]) == ("simulated", "simulated")


def test_show_says_so(studies):
    """Below every table with accuracies, and as a caveat for machines."""
    printed = typed("show", "--studies", studies).output
    assert printed.count(SIMULATED) == 3  # ranking, parameters against consistency, learning curve
    as_json = json.loads(typed("show", "--studies", studies, "--json").output)
    assert SIMULATED in as_json["caveats"]


def test_the_list_of_studies_says_so(studies):
    """Beside the best consistency."""
    assert SIMULATED in typed("studies", "--studies", studies).output


def test_the_report_says_so(studies, tmp_path):
    """In the head of the page, in the subtitle of figures, and above the Markdown summary."""
    out = tmp_path / "report.html"
    result = typed("report", "--studies", studies, "--out", out, "--markdown")
    assert result.exit_code == 0, result.output
    head, _, rest = out.read_text().partition("</header>")
    assert SIMULATED in head
    assert rest.count(SIMULATED) >= 2
    assert f"> - {SIMULATED}" in out.with_suffix(".md").read_text()


def test_the_dashboard_says_so(studies):
    """In the note of the study and in that of every trained trial."""
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


def test_a_study_goes_on_simulated_and_gives_what_one_run_gives(studies, tmp_path):
    """Resumed without --device; curves are equal to those of a study that was never interrupted."""
    for trials, device in ((3, "simulated"), (TRIALS, "auto")):
        where = ("--study", "mnist", "--studies", tmp_path)
        result = typed("run", "--device", device, "--trials", trials, *where)
        assert result.exit_code == 0, result.output
    assert curves(load("mnist", tmp_path)) == curves(load("mnist", studies))


def test_python_runs_the_same_study(studies, tmp_path):
    """search.run with device="simulated", on two places."""
    study = search.run(TRIALS, device="simulated", workers=2, sampler="random", studies=tmp_path)
    assert study.setup.simulated
    assert set(study.trials.device.dropna()) - {""} == {"simulated"}
    assert search.load_study(studies=studies).setup == study.setup


def test_a_simulated_study_is_not_resumed_on_a_device_nor_the_reverse(studies):
    """One line that names both; nothing is added to either study."""
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
def test_a_simulated_study_is_no_evidence(arguments, studies, tmp_path, monkeypatch):
    """Nothing is trained, written or opened for it."""
    monkeypatch.chdir(tmp_path)
    line = refused(*arguments, "--study", "mnist", "--studies", studies)
    assert line.startswith(f"Error: study mnist is {SIMULATED}; {arguments[0]} needs a trained")
    assert list(tmp_path.iterdir()) == []
    assert not (studies / "ledger").exists()


@pytest.mark.parametrize("command", ["confirm", "drilldown", "reproduce", "baselines"])
def test_only_run_takes_the_simulated_device(command, studies, tmp_path):
    """One line that says what to do instead; the test images stay closed."""
    file = tmp_path / "best.py"
    file.write_text("")
    arguments = {"reproduce": (file,), "baselines": ("--train", "ev8-5")}.get(command, ())
    line = refused(command, *arguments, "--studies", studies, "--device", "simulated")
    assert "simulated" in line
    assert not (studies / "ledger").exists()


def test_seconds_per_epoch_come_from_the_environment(tmp_path, monkeypatch):
    """Trials say how long they took; what is no number of seconds is refused."""
    options = ("run", "--device=simulated", "--trials=1", "--max-epochs=5", "--studies", tmp_path)
    study = "mnist-5-epochs-simulated"
    monkeypatch.setenv(SECONDS_VARIABLE, "0.02")
    assert typed(*options).exit_code == 0
    (best,) = load(study, tmp_path).ranking()
    assert best.seconds >= 5 * 0.02
    monkeypatch.setenv(SECONDS_VARIABLE, "slow")
    assert f"{SECONDS_VARIABLE}=slow" in refused(*options, "--study", "other")
