"""The smallest network that reaches a target: the rules, and whole searches."""

import shutil
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
import torch

from search.candidates.candidate import Budget
from search.data.dataset import Dataset
from search.errors import FrugalError
from search.loop.admission import next_origin
from search.loop.events import Advanced, Ended, Finished, Rejected, Started
from search.loop.run import Run
from search.seeds import derive
from search.study import study as studies
from search.study.records import Outcome, Record, ranked
from search.study.smallest import RUNS, Success, frontier, rank_candidates, sampler_value
from search.study.study import Study
from search.training.trainer import DeviceData, train
from tests.support import drawn_searches as drawn
from tests.support import tiny

TARGET, WANTED = 0.99, 10


def run(number: int, parameters: int, consistency: float | None = None, **known: Any) -> Record:
    """A finished run with this consistency; stopped early if it is None."""
    outcome: Outcome = "trained" if consistency else "stopped early"
    record = Record(number, outcome, parameters=parameters, consistency=consistency, origin=number)
    return replace(record, **known)


def repeats(first: int, *consistencies: Any, parameters: int) -> list[Record]:
    """A first run and its repeats, numbered from `first`; None means stopped early."""
    return [
        run(first + n, parameters, score, repeat_of=first if n else None, repeat=n + 1)
        for n, score in enumerate(consistencies)
    ]


HELD = repeats(0, 0.992, 0.991, 0.990, parameters=6_000)


def states_at(records: list[Record], target: float) -> dict[int, str]:
    """The state of every success by trial number."""
    return {s.first.number: s.state for s in frontier(records, target).successes}


def states(records: list[Record]) -> dict[int, str]:
    """The states for TARGET."""
    return states_at(records, TARGET)


def answer_at(records: list[Record], target: float) -> Success:
    """The smallest verified candidate, which there must be."""
    answer = frontier(records, target).answer
    assert answer is not None
    return answer


# the rules
def test_a_candidate_is_verified_when_three_runs_reach_the_target() -> None:
    """Three runs at or above the target verify a candidate; two do not."""
    assert states(HELD[:1]) == states(HELD[:2]) == {0: "open"}
    assert states(HELD) == {0: "believed"}
    assert answer_at(HELD, TARGET).first.number == 0


@pytest.mark.parametrize("end", [{"consistency": 0.9899}, {}, {"outcome": "failed"}])
def test_one_run_that_misses_it_refutes(end: dict[str, Any]) -> None:
    """A repeat below the target, stopped early by the bound, or failed refutes the candidate."""
    missed = run(2, 6_000, **{"repeat_of": 0, "repeat": 3, **end})
    records = [*HELD[:2], missed]
    assert states(records) == {0: "refuted"}
    assert frontier(records, TARGET).due(spare=True) is None


def test_interrupted_and_overtaken_repeats_refute_nothing() -> None:
    """An interrupted repeat is started again; an overtaken one does not refute."""
    lost = run(1, 6_000, repeat_of=0, repeat=2, outcome="interrupted")
    left = run(1, 6_000, repeat_of=0, repeat=2, overtaken=True)
    assert states([HELD[0], lost]) == states([HELD[0], left]) == {0: "open"}
    assert frontier([HELD[0], lost], TARGET).due() == (HELD[0], 2)


def test_the_answer_is_the_smallest_verified_one() -> None:
    """The answer is the smallest verified candidate, the older one in a tie."""
    larger = repeats(3, 0.999, 0.999, 0.999, parameters=7_000)
    refuted = repeats(6, 0.995, 0.98, parameters=5_000)
    twin = repeats(8, 0.992, 0.992, 0.992, parameters=6_000)
    open_ = repeats(11, 0.995, parameters=4_000)
    smallest = frontier([*larger, *refuted, *twin, *HELD, *open_], TARGET)
    assert smallest.answer is not None
    assert smallest.answer.first.number == 0
    assert smallest.believed == {0, 3, 8}
    assert [success.first.number for success in smallest.in_question] == [11]


