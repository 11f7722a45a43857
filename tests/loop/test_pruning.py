"""Early stopping of candidates that can no longer improve the result."""

import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.candidates.architecture import Architecture
from search.candidates.blocks import Block
from search.candidates.candidate import Budget, Candidate
from search.candidates.recipe import Recipe
from search.loop.pruning import KEPT, rung_reason, stop_reason, stop_reason_for_smallest
from search.study.records import Record
from search.study.user_files import Objective

EPOCHS, WINDOW = 15, 5


def lowest(accuracies: Sequence[float]) -> float:
    """The shipped score."""
    return min(accuracies[-WINDOW:])


PLANNED = Candidate(Architecture((1, 28, 28), 10, (Block(4),)), Recipe(epochs=EPOCHS))


LOWEST = Objective(
    Path("objective.py"),
    source="",
    budget=Budget(),
    window=WINDOW,
    monotone=True,
    consistency=lowest,
)


def finished(number: int, curve: list[float]) -> Record:
    """A trained trial with this curve."""
    return Record(
        number, "trained", consistency=lowest(curve), validation_accuracy=tuple(curve), parameters=1
    )


def drawn(draw: Random) -> list[float]:
    """A random curve."""
    return [draw.uniform(0.9, 0.999) for _ in range(EPOCHS)]


def flat(accuracy: float) -> list[float]:
    """A constant curve."""
    return [accuracy] * EPOCHS


def test_nothing_is_stopped_before_enough_are_trained() -> None:
    """With fewer than KEPT candidates trained to the end, none is stopped."""
    others = [finished(number, flat(0.99)) for number in range(KEPT - 1)]
    assert stop_reason([0.1] * 14, EPOCHS, others, LOWEST) is None


def test_a_drop_within_the_window_stops_at_once() -> None:
    """The bound is the running minimum of the window."""
    others = [finished(number, flat(0.99)) for number in range(KEPT)]
    curve = [0.995] * 10
    assert stop_reason([*curve, 0.9899], EPOCHS, others, LOWEST)
    assert stop_reason([*curve, 0.9900], EPOCHS, others, LOWEST) is None


def test_the_bound_alone_never_stops_one_of_the_best() -> None:
    """Of curves ahead of all others before the window, no stopped one would be among the best."""
    draw = random.Random(1)
    for _ in range(200):
        others = [finished(number, drawn(draw)) for number in range(KEPT + 3)]
        curve = [0.9999] * (EPOCHS - WINDOW) + drawn(draw)[:WINDOW]
        bar = sorted((lowest(o.validation_accuracy) for o in others), reverse=True)[KEPT - 1]
        stopped = any(
            stop_reason(curve[:length], EPOCHS, others, LOWEST) for length in range(1, EPOCHS)
        )
        if stopped:
            assert lowest(curve) < bar


def test_another_objective_is_bounded_by_its_own_score() -> None:
    """The bound of a mean is the mean with accuracies of 1 in the remaining epochs."""

    def mean(accuracies: Sequence[float]) -> float:
        return sum(accuracies) / len(accuracies)

    others = [finished(number, flat(0.99)) for number in range(KEPT)]
    assert stop_reason([0.8], EPOCHS, others, replace(LOWEST, consistency=mean))
    assert stop_reason([0.9], EPOCHS, others, replace(LOWEST, consistency=mean)) is None


def test_an_objective_that_is_not_monotone_is_not_bounded() -> None:
    """With MONOTONE = False the bound is not used."""
    others = [finished(number, flat(0.99)) for number in range(KEPT)]
    assert (
        stop_reason([0.995] * 10 + [0.5], EPOCHS, others, replace(LOWEST, monotone=False)) is None
    )


def test_two_epochs_behind_stop_a_candidate() -> None:
    """A candidate must be behind all of the best for PATIENCE epochs in a row, from FIRST on."""
    others = [finished(number, flat(0.98 + number / 1000)) for number in range(KEPT)]
    low, high = 0.979, 0.981
    assert stop_reason([high, high, high, high, low], EPOCHS, others, LOWEST) is None
    assert stop_reason([high, high, high, low, low], EPOCHS, others, LOWEST) == (
        "behind each of the best 5 for 2 epochs"
    )
    assert stop_reason([high, low, low], EPOCHS, others, LOWEST) is None
    assert stop_reason([high, high, low, high, low], EPOCHS, others, LOWEST) is None


