"""Racing: who cannot be best any more after a few repeats each. Never imports torch or Optuna.

The promise: the candidate with the highest expected consistency is in the race to its end with a
probability of at least LEVEL over the whole race, whatever the number of looks and racers. What is
expected is meant over seeds, on these validation images.

At each look everybody is compared with everybody who is left, by mean and standard error; the
error allowed is shared equally among all comparisons that could drive the best one out (looks x
other racers, Bonferroni), and among both sides of each. The variance of one run is pooled over who
is left, for two or three repeats alone say little about it, but where a candidate's own variance is
larger, its own is taken.

Measured (`benchmarks/intervals.py`, 4,000 simulated races a case) with gaps next to nothing, the
hardest case, 2, 5 and 10 racers, 3 and 5 repeats, normal, left-skewed and heavy-tailed scores: the
best is kept in 99.0 % or more with equal spreads, and in 95.0 % or more where its spread is a third
of the others' or three times theirs. Of five racers with gaps of 0 to 0.2 points and a spread of
0.04, it is kept in 99.98 % and 19 % of the repeats are saved. A pooled variance alone kept it in
84 % only, Welch's test in 93 %; both together hold the level and save a quarter less.
"""

from collections.abc import Mapping, Sequence
from math import sqrt
from statistics import fmean

from search.evaluation.repeats import FEWEST

SAME = 1e-9  # accuracy: a spread below this is the float's, not the training's
LEVEL = 0.95  # of a whole race
TEST = (
    "a candidate leaves when its mean is below another's by more than chance explains: t tests on "
    "the pooled spread of the repeats (a candidate's own where larger), Bonferroni over all looks "
    "and racers, so that the best one stays to the end in at least 95 % of races"
)
Scores = Mapping[int, Sequence[float]]


def leavers(scores: Scores, racers: int, most: int, level: float = LEVEL) -> dict[int, str]:
    """Who cannot be best any more, and why in words.

    scores: consistencies (fractions) by trial of who is still in the race; a candidate that left
    is not taken back. racers: how many began; most: repeats that each may get. There is a look
    after every repeat from the second on, so at most `most` - 1. Empty before everybody has two,
    and while all repeats agree to the last digit: without a spread nothing can be told.
    """
    looks = max(1, most - 1)
    return _behind(scores, (1 - level) / (looks * max(1, racers - 1)))


def rivals(scores: Scores, winner: int, level: float = LEVEL) -> tuple[int, ...]:
    """Those still there that cannot be told from the winner at this level, by number.

    A single look at the end, with the test of the race: if the best candidate is still there, it is
    the winner or among its rivals with a probability of at least `level`. Over race and end
    together that was so in 97.6 % of simulated races or more with equal spreads, and in 93.6 % or
    more with unequal ones. Where nothing can be told (fewer than two repeats, no spread), everybody
    else is a rival.
    """
    others = [trial for trial in scores if trial != winner]
    beaten = _behind(scores, (1 - level) / max(1, len(others)), (winner,))
    return tuple(sorted(trial for trial in others if trial not in beaten))


def _behind(scores: Scores, error: float, ahead: Sequence[int] = ()) -> dict[int, str]:
    """Who is behind one of those ahead (by default anybody), at this error per comparison."""
    from scipy.special import stdtrit

    if len(scores) < 2 or min(map(len, scores.values())) < FEWEST:
        return {}
    means = {trial: fmean(found) for trial, found in scores.items()}
    squares, freedom = _errors(scores, means)
    if not squares:
        return {}
    needed = float(stdtrit(freedom, 1 - error / 2))
    behind = {}
    for trial, own in means.items():
        better = {
            other: (means[other] - own) / sqrt(squares[other] + squares[trial])
            for other in ahead or means
            if other != trial
        }
        other = max(better, key=lambda number: (better[number], -number), default=trial)
        if better.get(other, 0.0) > needed:
            behind[trial] = _why(other, means[other] - own, better[other], needed)
    return behind


def _errors(scores: Scores, means: Mapping[int, float]) -> tuple[dict[int, float], int]:
    """Squared standard error of each mean, none without a spread; degrees of freedom."""
    sums = {trial: sum((x - means[trial]) ** 2 for x in found) for trial, found in scores.items()}
    freedom = sum(len(found) - 1 for found in scores.values())
    pooled = sum(sums.values()) / freedom
    if pooled < SAME**2:
        return {}, freedom
    errors = {
        trial: max(pooled, sums[trial] / (len(found) - 1)) / len(found)
        for trial, found in scores.items()
    }
    return errors, freedom


def _why(other: int, gap: float, errors: float, needed: float) -> str:
    return (
        f"below trial {other} by {100 * gap:.2f} points, {errors:.1f} standard errors, where "
        f"{needed:.1f} are enough"
    )