def test_only_the_smallest_open_success_is_repeated() -> None:
    """One run of the smallest open success at a time; more only if nothing else is left."""
    large, small = repeats(3, 0.995, parameters=5_000), repeats(4, 0.995, parameters=4_000)
    records = [*HELD, *large, *small, *repeats(5, 0.995, parameters=6_001)]
    assert frontier(records, TARGET).due() == (small[0], 2)
    records.append(run(6, 4_000, repeat_of=4, repeat=2, outcome="running"))
    assert frontier(records, TARGET).due() is None
    assert frontier(records, TARGET).due(spare=True) == (small[0], 3)
    records.append(run(7, 4_000, repeat_of=4, repeat=3, outcome="running"))
    assert frontier(records, TARGET).due(spare=True) == (large[0], 2)


def test_the_budget_tightens_below_the_answer() -> None:
    """The parameter limit is one below the answer; nothing else changes."""
    budget = Budget(10_000, 15, macs=1_000_000)
    assert frontier(HELD[:2], TARGET).tightened(budget) == budget
    assert frontier(HELD, TARGET).tightened(budget) == replace(budget, parameters=5_999)
    assert not frontier(HELD, TARGET).overtakes(5_999)
    assert frontier(HELD, TARGET).overtakes(6_000)
    assert frontier(HELD[:2], TARGET).not_smaller == ""
    assert frontier(HELD, TARGET).not_smaller == (
        "not smaller than the 6,000 of trial 0, which reaches 99.00 %"
    )


def test_verified_candidates_rank_first_by_size() -> None:
    """Each candidate appears once, by its first run; without a target all by consistency."""
    larger = repeats(3, 0.999, 0.999, 0.999, parameters=7_000)
    others = [run(6, 3_000, 0.95), run(7, 2_000, 0.97), *repeats(8, 0.998, 0.9, parameters=4_000)]
    records = [*larger, *others, *HELD]
    assert [record.number for record in rank_candidates(records, TARGET)] == [0, 3, 8, 7, 6]
    assert [record.number for record in rank_candidates(records, None)] == [3, 8, 0, 7, 6]
    assert rank_candidates(records, None) == ranked(records)


def test_a_sampler_is_led_to_small_successes() -> None:
    """A reached target beats a missed one; then smaller, or closer, is better."""
    budget = Budget(10_000)
    ways = [(0.95, 2_000), (0.989, 9_000), (0.99, 10_000), (0.999, 8_000), (0.99, 5_000)]
    values = [sampler_value(score, size, TARGET, budget) for score, size in ways]
    assert values == sorted(values)
    assert values[1] < 0 <= values[2]
    assert values[4] == 0.5


def test_the_answer_in_words() -> None:
    """The summary has every run's consistency and the candidates not yet verified."""
    open_ = repeats(3, 0.9912, parameters=5_000)
    assert frontier([*HELD, *open_], TARGET).summary == (
        "answer: trial 0, 6,000 parameters: 3 of 3 runs reach 99.00 % (99.20, 99.10, 99.00 %)",
        "not yet verified: trial 3, 5,000 parameters: 1 of 1 run reaches 99.00 % (99.12 %)",
    )
    refuted = repeats(3, 0.9912, None, parameters=5_000)
    assert frontier(refuted, TARGET).summary == (
        "no answer so far: no candidate is verified to reach 99.00 % (1 refuted)",
    )


def test_news_of_a_run() -> None:
    """The news are reaching the target, verification and refutation; a miss is none."""
    smallest = frontier(HELD, TARGET)
    assert frontier(HELD[:1], TARGET).news(HELD[0]) == (
        "trial 0 (6,000 parameters) reached 99.00 % in 1 of 3 required runs (99.20 %)"
    )
    verified = "trial 0 (6,000 parameters) is verified: 3 of 3 runs reach"
    assert smallest.news(HELD[2]).startswith(verified)
    refuted = repeats(0, 0.992, None, parameters=6_000)
    assert frontier(refuted, TARGET).news(refuted[1]) == (
        "trial 0 (6,000 parameters) is refuted: 1 of 2 runs reach 99.00 % (99.20 %)"
    )
    assert smallest.news(run(9, 100, 0.9)) == ""


