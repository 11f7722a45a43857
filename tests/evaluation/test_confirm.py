"""Confirmation of real studies of tiny networks: race, final runs, ledger, files and exports."""

import json
from pathlib import Path
from shutil import copytree
from typing import Any

import numpy as np
import pytest
import torch

from search.api import confirm, export, reproduce
from search.data.dataset import Dataset, load
from search.data.test_ledger import read_openings
from search.errors import FrugalError
from search.evaluation.confirm import ConfirmationRun, confirmed_weights, summarise_confirmation
from search.evaluation.intervals import nearest_median
from search.evaluation.repeats import RepeatFile
from search.evaluation.results import Confirmation, predictions_path, read_confirmation
from search.evaluation.retraining import RepeatEpoch, RepeatEvent, RepeatFinished, RepeatStarted
from search.exporting.origin import trained_network
from search.exporting.python_file import read_candidate, read_run
from search.seeds import derive
from search.study import study
from search.study.smallest import frontier
from search.study.study import Study
from search.training.engines.in_process import InProcessPool
from search.training.network import build_network
from tests.support import digits_folder as digits
from tests.support import tiny

TOP, SEEDS = 2, 3
Found = tuple[Path, Confirmation, list[RepeatEvent]]


@pytest.fixture(scope="module")
def searched(tmp_path_factory: pytest.TempPathFactory, small_mnist: Dataset) -> Path:
    """The studies folder with a study of three candidates on a few real digits."""
    root = tmp_path_factory.mktemp("confirming")
    digits.folder(root / "digits", small_mnist)
    search(root / "studies", 3, name="mnist")
    return root / "studies"


def search(studies: Path, wanted: int, **given: Any) -> study.Study:
    """A study of the digits beside the studies folder, searched in this process."""
    folder = str(studies.parent / "digits")
    data = load(folder)
    known: dict[str, Any] = {
        "data": folder,
        "notes": data.notes,
        "validation_images": len(data.validation),
    }
    return tiny.search(studies, data, wanted, **known, **given)


def confirmed(studies: Path, **given: Any) -> Confirmation:
    """A confirmation of the study, in a worker process."""
    known: dict[str, Any] = {
        "top": TOP,
        "seeds": SEEDS,
        "target": 0.5,
        "device": "cpu",
        "workers": 1,
        **given,
    }
    confirmation = confirm(studies=studies, **known)
    assert confirmation is not None
    return confirmation


@pytest.fixture(scope="module")
def found(searched: Path) -> Found:
    """The studies folder after the confirmation, its result and all its events."""
    events: list[RepeatEvent] = []
    return searched, confirmed(searched, show=events.append), events


def repeat_file(studies: Path) -> RepeatFile:
    """The study's repeats."""
    return RepeatFile(studies / "mnist" / "repeats.jsonl")


def test_the_best_candidates_race_on_validation_with_new_seeds(found: Found) -> None:
    """The racers are the study's best candidates, and each of their repeats has its own seed."""
    studies, result, _ = found
    kept = study.load("mnist", studies)
    racers = [record.number for record in kept.ranking()[:TOP]]
    assert sorted(racer.trial for racer in result.race.racers) == sorted(racers)
    for racer in result.race.racers:
        repeats = repeat_file(studies).of(f"trial {racer.trial}", "validation")
        origin = kept.records()[racer.trial].origin
        seeds = [derive(0, "repeat", origin, number) for number in range(len(repeats))]
        assert [repeat.seed for repeat in repeats] == seeds
        assert derive(0, origin) not in seeds  # the selected run is no repeat
        assert racer.scores == tuple(min(r.accuracy[-2:]) for r in repeats)[: len(racer.scores)]
        assert racer.selected == kept.records()[racer.trial].consistency


def test_the_winner_alone_is_scored_on_test(found: Found) -> None:
    """Only the winner has final runs; they are trained on all training images."""
    studies, result, _ = found
    finals = [repeat for repeat in repeat_file(studies).read() if repeat.split == "test"]
    assert {repeat.key for repeat in finals} == {f"trial {result.race.winner}"}
    assert {repeat.number for repeat in finals} == set(range(SEEDS))
    assert {(r.images, r.train_examples) for r in finals} == {(digits.TEST, digits.TRAIN)}
    assert result.final.worst <= result.final.interval.high
    assert result.final.worst == min(run.consistency for run in result.final.runs)
    assert result.final.mean == pytest.approx(np.mean([min(r.accuracy[-2:]) for r in finals]))


