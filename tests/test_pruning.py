"""When a candidate can no longer matter."""

import random
from dataclasses import replace
from pathlib import Path

from search.candidate import Budget
from search.pruning import KEPT, hopeless
from search.record import Record
from search.userfiles import Objective

EPOCHS, WINDOW = 15, 5


def lowest(accuracies):
    """The shipped score."""
    return min(accuracies[-WINDOW:])


LOWEST = Objective(Path("objective.py"), "", Budget(), WINDOW, True, lowest)


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
    assert hopeless([0.1] * 14, EPOCHS, others, LOWEST) is None


def test_a_drop_within_the_window_stops_at_once():
    """The bound is the running minimum of the window."""
    others = [finished(number, flat(0.99)) for number in range(KEPT)]
    curve = [0.995] * 10
    assert hopeless([*curve, 0.9899], EPOCHS, others, LOWEST)
    assert hopeless([*curve, 0.9900], EPOCHS, others, LOWEST) is None


def test_the_bound_alone_never_stops_one_of_the_best():
    """Of curves ahead of all others before the window, none that is stopped ends among the best."""
    draw = random.Random(1)
    for _ in range(200):
        others = [finished(number, drawn(draw)) for number in range(KEPT + 3)]
        curve = [0.9999] * (EPOCHS - WINDOW) + drawn(draw)[:WINDOW]
        bar = sorted((lowest(o.validation_accuracy) for o in others), reverse=True)[KEPT - 1]
        stopped = any(
            hopeless(curve[:length], EPOCHS, others, LOWEST) for length in range(1, EPOCHS)
        )
        if stopped:
            assert lowest(curve) < bar


def test_another_objective_is_bounded_by_its_own_score():
    """Nothing assumes a minimum: a mean is bounded by the mean with perfect epochs to come."""

    def mean(accuracies):
        return sum(accuracies) / len(accuracies)

    others = [finished(number, flat(0.99)) for number in range(KEPT)]
    assert hopeless([0.8], EPOCHS, others, replace(LOWEST, consistency=mean))
    assert hopeless([0.9], EPOCHS, others, replace(LOWEST, consistency=mean)) is None


def test_an_objective_that_is_not_monotone_is_not_bounded():
    """MONOTONE = False leaves rank alone."""
    others = [finished(number, flat(0.99)) for number in range(KEPT)]
    assert hopeless([0.995] * 10 + [0.5], EPOCHS, others, replace(LOWEST, monotone=False)) is None


def test_one_epoch_behind_is_forgiven_two_are_not():
    """The rule needs PATIENCE epochs in a row, from epoch FIRST on, behind each of the best."""
    others = [finished(number, flat(0.98 + number / 1000)) for number in range(KEPT)]
    low, high = 0.979, 0.981
    assert hopeless([high, high, high, low], EPOCHS, others, LOWEST) is None
    assert hopeless([high, high, low, low], EPOCHS, others, LOWEST)
    assert hopeless([low, low], EPOCHS, others, LOWEST) is None
    assert hopeless([high, high, low, high, low], EPOCHS, others, LOWEST) is None


def test_the_rule_leaves_the_window_to_the_bound():
    """Within the window a candidate behind the best may still have the higher minimum."""
    others = [
        finished(number, [*flat(0.999)[:10], 0.98, *flat(0.999)[:4]]) for number in range(KEPT)
    ]
    assert hopeless([0.9999] * 10 + [0.985] * 3, EPOCHS, others, LOWEST) is None


def test_rank_alone_stops_where_nothing_is_monotone():
    """The rule acts for every objective, and candidates of other lengths compare by their end."""
    others = [finished(number, [0.99] * 6) for number in range(KEPT)]
    assert hopeless([0.98] * 8, EPOCHS, others, replace(LOWEST, monotone=False))