# whole searches
@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Study, list[Any]]:
    """An uninterrupted search, with all its events."""
    events = []
    root = tmp_path_factory.mktemp("undisturbed")
    study = drawn.search(root, WANTED, show=lambda event, _: events.append(event))
    return study, events


def test_a_search_ends_with_the_smallest_verified_one(undisturbed: tuple[Study, list[Any]]) -> None:
    """In this search, four candidates are verified, each smaller, and a smaller one is refuted."""
    study, events = undisturbed
    smallest = frontier(study.records(), drawn.TARGET)
    sizes = [s.parameters for s in smallest.successes if s.first.number in smallest.believed]
    assert len(sizes) > 1
    assert smallest.answer is not None
    assert smallest.answer.parameters == min(sizes)
    assert study.best() == smallest.answer.first == study.ranking()[0]
    assert any(success.state == "refuted" for success in smallest.successes)
    assert events[-1].ending == "complete"
    assert events[-1].notes == smallest.summary


def test_wanted_counts_candidates_not_their_repeats(undisturbed: tuple[Study, list[Any]]) -> None:
    """Repeats do not count, like proposals over the budget."""
    study, events = undisturbed
    records = study.records()
    assert sum(record.counts for record in records) == events[-1].trained == WANTED
    assert any(record.repeat_of is not None for record in records)


def test_a_repeat_has_draws_of_its_own(undisturbed: tuple[Study, list[Any]]) -> None:
    """A repeat has the same candidate and choices, another origin and other accuracies."""
    study, _ = undisturbed
    records, trials = study.records(), study.optuna.get_trials(deepcopy=False)
    assert len({record.origin for record in records}) == len(records)
    for record in records:
        if record.repeat_of is not None:
            first = records[record.repeat_of]
            assert record.candidate == first.candidate
            assert trials[record.number].params == trials[first.number].params != {}
            assert record.validation_accuracy != first.validation_accuracy


def test_nothing_is_trained_that_could_not_improve_the_answer(
    undisturbed: tuple[Study, list[Any]],
) -> None:
    """In a replay of the trials, every accepted one is smaller than the answer at that time."""
    records = undisturbed[0].records()
    for number, record in enumerate(records):
        smallest = frontier(records[:number], drawn.TARGET)
        if record.outcome in ("trained", "stopped early"):
            assert not smallest.overtakes(record.parameters)
            assert record.repeat_of is not None or not smallest.in_question
        elif record.parameters <= 1_200:
            assert record.outcome == "over budget"
            assert record.reason == (f"{record.parameters:,} parameters, {smallest.not_smaller}")


def test_the_score_and_the_samplers_value(undisturbed: tuple[Study, list[Any]]) -> None:
    """The record has the consistency of the curve; the trial's value is `sampler_value`."""
    study, _ = undisturbed
    for trial, record in zip(study.optuna.trials, study.records(), strict=True):
        if record.outcome == "trained":
            assert record.consistency == min(record.validation_accuracy[-2:])
            result = (record.consistency, record.parameters, drawn.TARGET, study.setup.budget)
            assert trial.value == sampler_value(*result)


def test_events_have_the_number_of_the_run(undisturbed: tuple[Study, list[Any]]) -> None:
    """Events of a repeat have its run number and its news."""
    _, events = undisturbed
    begun_runs = [event for event in events if isinstance(event, Started) and event.repeat_of]
    assert {event.repeat for event in begun_runs} == {2, RUNS}
    news = [event.news for event in events if isinstance(event, Finished)]
    for word in ("of 3 required runs", "is verified", "is refuted"):
        assert any(word in result for result in news)