def test_the_rule_does_not_apply_within_the_window() -> None:
    """Within the window, a candidate behind the best may still have a higher minimum."""
    others = [
        finished(number, [*flat(0.999)[:10], 0.98, *flat(0.999)[:4]]) for number in range(KEPT)
    ]
    assert stop_reason([0.9999] * 10 + [0.985] * 3, EPOCHS, others, LOWEST) is None


def test_the_rule_applies_without_monotonicity() -> None:
    """The rule applies to every objective; shorter curves are compared by their last accuracy."""
    others = [finished(number, [0.99] * 6) for number in range(KEPT)]
    assert stop_reason([0.98] * 8, EPOCHS, others, replace(LOWEST, monotone=False))


# the rungs
SHARES = {2: (1, 2), 4: (1, 3)}  # epoch of 15: the share that continues


rungs = st.sampled_from(list(SHARES))


shares = st.integers(0, 10_000).map(lambda count: count / 10_000)


unhurried = settings(deadline=None)  # a busy machine must not fail the test


def reached(number: int, accuracy: float, length: int) -> Record:
    """A trial that was stopped early at this accuracy."""
    return Record(number, "stopped early", validation_accuracy=(accuracy,) * length)


def study(*accuracies: Any, length: int = 4) -> list[Record]:
    """KEPT candidates trained to the end that the bound does not use, and some stopped ones."""
    low = [finished(number, [0.5] * EPOCHS) for number in range(KEPT)]
    stopped = [reached(number, a, length) for number, a in enumerate(accuracies, start=KEPT)]
    return low + stopped


def test_the_better_ones_continue_after_a_rung() -> None:
    """Stopped candidates count like trained ones; the reason contains the place."""
    others = study(0.91, 0.92, 0.93, 0.94)
    assert stop_reason([0.6, 0.905], EPOCHS, others, LOWEST) is None
    assert stop_reason([0.6, 0.6, 0.6, 0.915], EPOCHS, others, LOWEST) is None
    assert stop_reason([0.6, 0.6, 0.6, 0.905], EPOCHS, others, LOWEST) == (
        "place 5 of 10 after epoch 4; the best 1/3 continue"
    )
    more = study(0.91, 0.92, 0.93, 0.94, 0.95, 0.96)
    assert stop_reason([0.6, 0.905], EPOCHS, more, LOWEST) == (
        "place 7 of 12 after epoch 2; the best 1/2 continue"
    )


def test_a_rung_is_a_single_epoch() -> None:
    """One epoch before or after a rung, the place does not matter."""
    others = study(*[0.95] * 9, length=10)
    stopping = [n for n in range(1, 11) if stop_reason([0.6] * n, EPOCHS, others, LOWEST)]
    assert stopping == list(SHARES)


@unhurried
@given(st.lists(shares, max_size=40), shares, rungs)
def test_the_share_that_continues_is_exact(
    accuracies: list[Any] | list[float] | tuple[float, ...], accuracy: float, rung: int
) -> None:
    """A candidate is stopped exactly if at least that share of all, itself included, is better."""
    others = [reached(number, a, rung + 1) for number, a in enumerate(accuracies)]
    ahead = sum(a > accuracy for a in accuracies)
    part, of = SHARES[rung]
    stopped = rung_reason([accuracy] * rung, EPOCHS, others) is not None
    assert stopped == (of * ahead >= part * (len(others) + 1))


@unhurried
@given(st.lists(shares, max_size=40), shares, shares, rungs)
def test_a_higher_accuracy_never_hurts(
    accuracies: list[Any], one: float, other: float, rung: int
) -> None:
    """Of two candidates at a rung, the better one is not the one that is stopped."""
    others = [reached(number, a, rung + 1) for number, a in enumerate(accuracies)]
    low, high = ([a] * rung for a in sorted((one, other)))
    assert rung_reason(low, EPOCHS, others) or not rung_reason(high, EPOCHS, others)