def test_the_ledger_has_one_entry(found: Found) -> None:
    """A confirmation adds a single entry to the ledger, for the winner."""
    studies, result, _ = found
    (opening,) = read_openings(studies / "ledger")
    assert opening.reason.startswith("confirm: study mnist")
    assert opening.candidate == f"study mnist, trial {result.race.winner}"
    assert result.final.openings == 1


def test_a_second_confirmation_trains_nothing(found: Found) -> None:
    """A second confirmation reads everything from the study's folder and adds no ledger entry."""
    studies, result, _ = found
    events: list[RepeatEvent] = []
    again = confirmed(studies, show=events.append)
    assert events == []
    assert len(read_openings(studies / "ledger")) == 1
    assert (again.race, again.final) == (result.race, result.final)
    assert read_confirmation(studies / "mnist") == again


def test_more_seeds_train_only_the_missing_runs(found: Found, tmp_path: Path) -> None:
    """A confirmation with more seeds keeps the recorded runs and trains only the missing ones."""
    studies = Path(copytree(found[0], tmp_path / "studies"))
    going = open_confirming(study.load("mnist", studies), SEEDS + 1)
    done = [event.repeat for event in going.events() if isinstance(event, RepeatFinished)]
    assert going.complete
    wider = summarise_confirmation(going, 0.5, "")
    assert {repeat.number for repeat in done} == {SEEDS}
    assert len(wider.final.runs) == SEEDS + 1
    assert wider.final.openings == 2


def test_an_interrupted_confirmation_resumes(searched: Path, tmp_path: Path) -> None:
    """A confirmation that is stopped repeatedly trains no repeat twice and has the same result."""
    studies = Path(copytree(searched, tmp_path / "studies"))
    for name in ("repeats.jsonl", "confirmation.json"):
        (studies / "mnist" / name).unlink(missing_ok=True)
    opened = study.load("mnist", studies)
    trained, stopped = [], 0
    while not (going := open_confirming(opened)).complete:
        for event in going.events():
            trained += [event.job] if isinstance(event, RepeatFinished) else []
            if isinstance(event, RepeatEpoch):
                going.stop = True  # as Ctrl-C does: only unfinished repeats are lost
                stopped += 1
            if stopped > 2:
                going.stop = False
    assert len(trained) == len(set(trained))
    whole = confirmed(studies)
    assert [run.accuracy for run in whole.final.runs] == [
        repeat.accuracy for repeat in repeat_file(searched).of(f"trial {whole.race.winner}", "test")
    ]


def open_confirming(opened: Study, seeds: int = SEEDS) -> ConfirmationRun:
    """A confirmation in this process."""
    return ConfirmationRun(opened, lambda data: InProcessPool(data, "cpu", 1), TOP, seeds)


def test_the_export_is_the_run_nearest_the_median(found: Found, tmp_path: Path) -> None:
    """The export has the weights and the record of the median run, not of the best run on test."""
    studies, result, _ = found
    (path,) = export(studies=studies, out=tmp_path / "best.py")
    run = read_run(path)
    scores = [run.consistency for run in result.final.runs]
    assert result.final.median == result.final.runs[nearest_median(scores)].number
    assert run.accuracy == result.final.runs[result.final.median].accuracy
    assert (run.split, run.images) == ("test", digits.TEST)
    candidate = read_candidate(path)
    weights = confirmed_weights(
        study.load("mnist", studies), result.race.winner, result.final.median
    )
    network = build_network(candidate.architecture, 0)
    state = {name: torch.from_numpy(array) for name, array in weights.items()}
    network.load_state_dict(state, strict=False)
    scope: dict[str, Any] = {"__name__": "best"}
    exec(path.read_text(), scope)
    theirs = scope["load"]()
    images = torch.rand(4, 1, 28, 28)
    assert torch.equal(theirs(images), network.eval()(images))
    text = " ".join(path.read_text().split())
    assert "The test images were not used for selection" in text
    assert "lists 1 evaluation on the test set of these data so far" in text


def test_an_export_is_reproduced(found: Found, tmp_path: Path) -> None:
    """On the same machine all epochs have equal accuracies; the ledger has an entry for it."""
    studies = Path(copytree(found[0], tmp_path / "studies"))
    (path,) = export(studies=studies, out=tmp_path / "best.py")
    again = reproduce(path, studies=studies, device="cpu")
    assert again.identical
    assert again.agrees
    assert read_openings(studies / "ledger")[-1].reason == "reproduce: best.py"


