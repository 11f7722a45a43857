import json
from dataclasses import replace

import pytest

from search.candidates.baselines import all_baselines, public_results
from search.candidates.candidate import Budget
from search.cli.smallest import (
    LEGEND,
    SIGNS,
    WIDTH,
    best_words,
    landscape_lines,
    landscape_marks,
    plotted_line,
    smallest_as_data,
    smallest_summary,
)
from search.study.records import Record
from search.study.settings import StudySettings
from tests.support import simulated_run as simulated
from tests.support.terminal import text

USUAL = StudySettings(
    data="mnist",
    digest="0" * 10,
    image=(1, 28, 28),
    classes=10,
    budget=Budget(),
    window=5,
    seed=0,
    space="",
    objective="",
    validation_images=10_000,
)
SETUP = replace(USUAL, minimise="parameters", target=0.994)


def run(
    number: int, parameters: int, score: float, first: int | None = None, repeat: int = 1
) -> Record:
    """A trained trial with this many parameters."""
    record = replace(simulated.trained(number, score), parameters=parameters)
    return replace(record, repeat_of=first, repeat=repeat)


STOPPED = replace(simulated.ended(6, "stopped early", [0.98] * 11), parameters=4_000)


SUCCESSES = [
    run(0, 8_000, 0.9951),
    run(1, 6_000, 0.9942),
    run(2, 6_000, 0.9944, first=1, repeat=2),
    run(3, 6_000, 0.9940, first=1, repeat=3),
    run(4, 3_000, 0.9900),
    run(5, 4_000, 0.9941),
    replace(STOPPED, repeat_of=5, repeat=2),
    run(7, 3_500, 0.9945),
]


def test_the_summary_starts_with_the_answer() -> None:
    """The answer is followed by the open successes, and all successes with their runs and n."""
    printed = text(smallest_summary(SUCCESSES, SETUP, 10))
    assert printed.startswith("answer: trial 1, 6,000 parameters: 3 of 3 runs reach 99.40 %")
    assert "not yet verified: trial 7, 3,500 parameters" in printed
    rows = {
        line.split()[0]: line.split() for line in printed.splitlines() if line[:5].strip().isdigit()
    }
    assert list(rows) == ["7", "5", "1", "0"]
    assert rows["1"][1:6] == ["6,000", "answer", "99.42,", "99.44,", "99.40"]
    assert rows["5"][1:5] == ["4,000", "refuted", "99.41,", "stopped"]
    assert rows["7"][2] == rows["0"][2] == "open"
    assert "n = 10,000 images" in " ".join(printed.split())


def test_the_answer_and_smaller_open_successes_are_always_listed() -> None:
    """The limit applies only to the other successes."""
    printed = text(smallest_summary(SUCCESSES, SETUP, 0))
    listed = [line.split()[0] for line in printed.splitlines() if line[:5].strip().isdigit()]
    assert listed == ["7", "1"]


def test_a_study_without_success_says_so() -> None:
    """The summary is one sentence without a table."""
    assert text(smallest_summary(SUCCESSES[4:5], SETUP, 5)).strip() == (
        "no answer so far: no candidate is verified to reach 99.40 %"
    )


def test_the_heading_of_the_best_candidate() -> None:
    """It is the answer, the best one without verification, or the best without a target."""
    assert best_words(SUCCESSES, SETUP, SUCCESSES[1]) == "answer, trial 1:"
    assert best_words(SUCCESSES[4:5], SETUP, SUCCESSES[4]) == (
        "highest consistency, trial 4, not verified to reach 99.40 %:"
    )
    assert best_words(SUCCESSES, USUAL, SUCCESSES[0]) == "best candidate, trial 0:"


def test_the_successes_as_json() -> None:
    """JSON has the answer, the states and every run."""
    data = json.loads(json.dumps(smallest_as_data(SUCCESSES, 0.994)))
    assert (data["target"], data["answer"]) == (0.994, 1)
    (one,) = [success for success in data["successes"] if success["trial"] == 1]
    assert one["state"] == "believed"
    assert [run["consistency"] for run in one["runs"]] == [0.9942, 0.9944, 0.9940]
    assert smallest_as_data(SUCCESSES[4:5], 0.994)["answer"] is None


def test_the_plot_has_the_frontier_and_similar_published_networks() -> None:
    """The plot has the frontier, the answer, published networks and public results, by size."""
    drawn = landscape_marks(SUCCESSES, SETUP, all_baselines(), public_results())
    assert [mark.parameters for mark in drawn] == sorted(mark.parameters for mark in drawn)
    assert max(mark.parameters for mark in drawn) <= 15_000
    ours = {mark.name: mark.kind for mark in drawn if mark.kind in ("trial", "answer")}
    assert ours == {"trial 4": "trial", "trial 7": "trial", "trial 1": "answer", "trial 0": "trial"}
    assert {mark.kind for mark in drawn} == {"trial", "answer", "published", "public result"}


def test_the_plot_has_a_legend() -> None:
    """The plot explains its signs and marks the budget at its place."""
    printed = text(
        landscape_lines(landscape_marks(SUCCESSES, SETUP, all_baselines(), public_results()), SETUP)
    )
    lines = printed.splitlines()
    place = next(
        n for n, line in enumerate(lines) if line.endswith("- budget") or "  budget" in line
    )
    before, after = (int(lines[n].split()[0].replace(",", "")) for n in (place - 1, place + 1))
    assert before <= 10_000 < after
    for words in (
        "@ answer of this study",
        "public result, single run selected on the test set",
        "| target, 99.40 %",
    ):
        assert words in printed
    assert "n = 10,000" in printed
    assert LEGEND.keys() == SIGNS.keys()


def test_a_study_without_a_target_has_a_plot() -> None:
    """It has no target line, and no published networks if none are passed."""
    printed = text(landscape_lines(landscape_marks(SUCCESSES, USUAL), USUAL))
    assert "target" not in printed
    assert "published" not in printed
    assert text(landscape_lines([], USUAL)).startswith("parameters against consistency")


@pytest.mark.parametrize(
    "accuracy, line",
    [
        (0.9, "o" + " " * (WIDTH - 1)),
        (0.99, " " * (WIDTH - 1) + "o"),
        (0.5, "<" + " " * (WIDTH - 1)),
    ],
)
def test_positions_are_in_nines(accuracy: float, line: str) -> None:
    """A position is on the scale of nines; lower values are drawn at the left edge."""
    assert plotted_line(accuracy, "o", (1.0, 2.0), None) == line
    assert plotted_line(0.99, "o", (1.0, 3.0), 0.9)[0] == "|"
