"""The report: its content before and after a confirmation, and its charts in a browser."""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result
from plotly.offline import get_plotlyjs

from search.candidates.layer_table import layer_rows, total_row
from search.cli.main import main
from search.data import dataset as data
from search.data import sources
from search.data.dataset import Dataset
from search.evaluation.results import read_confirmation, read_drilldown, write_confirmation
from search.reporting.markdown import SIGN, markdown_report
from search.reporting.markup import VOID
from search.reporting.page import report_html
from search.reporting.pictures import DRAWS, ensure_samples
from search.reporting.report_data import MNIST, SAMPLES, gather_report_data, read_samples
from search.reporting.sections.answer import answer
from search.reporting.sections.candidates import candidates_section
from search.study.study import Study, load
from tests.support import example_report
from tests.support.browser import needs_chromium, render
from tests.support.example_report import NASTY, SETUP, small_study

BESIDE_PLOTLY = 3_000_000  # bytes: limit for a report without plotly's code


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """A study without a confirmation."""
    return small_study(tmp_path_factory.mktemp("plain"))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, small_mnist: Dataset) -> Study:
    """A study with a confirmation, a drill-down, predictions and samples."""
    return example_report.complete_study(tmp_path_factory.mktemp("whole"), small_mnist)


@pytest.fixture(scope="module")
def page(whole: Study) -> str:
    """The report of the complete study."""
    return report_html(gather_report_data(whole, ensure_samples(whole)[0]))