def test_an_unconfirmed_export_is_reproduced_on_validation(searched: Path, tmp_path: Path) -> None:
    """Reproducing validation figures reads no test images: there is no ledger."""
    studies = Path(copytree(searched, tmp_path / "studies"))
    (studies / "mnist" / "confirmation.json").unlink(missing_ok=True)
    (studies / "ledger").unlink(missing_ok=True)
    (path,) = export(studies=studies, out=tmp_path / "best.py")
    assert reproduce(path, studies=studies, device="cpu").identical
    assert not (studies / "ledger").exists()


def test_another_accuracy_does_not_agree(found: Found, tmp_path: Path) -> None:
    """A file that claims a higher accuracy than noise explains does not agree."""
    studies = Path(copytree(found[0], tmp_path / "studies"))
    (path,) = export(studies=studies, out=tmp_path / "best.py")
    run = read_run(path)
    claimed = json.dumps(list(run.accuracy))
    text = path.read_text()
    start = text.index('"accuracy": [')
    end = text.index("]", start) + 1
    path.write_text(text[:start] + f'"accuracy": {json.dumps([1.0, 0.99])}' + text[end:])
    again = reproduce(path, studies=studies, device="cpu")
    assert claimed != json.dumps(list(again.run.accuracy))
    assert not again.agrees


def test_a_search_for_the_smallest_confirms_its_answer(searched: Path, tmp_path: Path) -> None:
    """Only the smallest verified network races, even if larger ones are better."""
    text = tiny.OBJECTIVE.read_text().replace("WINDOW = 2", "WINDOW = 1")
    objective = tmp_path / "objective.py"
    objective.write_text(text.replace("epochs=2", "epochs=4"))
    goal: dict[str, Any] = {"minimise": "parameters", "target": 0.501, "prune": True}
    opened = search(searched, 4, name="smallest", objective=objective, **goal)
    answer = frontier(opened.records(), 0.501).answer
    assert answer is not None
    assert [r.number for r in open_confirming(opened).race.entrants] == [answer.first.number]
    assert trained_network(opened, answer.first)[0].caveats == opened.setup.caveats
    doubted = next(r for r in opened.ranking() if r.number != answer.first.number)
    assert "not verified" in " ".join(trained_network(opened, doubted)[0].doubts)


def test_predictions_are_of_the_median_run(found: Found) -> None:
    """Labels, predictions and misclassified images agree with the accuracy of the last epoch."""
    studies, result, _ = found
    with np.load(predictions_path(studies / "mnist")) as kept:
        wrong = np.flatnonzero(kept["labels"] != kept["predicted"])
        assert kept["run"].tolist() == [result.final.trial, result.final.median]
        assert np.array_equal(kept["places"], wrong)
        assert kept["images"].shape == (len(wrong), 1, 28, 28)
        accuracy = 1 - len(wrong) / len(kept["labels"])
    assert accuracy == pytest.approx(result.final.runs[result.final.median].accuracy[-1])


def test_every_repeat_has_events(found: Found) -> None:
    """The start and the end of every repeat are reported as events."""
    events = found[2]
    started = [event.job for event in events if isinstance(event, RepeatStarted)]
    done = [event.job for event in events if isinstance(event, RepeatFinished)]
    assert set(done) <= set(started)
    assert len(done) == len(repeat_file(found[0]).read())


@pytest.mark.parametrize(
    "given, words",
    [
        ({"seeds": 1}, "--seeds 1: must be at least 3"),
        ({"seeds": 2}, "at least 3"),
        ({"top": 0}, "--top 0: must be at least 1 candidate"),
        ({"study": "none"}, "no study none"),
        ({"workers": 0}, "--workers 0"),
    ],
)
def test_invalid_confirmations_are_refused(
    searched: Path, given: dict[str, Any], words: str
) -> None:
    """Each invalid argument is an error that states its value and the rule."""
    with pytest.raises(FrugalError, match=words):
        confirmed(searched, **given)


def test_other_data_are_refused(searched: Path, tmp_path: Path, small_mnist: Dataset) -> None:
    """A study is not confirmed on images that differ from its own."""
    studies = Path(copytree(searched, tmp_path / "studies"))
    (studies / "mnist" / "repeats.jsonl").unlink(missing_ok=True)
    other = digits.folder(tmp_path / "digits", small_mnist, train=500)
    with pytest.raises(FrugalError, match=r"was made from .* now contains other images"):
        confirmed(studies, data=str(other))