def test_weights_of_possible_answers_are_kept(undisturbed: tuple[Study, list[Any]]) -> None:
    """Weights of the answer, the best few and open successes are kept."""
    study, _ = undisturbed
    numbers = {int(name[6:11]) for name in tiny.names(study.folder / "weights")}
    assert numbers == {record.number for record in study.ranking()[:5]}
    assert study.weights(study.best().number)["seed"]


def test_open_successes_keep_their_weights(tmp_path: Path) -> None:
    """Open successes keep their weights whatever their rank."""

    def stop(event: Any, run: Run) -> None:
        run.stop = run.stop or (isinstance(event, Started) and event.repeat_of == 0)

    study = drawn.search(tmp_path, WANTED, target=0.6, show=stop)
    assert [s.first.number for s in frontier(study.records(), 0.6).in_question] == [0]
    assert tiny.names(study.folder / "weights") == ["trial-00000.safetensors"]


def test_a_finished_search_is_not_changed(undisturbed: tuple[Study, list[Any]]) -> None:
    """The same call again trains nothing and reports the answer again."""
    study, _ = undisturbed
    before, events = study.records(), []
    drawn.search(study.folder.parent, WANTED, show=lambda event, _: events.append(event))
    assert study.records() == before
    assert events[-1].ending == "complete"
    assert events[-1].notes[0].startswith("answer: ")


def killed_at(journal: Path, line: int, root: Path) -> int:
    """A study whose run was killed after it wrote this number of lines."""
    (root / "tiny").mkdir(parents=True)
    lines = journal.read_bytes().splitlines(keepends=True)
    (root / "tiny" / "journal.log").write_bytes(b"".join(lines[:line]))
    return len(lines)


PLACES = [pytest.param(place, marks=pytest.mark.slow) for place in range(50) if place % 10]