def typed(*arguments: Any) -> Result:
    """Run a command and return its result."""
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def text(page: str) -> str:
    """Return the visible text of a page, with normal spaces."""
    visible = re.sub(r"<(script|style)\b.*?</\1>", " ", page, flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", visible).replace("\N{NO-BREAK SPACE}", " "))


class Tags(HTMLParser):
    """Checks that elements are nested correctly; collects ids and links."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[Any]) -> None:
        """Record a start tag."""
        known = dict(attrs)
        self.ids += [known["id"]] if "id" in known else []
        self.links += [known[name] for name in ("href", "src") if name in known]
        if tag not in VOID | {"meta", "link", "!doctype"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Check that the end tag closes the last open element."""
        assert self.open.pop() == tag


def test_the_page_starts_with_the_result(page: str, whole: Study) -> None:
    """The head has score, parameters, n, interval, caveats and the number of test evaluations."""
    head = text(page[: page.index("<section")])
    confirmation = read_confirmation(whole.folder)
    assert confirmation is not None
    final = confirmation.final
    for expected in (
        f"{100 * final.mean:.2f} %",
        f"{whole.best().parameters:,} parameters",
        "n = 10,000 test images",
        "The 95 % interval for the expected consistency is",
        f"Worst run: {100 * final.worst:.2f} %",
        "evaluations on the test set so far",
        "trained on 500 of 50,000 training images",
    ):
        assert expected in head


def test_an_unconfirmed_score_is_called_selected(plain: Study) -> None:
    """The head states the selection bias, n, the interval and the command that confirms it."""
    shown = text(report_html(gather_report_data(plain)))
    head = shown[: shown.index("The study is not confirmed yet")]
    for expected in (
        "Selected, not confirmed.",
        "the best of 12 candidates",
        "n = 10,000 validation images",
        "Considering only n, the 95 % interval is",
        "python -m search confirm --study small",
    ):
        assert expected in head
    assert "python -m search drilldown --study small" in shown
    assert "No augmentation examples" in shown


def test_the_contents_list_every_section(page: str) -> None:
    """Each section has an anchor that the table of contents links to."""
    tags = Tags()
    tags.feed(page)
    anchors = {link[1:] for link in tags.links if link.startswith("#")}
    names = "confirmation network training learning candidates matters mistakes rivals drilldown"
    assert anchors == {*names.split(), "provenance"}
    assert anchors <= set(tags.ids)
    assert len(tags.ids) == len(set(tags.ids))


def test_the_page_is_well_formed_and_self_contained(page: str) -> None:
    """Every element is closed, nothing is loaded, and the page without plotly is small."""
    tags = Tags()
    tags.feed(page)
    assert tags.open == []
    assert [link for link in tags.links if not link.startswith(("#", "data:"))] == []
    assert get_plotlyjs() in page
    assert len(page.encode()) - len(get_plotlyjs().encode()) < BESIDE_PLOTLY


def test_text_of_users_is_escaped(tmp_path: Path) -> None:
    """Tags in commands, reasons, data and class names are shown as text.

    Results on other data than MNIST are not compared with published results for MNIST.
    """
    setup = example_report.with_data(SETUP, f"images {NASTY}")
    study = small_study(tmp_path, setup=setup)
    example_report.write_example_samples(
        study, np.zeros((10, 1, 28, 28), dtype=np.uint8), (NASTY, "x")
    )
    page = report_html(gather_report_data(study))
    assert NASTY not in page
    assert "alert(1)" in page
    assert "There are none for images" in page
    assert "EV8" not in page
    assert SIGN in markdown_report(gather_report_data(study))


def test_the_page_shows_race_selection_bias_and_public_results(page: str) -> None:
    """It has the reason for dropping a candidate, differences, commands and versions."""
    shown = text(page)
    for expected in (
        "multiply-accumulates",
        "its mean is 0.11 points behind",
        "the validation consistency fell by",
        "most consistent below 8,000 parameters",
        "Training is 0.31 points above validation",
        "misclassifies 40 of 10,000 test images",
        "python -m search confirm --top 4",
        "torch 2.15.0",
        "Early stopping saved",
        "EV8 Assignment-4",
    ):
        assert expected in shown


def test_the_layers_are_those_of_the_table(page: str, whole: Study) -> None:
    """The page has every row of the layer table and the totals, as the terminal shows them."""
    candidate = whole.best().candidate
    assert candidate is not None
    architecture = candidate.architecture
    for row in layer_rows(architecture):
        cells = [cell for cell in row[1:7] if cell]
        assert "".join(cells) in text(page)
    total = total_row(architecture)
    assert f"{total.layer}{total.parameters}{total.macs}" in text(page)


def test_a_search_for_the_smallest_reports_what_reaches_the_target(tmp_path: Path) -> None:
    """The report has the size and runs of the result; repeats do not count as candidates."""
    setup = replace(SETUP, minimise="parameters", target=0.9925)
    study = small_study(tmp_path, setup=setup)
    reaching = [r for r in study.ranking() if r.consistency is not None and r.consistency >= 0.9925]
    first = min(reaching, key=lambda r: r.parameters)
    for repeat in (2, 3):
        example_report.add_repeat(study, first, repeat, 0.9927)
    report = gather_report_data(study)
    head, summary = text(answer(report)), markdown_report(report)
    assert f"{first.parameters:,} parameters reach 99.25 %" in head
    assert "Verified on the validation set, not confirmed on the test set." in head
    assert f"answer: trial {first.number}" in summary
    assert "3 of 3 runs reach 99.25 %" in text(candidates_section(report).content)
    assert "12 candidates trained to the end" in head


def test_large_studies_keep_the_page_small(tmp_path: Path) -> None:
    """With 400 candidates, charts show only the best ones and the page stays small."""
    study = small_study(tmp_path, trained=40)
    report = gather_report_data(study)
    records = [replace(r, number=n) for n in range(10) for r in report.records]
    page = report_html(replace(report, records=records))
    assert len(page.encode()) - len(get_plotlyjs().encode()) < BESIDE_PLOTLY / 4


def test_the_digest_is_that_of_mnist() -> None:
    """A report recognises MNIST by its digest, without reading images."""
    assert MNIST == sources.EMBEDDED_DIGEST


def test_predictions_of_another_candidate_are_not_shown(
    tmp_path: Path, small_mnist: Dataset
) -> None:
    """Predictions of a trial that is no longer the confirmed one are ignored."""
    study = example_report.complete_study(tmp_path, small_mnist)
    assert gather_report_data(study).predictions is not None
    confirmation = read_confirmation(study.folder)
    assert confirmation is not None
    second = study.ranking()[1]
    other = replace(confirmation.final, trial=second.number)
    write_confirmation(replace(confirmation, final=other, candidate=second.candidate), study.folder)
    assert gather_report_data(study).predictions is None


def test_a_later_better_candidate_is_named(tmp_path: Path, small_mnist: Dataset) -> None:
    """If the search continues after a confirmation, the new best trial is named."""
    study = example_report.complete_study(tmp_path, small_mnist)
    example_report.add_trial(study, 5, (0.9, 0.95, 0.97, 0.98, 0.999, 0.999))
    ahead = study.best().number
    assert f"Trial {ahead} now ranks first on the validation set" in text(
        answer(gather_report_data(study))
    )


def test_samples_are_the_best_candidates_augmentation(tmp_path: Path, small_mnist: Dataset) -> None:
    """They have one image per class, are reproducible, and are stored for one trial and study."""
    study = small_study(tmp_path, setup=replace(SETUP, train_examples=500))
    drawn, note = ensure_samples(study)
    assert note == ""
    best, identity = study.best().number, study.identity
    samples = read_samples(study.folder / SAMPLES, best, identity)
    assert drawn is not None
    assert samples is not None
    assert (samples.augmented == drawn.augmented).all()
    assert samples.plain.shape == (10, 1, 28, 28)
    assert samples.augmented.shape == (DRAWS, 10, 1, 28, 28)
    assert samples.classes == small_mnist.classes
    assert samples.train == 500
    assert read_samples(study.folder / SAMPLES, best + 1, identity) is None
    assert read_samples(study.folder / SAMPLES, best, "another") is None
    (study.folder / SAMPLES).unlink()
    ensure_samples(study)
    again = read_samples(study.folder / SAMPLES, best, identity)
    assert again is not None
    assert (again.augmented == samples.augmented).all()


def test_a_report_needs_no_data(tmp_path: Path) -> None:
    """If the data were moved or changed, only the augmentation examples are missing."""
    gone = small_study(tmp_path, setup=example_report.with_data(SETUP, "nowhere/at/all"))
    samples, note = ensure_samples(gone)
    assert samples is None
    assert note.startswith(f"no augmentation examples: study {gone.name} ")
    assert "--data" in note
    other = small_study(tmp_path, name="other", setup=example_report.with_data(SETUP, "mnist"))
    assert "mnist now contains other images" in ensure_samples(other)[1]
    assert not (other.folder / SAMPLES).exists()


def test_the_command_writes_into_the_study(tmp_path: Path) -> None:
    """It writes report.html and, with --markdown, report.md, and prints their sizes."""
    study = small_study(tmp_path)
    options = ("--study", "small", "--studies", tmp_path)
    result = typed("report", *options, "--markdown")
    assert result.exit_code == 0, result.output
    for name in ("report.html", "report.md"):
        path = study.folder / name
        assert f"wrote {path}, {path.stat().st_size:,} bytes" in result.output


@pytest.mark.parametrize("trained", [0, 1])
def test_an_impossible_report_is_a_one_line_error(tmp_path: Path, trained: int) -> None:
    """There is no trained candidate, the folder is missing, or the file is not a report."""
    study = small_study(tmp_path, trained=trained)
    if trained:
        example_report.write_example_samples(study, np.zeros((10, 1, 28, 28), dtype=np.uint8))
    (tmp_path / "mine.html").write_text("<html>mine")
    outs = ["absent/report.html", "mine.html"] if trained else ["report.html"]
    for out in outs:
        result = typed("report", "--study", "small", "--studies", tmp_path, "--out", tmp_path / out)
        assert result.exit_code == 2, result.output
        assert result.stderr.count("\n") == 1
        assert result.stderr.startswith("Error: ")
    assert (tmp_path / "mine.html").read_text() == "<html>mine"


def test_a_study_without_a_finished_trial_has_no_report(tmp_path: Path) -> None:
    """The error names the command to run."""
    small_study(tmp_path, trained=0)
    result = typed("report", "--study", "small", "--studies", tmp_path)
    assert "trained to the end yet; to train some: python -m search run" in result.stderr


def test_the_summary_distinguishes_selected_and_confirmed(plain: Study, whole: Study) -> None:
    """Its heading does; both kinds have n, caveats, layers and commands."""
    selected, confirmed = (
        markdown_report(gather_report_data(plain)),
        markdown_report(gather_report_data(whole)),
    )
    assert "(not confirmed)" in selected.splitlines()[2]
    assert "python -m search confirm --study small" in selected
    assert "(confirmed)" in confirmed.splitlines()[2]
    assert "n = 10,000 test images" in confirmed
    assert "| most consistent below 10,000 parameters | 9,436 | 99.49 % |" in confirmed
    for summary in (selected, confirmed):
        assert "trained on 500 of 50,000 training images" in summary
        assert "| conv 3x3, 1 to " in summary
        assert "evaluations on the test set so far" in summary


@needs_chromium
def test_a_browser_draws_every_figure(page: str, tmp_path: Path) -> None:
    """In headless Chromium every chart is drawn, the console has no errors, and the page fits."""
    path = tmp_path / "report.html"
    width = "<script>document.title = document.documentElement.scrollWidth</script>"
    path.write_text(page.replace("</body>", f"{width}</body>"), encoding="utf-8")
    built, console = render(path.as_uri(), tmp_path, "--window-size=600,900")
    assert console == []
    wanted = set(re.findall(r'data-chart="([\w-]+)"', page))
    figures = re.findall(
        r'<div id="([\w-]+)" class="chart js-plotly-plot".*?</figure>', built, re.S
    )
    assert set(figures) == wanted
    assert len(wanted) == 11
    for figure in re.findall(r'class="chart js-plotly-plot".*?</figure>', built, re.DOTALL):
        assert 'class="main-svg"' in figure
        assert re.search(r'class="(trace|points|point|scatterlayer|barlayer)', figure)
    title = re.search(r"<title>(\d+)</title>", built)
    assert title is not None
    assert int(title[1]) <= 600


@needs_chromium
def test_console_errors_are_detected(tmp_path: Path) -> None:
    """A broken page produces an entry, so the test above can fail."""
    path = tmp_path / "broken.html"
    path.write_text("<script>undefined.x</script>")
    _, console = render(path.as_uri(), tmp_path)
    assert len(console) == 1


def test_the_data_of_a_report_come_from_the_folder(whole: Study) -> None:
    """Confirmation, drill-down, best trial and environments equal those in the study's folder."""
    report = gather_report_data(whole)
    assert report.confirmation == read_confirmation(whole.folder)
    assert report.drilldown == read_drilldown(whole.folder)
    assert report.confirmation is not None
    assert report.best.number == report.confirmation.final.trial
    assert load(whole.name, whole.folder.parent).best().number == report.ranking[0].number
    assert json.loads((whole.folder / "environment.json").read_text()) == list(report.environments)
    assert len(data.load("mnist", 20).classes) == len(report.classes)