def test_only_comparable_records_are_ranked() -> None:
    """Repeats, interrupted and failed trials and the candidate's own record are excluded."""
    curve = (0.6, 0.905)
    better = [reached(number, 0.95, 2) for number in range(3)]
    assert rung_reason(curve, EPOCHS, better)
    for known in ({"outcome": "interrupted"}, {"outcome": "failed"}, {"repeat_of": 3}):
        assert rung_reason(curve, EPOCHS, [replace(r, **known) for r in better]) is None
    assert rung_reason(curve, EPOCHS, [replace(r, outcome="running") for r in better])
    own = Record(9, "running", validation_accuracy=curve)
    assert rung_reason(curve, EPOCHS, [*better, own]) == rung_reason(curve, EPOCHS, better)


@pytest.mark.parametrize(
    "epochs, stopping", [(1, [1]), (3, [1]), (7, [1, 2]), (8, [2, 3]), (15, [2, 4]), (31, [5, 9])]
)
def test_the_rungs_are_parts_of_the_training(epochs: int, stopping: list[int]) -> None:
    """Rungs are fractions of any number of epochs, rounded up."""
    better = [reached(number, 0.95, epochs) for number in range(3)]
    stops = [n for n in range(1, epochs + 1) if rung_reason([0.9] * n, epochs, better)]
    assert stops == stopping


def test_candidates_of_other_lengths_meet_at_the_same_part() -> None:
    """Epoch 4 of 30 is compared with epoch 2 of 15."""
    rising = [
        Record(n, "stopped early", PLANNED, validation_accuracy=(0.7, 0.8, 0.99, 0.99))
        for n in range(3)
    ]
    assert rung_reason([0.1, 0.1, 0.1, 0.85], 30, rising) is None
    assert rung_reason([0.1, 0.1, 0.1, 0.75], 30, rising)


def test_a_short_study_only_uses_the_bound() -> None:
    """If all epochs are within the window, no rule applies; otherwise the rungs do."""
    others = study(*[0.95] * 9)
    assert stop_reason([0.6], 3, others, LOWEST) is None
    assert stop_reason([0.6], 3, others, replace(LOWEST, window=1))


# searches for the smallest network
TARGET = 0.99


def under_way(curve: list[float], parameters: int = 5_000, **known: Any) -> Record:
    """A run in training with this curve so far."""
    started = Record(99, "running", PLANNED, parameters=parameters, **known)
    return replace(started, validation_accuracy=tuple(curve))


def ended(number: int, curve: list[float], parameters: int = 5_000, **known: Any) -> Record:
    """A trial trained to the end, or stopped early if its curve is short."""
    if len(curve) < EPOCHS:
        return replace(
            under_way(curve, parameters, **known), number=number, outcome="stopped early"
        )
    return replace(finished(number, curve), candidate=PLANNED, parameters=parameters, **known)


def held(parameters: int) -> list[Record]:
    """Three runs that reach the target."""
    first = ended(0, flat(0.991), parameters)
    return [first, *(replace(first, number=n, repeat_of=0, repeat=n + 1) for n in (1, 2))]


def test_with_an_answer_the_target_is_the_bound() -> None:
    """With one epoch of the window below the target, a run cannot improve the answer."""
    others = held(6_000)
    assert (
        stop_reason_for_smallest(under_way([*flat(0.98)[:10], 0.99]), others, LOWEST, TARGET)
        is None
    )
    assert stop_reason_for_smallest(
        under_way([*flat(0.98)[:10], 0.9899]), others, LOWEST, TARGET
    ) == ("can reach 98.99 % at most, the target is 99.00 %")
    rank_alone = replace(LOWEST, monotone=False)
    assert (
        stop_reason_for_smallest(under_way([*flat(0.98)[:10], 0.5]), others, rank_alone, TARGET)
        is None
    )