@pytest.mark.parametrize("place", [*range(0, 50, 10), *PLACES])
def test_a_kill_anywhere_changes_nothing(
    tmp_path: Path, undisturbed: tuple[Study, list[Any]], place: int
) -> None:
    """A kill at any line of the journal changes no proposal, repeat, draw or answer."""
    study, _ = undisturbed
    journal = study.folder / "journal.log"
    size = killed_at(journal, 0, tmp_path / "size")
    killed_at(journal, 5 + (size - 5) * place // 50, tmp_path / "killed")
    resumed = drawn.search(tmp_path / "killed", WANTED)
    assert tiny.course(resumed) == tiny.course(study)
    result = answer_at(resumed.records(), drawn.TARGET)
    assert result.parameters == answer_at(study.records(), drawn.TARGET).parameters
    assert not {"running", "waiting"} & set(tiny.outcomes(resumed))


def test_an_interrupted_repeat_is_resumed(
    tmp_path: Path, undisturbed: tuple[Study, list[Any]]
) -> None:
    """An interrupted repeat is started again with the same random draws."""
    repeated = set()

    def stop(event: Any, run: Run) -> None:
        if isinstance(event, Started) and event.repeat_of is not None:
            repeated.add(event.number)
        run.stop = run.stop or (isinstance(event, Advanced) and event.number in repeated)

    study = drawn.search(tmp_path, WANTED, show=stop)
    assert study.records()[-1].outcome == "interrupted"
    assert study.records()[-1].repeat_of is not None
    drawn.search(tmp_path, WANTED)
    assert tiny.course(study) == tiny.course(undisturbed[0])


def test_six_and_four_candidates_are_ten(
    tmp_path: Path, undisturbed: tuple[Study, list[Any]]
) -> None:
    """A search extended later equals one that was requested at once."""
    drawn.search(tmp_path, 6)
    assert tiny.course(drawn.search(tmp_path, WANTED)) == tiny.course(undisturbed[0])


@pytest.mark.parametrize("capacity", [2, 5])
def test_several_at_a_time(tmp_path: Path, capacity: int) -> None:
    """With parallel training, overtaken candidates are stopped and the search ends decided."""
    study = drawn.search(tmp_path, 14, capacity=capacity)
    records = study.records()
    smallest = frontier(records, drawn.TARGET)
    assert smallest.answer
    assert not smallest.in_question
    assert sum(record.counts for record in records) == 14
    assert not {"running", "waiting", "interrupted"} & set(tiny.outcomes(study))
    for success in smallest.successes:
        assert len(success.runs) <= RUNS


def test_overtaken_candidates_are_stopped(tmp_path: Path) -> None:
    """A candidate in training that is overtaken is stopped; this refutes nothing."""
    study = drawn.search(tmp_path, 30, capacity=6, seed=3)
    left = [r for r in study.records() if r.overtaken]
    assert left
    assert {record.outcome for record in left} == {"stopped early"}


@pytest.fixture
def begun_with_0_1(tmp_path: Path) -> Path:
    """The studies folder of a search by version 0.1, killed once and resumed.

    It has overtaken trials and trials of killed runs, one of them without a candidate. Only their
    reasons show this.
    """
    shutil.copytree(tiny.FOLDER.parent / "study_0_1", tmp_path, dirs_exist_ok=True)
    return tmp_path


def test_a_journal_of_0_1_reads_as_before(begun_with_0_1: Path) -> None:
    """The reasons of version 0.1 are understood, so no success is refuted by mistake."""
    records = studies.load("tiny", begun_with_0_1).records()
    assert not any(
        {"overtaken", "process_gone"} & trial.user_attrs.keys()
        for trial in studies.load("tiny", begun_with_0_1).optuna.trials
    )
    assert [(r.number, r.repeat_of) for r in records if r.overtaken] == [(16, None), (17, 4)]
    assert [(r.number, r.candidate is None) for r in records if r.process_gone] == [
        (1, False),
        (2, True),
    ]
    assert states_at(records, drawn.TARGET) == {7: "believed", 4: "open", 3: "open"}
    assert next_origin(records) == 16
    assert next_origin(records[:3]) == 2  # the random draws of the unknown candidate are reused


def test_a_study_of_0_1_is_resumed(begun_with_0_1: Path) -> None:
    """A resumed study proposes what version 0.1 proposed, which was computed with that version."""
    study = drawn.search(begun_with_0_1, 9, seed=2)
    more = [record for record in study.records()[18:] if record.repeat_of is None]
    assert [(record.origin, record.parameters) for record in more] == [
        *((16, 1_026), (17, 324), (18, 300), (19, 1_314), (20, 477)),
    ]
    assert states_at(study.records(), drawn.TARGET) == {7: "believed", 4: "open", 3: "open"}


def test_an_exhausted_space_ends_with_the_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An exhausted space ends the search normally with an answer, and is an error without."""
    monkeypatch.setattr("search.loop.admission.REJECTED", 20)
    narrow = tmp_path / "narrow.py"
    narrow.write_text(NARROW)
    events = []
    options: dict[str, Any] = {"space": narrow, "show": lambda event, _: events.append(event)}
    study = drawn.search(tmp_path / "a", 99, target=0.6, **options)
    assert events[-1].ending == "exhausted"
    assert events[-1].notes[0].startswith("answer: ")
    rejected = [event for event in events if isinstance(event, Rejected)]
    assert "not smaller than the" in rejected[-1].reason
    assert rejected[-1].violations[0].allowed == study.best().parameters - 1
    with pytest.raises(FrugalError, match=r"20 proposals in a row were .* \(20 duplicates\): "):
        drawn.search(tmp_path / "b", 99, target=0.9999, **options)


NARROW = """
from search import Architecture, Block, Candidate, Head, Recipe

def sample(trial, task):
    width = trial.suggest_int("width", 2, 4)
    blocks = (Block(width, 5, pool=4),)
    return Candidate(Architecture(task.image, task.classes, blocks), Recipe(epochs=2, ema=0.0))
"""


def test_a_model_proposes_smaller_ones(tmp_path: Path) -> None:
    """TPE learns the goal: more of its proposals are trained than of random ones."""
    shares = {}
    for name in ("random", "tpe"):
        records = drawn.search(tmp_path / name, 20, sampler=name).records()
        proposed = [record for record in records if record.repeat_of is None]
        shares[name] = sum(record.counts for record in proposed) / len(proposed)
    assert shares["tpe"] > shares["random"]


def test_a_study_without_any_success_still_has_a_best(tmp_path: Path) -> None:
    """The best candidate is the most consistent; the summary says that none is verified."""
    events = []
    study = drawn.search(tmp_path, 8, target=0.9999, show=lambda event, _: events.append(event))
    best = study.best()
    scores = [record.consistency for record in study.ranking() if record.consistency is not None]
    assert best.consistency == max(scores)
    assert events[-1] == replace(events[-1], ending="complete")
    assert isinstance(events[-1], Ended)
    assert events[-1].notes == ("no answer so far: no candidate is verified to reach 99.99 %",)


# real training: networks that learn three fifths of the digits in two epochs
QUICK = """
from search import Architecture, Block, Candidate, Head, Recipe

def sample(trial, task):
    first, last = trial.suggest_int("first", 2, 6), trial.suggest_int("last", 2, 12)
    blocks = (Block(first, 5, pool=4), Block(last, 3))
    recipe = Recipe(epochs=task.budget.epochs, batch=10, rate=0.05, ema=0.0)
    return Candidate(Architecture(task.image, task.classes, blocks, Head("linear")), recipe)
"""


@pytest.fixture(scope="module")
def real(
    small_mnist: Dataset, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Dataset, Path, dict[str, Any]]:
    """A file with 600 real images, and the settings of a search on them."""
    folder = tmp_path_factory.mktemp("real")
    images = replace(
        small_mnist,
        train=small_mnist.train.at(torch.arange(600)),
        validation=small_mnist.validation.at(torch.arange(200)),
    )
    torch.save(images, folder / "images.pt")
    (folder / "quick.py").write_text(QUICK)
    (folder / "roomy.py").write_text(tiny.OBJECTIVE.read_text().replace("1_200", "3_000"))
    files = {"space": folder / "quick.py", "objective": folder / "roomy.py"}
    options: dict[str, Any] = {
        "minimise": "parameters",
        "target": 0.6,
        "seed": 2,
        "prune": True,
        **files,
    }
    return images, folder / "images.pt", options


@pytest.fixture(scope="module")
def trained(
    real: tuple[Dataset, Path, dict[str, Any]], tmp_path_factory: pytest.TempPathFactory
) -> Study:
    """A real search without interruption."""
    images, _, options = real
    return tiny.search(tmp_path_factory.mktemp("trained"), images, 2, **options)


def test_real_networks_reach_a_target(
    trained: Study, real: tuple[Dataset, Path, dict[str, Any]]
) -> None:
    """Three runs of the answer reach the target and can be reproduced from their seeds."""
    images, _, _ = real
    answer = answer_at(trained.records(), 0.6)
    assert len(answer.runs) == RUNS
    data = DeviceData(images, torch.device("cpu"))
    for record in answer.runs[1:]:
        assert record.candidate is not None
        results = train(record.candidate, derive(trained.setup.seed, record.origin), data)
        assert tuple(r.validation_accuracy for r in results) == record.validation_accuracy
        assert min(record.validation_accuracy) >= 0.6


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_a_killed_real_search_has_the_same_result(
    tmp_path: Path, trained: Study, real: tuple[Dataset, Path, dict[str, Any]], seed: int
) -> None:
    """Two kills at arbitrary moments do not change a real search."""
    images, file, options = real
    draw = Random(seed)
    for _ in range(2):
        process = tiny.started(tmp_path, file, 2, **options)
        tiny.kill_after(process, tmp_path / "tiny" / "journal.log", draw.randint(1, 80))
    resumed = tiny.search(tmp_path, images, 2, **options)
    assert tiny.course(resumed) == tiny.course(trained)
