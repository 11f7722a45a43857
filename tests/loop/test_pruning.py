"""When a candidate can no longer matter."""

import random
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.candidates.architecture import Architecture, Block
from search.candidates.candidate import Budget, Candidate
from search.candidates.recipe import Recipe
from search.loop.pruning import KEPT, rung_reason, stop_reason, stop_reason_for_smallest
from search.study.records import Record
from search.study.user_files import Objective

EPOCHS, WINDOW = 15, 5


def lowest(accuracies):
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


def finished(number, curve):
    """A trained trial with this curve."""
    return Record(
        number, "trained", consistency=lowest(curve), validation_accuracy=tuple(curve), parameters=1
    )


def drawn(draw):
    """A curve without any order."""
    return [draw.uniform(0.9, 0.999) for _ in range(EPOCHS)]


def flat(accuracy):
    """A curve that stands still."""
    return [accuracy] * EPOCHS


def test_nothing_stops_before_there_are_enough_to_compare_with():
    """With fewer than KEPT trained candidates everything is trained."""
    others = [finished(number, flat(0.99)) for number in range(KEPT - 1)]
    assert stop_reason([0.1] * 14, EPOCHS, others, LOWEST) is None


def test_a_drop_within_the_window_stops_at_once():
    """The bound is the running minimum of the window."""
    others = [finished(number, flat(0.99)) for number in range(KEPT)]
    curve = [0.995] * 10
    assert stop_reason([*curve, 0.9899], EPOCHS, others, LOWEST)
    assert stop_reason([*curve, 0.9900], EPOCHS, others, LOWEST) is None


def test_the_bound_alone_never_stops_one_of_the_best():
    """Of curves ahead of all others before the window, none that is stopped ends among the best."""
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


def test_another_objective_is_bounded_by_its_own_score():
    """Nothing assumes a minimum: a mean is bounded by the mean with perfect epochs to come."""

    def mean(accuracies):
        return sum(accuracies) / len(accuracies)

    others = [finished(number, flat(0.99)) for number in range(KEPT)]
    assert stop_reason([0.8], EPOCHS, others, replace(LOWEST, consistency=mean))
    assert stop_reason([0.9], EPOCHS, others, replace(LOWEST, consistency=mean)) is None


def test_an_objective_that_is_not_monotone_is_not_bounded():
    """MONOTONE = False leaves rank alone."""
    others = [finished(number, flat(0.99)) for number in range(KEPT)]
    assert (
        stop_reason([0.995] * 10 + [0.5], EPOCHS, others, replace(LOWEST, monotone=False)) is None
    )


def test_one_epoch_behind_is_forgiven_two_are_not():
    """The rule needs PATIENCE epochs in a row, from epoch FIRST on, behind each of the best."""
    others = [finished(number, flat(0.98 + number / 1000)) for number in range(KEPT)]
    low, high = 0.979, 0.981
    assert stop_reason([high, high, high, high, low], EPOCHS, others, LOWEST) is None
    assert stop_reason([high, high, high, low, low], EPOCHS, others, LOWEST) == (
        "behind each of the best 5 for 2 epochs"
    )
    assert stop_reason([high, low, low], EPOCHS, others, LOWEST) is None
    assert stop_reason([high, high, low, high, low], EPOCHS, others, LOWEST) is None


def test_the_rule_leaves_the_window_to_the_bound():
    """Within the window a candidate behind the best may still have the higher minimum."""
    others = [
        finished(number, [*flat(0.999)[:10], 0.98, *flat(0.999)[:4]]) for number in range(KEPT)
    ]
    assert stop_reason([0.9999] * 10 + [0.985] * 3, EPOCHS, others, LOWEST) is None


def test_rank_alone_stops_where_nothing_is_monotone():
    """The rule acts for every objective, and candidates of other lengths compare by their end."""
    others = [finished(number, [0.99] * 6) for number in range(KEPT)]
    assert stop_reason([0.98] * 8, EPOCHS, others, replace(LOWEST, monotone=False))


# the rungs
SHARES = {2: (1, 2), 4: (1, 3)}  # epoch of 15: the share that goes on


rungs = st.sampled_from(list(SHARES))


shares = st.integers(0, 10_000).map(lambda count: count / 10_000)


unhurried = settings(deadline=None)  # a busy machine is no failure


def reached(number, accuracy, length):
    """A trial that was stopped early, at that accuracy."""
    return Record(number, "stopped early", validation_accuracy=(accuracy,) * length)


def study(*accuracies, length=4):
    """KEPT trained trials of which the bound asks nothing, and others that were stopped."""
    low = [finished(number, [0.5] * EPOCHS) for number in range(KEPT)]
    stopped = [reached(number, a, length) for number, a in enumerate(accuracies, start=KEPT)]
    return low + stopped


def test_the_better_of_all_go_on_after_a_rung():
    """Stopped ones count as much as trained ones; the reason says the place."""
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


def test_a_rung_is_asked_once():
    """An epoch earlier or later the place decides nothing."""
    others = study(*[0.95] * 9, length=10)
    stopping = [n for n in range(1, 11) if stop_reason([0.6] * n, EPOCHS, others, LOWEST)]
    assert stopping == list(SHARES)


@unhurried
@given(st.lists(shares, max_size=40), shares, rungs)
def test_so_many_go_on(accuracies, accuracy, rung):
    """Stopped exactly if that share of all, itself included, were strictly better."""
    others = [reached(number, a, rung + 1) for number, a in enumerate(accuracies)]
    ahead = sum(a > accuracy for a in accuracies)
    part, of = SHARES[rung]
    stopped = rung_reason([accuracy] * rung, EPOCHS, others) is not None
    assert stopped == (of * ahead >= part * (len(others) + 1))