def test_without_an_answer_the_best_few_continue() -> None:
    """Without an answer, the score required is that of the best few, at most the target."""
    others = [ended(number, flat(0.97 + number / 1000)) for number in range(KEPT)]
    curve = flat(0.98)[:10]
    assert stop_reason_for_smallest(under_way([*curve, 0.9701]), others, LOWEST, TARGET) is None
    assert stop_reason_for_smallest(under_way([*curve, 0.9699]), others, LOWEST, TARGET) == (
        "can reach 96.99 % at most, the 5th best has 97.00 %"
    )
    good = [ended(number, flat(0.995)) for number in range(KEPT)]
    assert stop_reason_for_smallest(under_way([*curve, 0.9901]), good, LOWEST, TARGET) is None
    assert stop_reason_for_smallest(under_way([*curve, 0.9899]), good, LOWEST, TARGET)
    assert stop_reason_for_smallest(under_way([*curve, 0.5]), others[1:], LOWEST, TARGET) is None


def test_a_repeat_is_judged_by_the_bound_alone() -> None:
    """A repeat must reach the target; the curves of others do not matter."""
    others = [ended(number, flat(0.985)) for number in range(KEPT)]
    repeat: dict[str, Any] = {"repeat_of": 7, "repeat": 2}
    assert (
        stop_reason_for_smallest(under_way(flat(0.9)[:10], **repeat), others, LOWEST, TARGET)
        is None
    )
    assert stop_reason_for_smallest(under_way(flat(0.9)[:10]), others, LOWEST, TARGET)
    assert stop_reason_for_smallest(under_way(flat(0.9899)[:11], **repeat), [], LOWEST, TARGET)


def test_a_candidate_behind_those_that_missed_the_target_is_stopped() -> None:
    """Those that reached it are not compared, because small networks start slowly."""
    missed = [ended(number, flat(0.98 + number / 1000)) for number in range(KEPT)]
    reached = [ended(number, flat(0.995)) for number in range(10, 10 + KEPT)]
    low, high = 0.979, 0.981
    assert stop_reason_for_smallest(under_way([high, high, low]), missed, LOWEST, TARGET) is None
    assert stop_reason_for_smallest(under_way([high, high, low, low]), missed, LOWEST, TARGET) == (
        "behind each of the best 5 that missed the target for 2 epochs"
    )
    assert stop_reason_for_smallest(under_way([low] * 4), missed[1:], LOWEST, TARGET) is None
    assert stop_reason_for_smallest(under_way([0.99] * 4), reached, LOWEST, TARGET) is None


def test_the_window_decides_who_missed_the_target() -> None:
    """Candidates stopped by the bound missed it; those stopped before or overtaken may not have."""
    missed = [ended(number, flat(0.98)) for number in range(KEPT - 1)]
    curve = under_way([0.97] * 4)
    within = ended(9, flat(0.98)[:11])
    before = ended(9, flat(0.98)[:10])
    left = replace(within, overtaken=True)
    assert stop_reason_for_smallest(curve, [*missed, within], LOWEST, TARGET)
    assert stop_reason_for_smallest(curve, [*missed, before], LOWEST, TARGET) is None
    assert stop_reason_for_smallest(curve, [*missed, left], LOWEST, TARGET) is None


def test_overtaken_candidates_are_stopped_at_once() -> None:
    """A candidate as large as the answer is stopped, as is a repeat of a refuted one."""
    assert stop_reason_for_smallest(under_way([0.999], 6_000), held(6_000), LOWEST, TARGET) == (
        "not smaller than the 6,000 of trial 0, which reaches 99.00 %"
    )
    assert stop_reason_for_smallest(under_way([0.999], 5_999), held(6_000), LOWEST, TARGET) is None
    refuted = [ended(0, flat(0.991)), ended(1, flat(0.98), repeat_of=0, repeat=2)]
    repeat = under_way([0.999], repeat_of=0, repeat=3)
    assert (
        stop_reason_for_smallest(repeat, refuted, LOWEST, TARGET) == "trial 0 is refuted by trial 1"
    )