@unhurried
@given(st.lists(shares, max_size=40), shares, shares, rungs)
def test_a_higher_accuracy_never_hurts(accuracies, one, other, rung):
    """Of two candidates at a rung the better one is not the one that is stopped."""
    others = [reached(number, a, rung + 1) for number, a in enumerate(accuracies)]
    low, high = ([a] * rung for a in sorted((one, other)))
    assert rung_reason(low, EPOCHS, others) or not rung_reason(high, EPOCHS, others)


def test_only_what_tells_something_is_ranked():
    """Not repeats, not what was interrupted or has failed, nor the candidate's own record."""
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
def test_the_rungs_are_parts_of_the_training(epochs, stopping):
    """Of any length; they are rounded up."""
    better = [reached(number, 0.95, epochs) for number in range(3)]
    stops = [n for n in range(1, epochs + 1) if rung_reason([0.9] * n, epochs, better)]
    assert stops == stopping


def test_candidates_of_other_lengths_meet_at_the_same_part():
    """One of 30 epochs after its fourth with one of 15 after its second."""
    rising = [
        Record(n, "stopped early", PLANNED, validation_accuracy=(0.7, 0.8, 0.99, 0.99))
        for n in range(3)
    ]
    assert rung_reason([0.1, 0.1, 0.1, 0.85], 30, rising) is None
    assert rung_reason([0.1, 0.1, 0.1, 0.75], 30, rising)


def test_a_short_study_is_left_to_the_bound():
    """Where every epoch is within the window no rule acts; else the rungs do."""
    others = study(*[0.95] * 9)
    assert stop_reason([0.6], 3, others, LOWEST) is None
    assert stop_reason([0.6], 3, others, replace(LOWEST, window=1))


# where the smallest network is sought
TARGET = 0.99


def under_way(curve, parameters=5_000, **known):
    """A run with this curve so far."""
    started = Record(99, "running", PLANNED, parameters=parameters, **known)
    return replace(started, validation_accuracy=tuple(curve))


def ended(number, curve, parameters=5_000, **known):
    """A trained trial, or one that was stopped early if its curve is short."""
    if len(curve) < EPOCHS:
        return replace(
            under_way(curve, parameters, **known), number=number, outcome="stopped early"
        )
    return replace(finished(number, curve), candidate=PLANNED, parameters=parameters, **known)


def held(parameters):
    """Three runs that hold the target."""
    first = ended(0, flat(0.991), parameters)
    return [first, *(replace(first, number=n, repeat_of=0, repeat=n + 1) for n in (1, 2))]


def test_with_an_answer_the_target_is_the_bound():
    """One epoch of the window below it, and the run cannot improve the answer."""
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


def test_without_an_answer_one_of_the_best_few_is_trained_on():
    """They are all that the study has; the target is the highest that is asked."""
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


def test_a_repeat_is_judged_by_the_bound_alone():
    """Against the target from the first, whoever else is there; no curve of others counts."""
    others = [ended(number, flat(0.985)) for number in range(KEPT)]
    repeat = {"repeat_of": 7, "repeat": 2}
    assert (
        stop_reason_for_smallest(under_way(flat(0.9)[:10], **repeat), others, LOWEST, TARGET)
        is None
    )
    assert stop_reason_for_smallest(under_way(flat(0.9)[:10]), others, LOWEST, TARGET)
    assert stop_reason_for_smallest(under_way(flat(0.9899)[:11], **repeat), [], LOWEST, TARGET)


def test_whoever_is_behind_all_that_missed_the_target_is_stopped():
    """Not behind those that reached it: small networks are slow at first."""
    missed = [ended(number, flat(0.98 + number / 1000)) for number in range(KEPT)]
    reached = [ended(number, flat(0.995)) for number in range(10, 10 + KEPT)]
    low, high = 0.979, 0.981
    assert stop_reason_for_smallest(under_way([high, high, low]), missed, LOWEST, TARGET) is None
    assert stop_reason_for_smallest(under_way([high, high, low, low]), missed, LOWEST, TARGET) == (
        "behind each of the best 5 that missed the target for 2 epochs"
    )
    assert stop_reason_for_smallest(under_way([low] * 4), missed[1:], LOWEST, TARGET) is None
    assert stop_reason_for_smallest(under_way([0.99] * 4), reached, LOWEST, TARGET) is None


def test_who_missed_the_target_is_known_by_the_window():
    """Stopped by the bound within it: yes. Stopped before it, or left for its size: no."""
    missed = [ended(number, flat(0.98)) for number in range(KEPT - 1)]
    curve = under_way([0.97] * 4)
    within = ended(9, flat(0.98)[:11])
    before = ended(9, flat(0.98)[:10])
    left = replace(within, overtaken=True)
    assert stop_reason_for_smallest(curve, [*missed, within], LOWEST, TARGET)
    assert stop_reason_for_smallest(curve, [*missed, before], LOWEST, TARGET) is None
    assert stop_reason_for_smallest(curve, [*missed, left], LOWEST, TARGET) is None


def test_what_the_answer_overtakes_is_left_at_once():
    """Its size is enough to know; and a repeat of what another run has refuted."""
    assert stop_reason_for_smallest(under_way([0.999], 6_000), held(6_000), LOWEST, TARGET) == (
        "not smaller than the 6,000 of trial 0, which reaches 99.00 %"
    )
    assert stop_reason_for_smallest(under_way([0.999], 5_999), held(6_000), LOWEST, TARGET) is None
    refuted = [ended(0, flat(0.991)), ended(1, flat(0.98), repeat_of=0, repeat=2)]
    repeat = under_way([0.999], repeat_of=0, repeat=3)
    assert (
        stop_reason_for_smallest(repeat, refuted, LOWEST, TARGET) == "trial 0 is refuted by trial 1"
    )
