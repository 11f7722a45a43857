"""Measurements of a drill-down step, its target, and the text of its analysis. No torch."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import hypot
from typing import Literal, NamedTuple

from search.candidates.wording import comma_separated, counted, percent
from search.evaluation.intervals import (
    MeasuredMean,
    accuracy_noise,
    beyond_noise,
    difference_noise,
    mean,
    mean_curve,
    spread,
)

GUESSING = 2.0  # factor on the accuracy of guessing; up to this level nothing was learned
Need = Literal["training", "size", "fit", "overfitting", "steadiness"]
REMEDIES: dict[Need, str] = {
    "training": "successful training",
    "size": "a smaller network",
    "fit": "a better fit",
    "overfitting": "regularisation",
    "steadiness": "more stable last epochs",
}
SKELETON_TRAINING = 0.99  # below, the plain network is too weak as a starting point


@dataclass(frozen=True)
class StepMeasures:
    """The measurements of one step. Accuracies are fractions.

    curves, training: validation and training accuracy per epoch of each complete repeat. scores:
    their consistencies. images: number of validation images. train_examples: number of training
    images. window: number of last epochs that the consistency covers. limit: parameters that the
    budget allows. handicaps: reasons for a lower training accuracy, in words. failures: reasons of
    the failed repeats.
    """

    parameters: int
    curves: tuple[tuple[float, ...], ...]
    training: tuple[tuple[float, ...], ...]
    scores: tuple[float, ...]
    images: int
    train_examples: int
    window: int
    classes: int
    limit: int
    handicaps: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()

    @property
    def learned(self) -> bool:
        """Whether the best validation accuracy is above GUESSING times that of a guess."""
        return bool(self.curves) and self.best_validation > GUESSING / self.classes

    @property
    def consistency(self) -> float | None:
        """The mean consistency of the repeats; None if all failed."""
        return mean(self.scores) if self.scores else None

    @property
    def best_validation(self) -> float:
        """Validation accuracy of the best epoch, mean over the repeats; 0 if all failed."""
        return mean(map(max, self.curves)) if self.curves else 0.0

    @property
    def best_training(self) -> float:
        """Training accuracy of the best epoch, mean over the repeats; 0 if all failed."""
        return mean(map(max, self.training)) if self.training else 0.0

    @property
    def gap(self) -> float:
        """The best training accuracy minus the best validation accuracy."""
        return self.best_training - self.best_validation

    @property
    def gap_noise(self) -> float:
        """The gap that image sampling alone explains."""
        return difference_noise(
            MeasuredMean(self.best_training, self.train_examples),
            MeasuredMean(self.best_validation, self.images),
        )

    @property
    def swing(self) -> float:
        """Highest minus lowest validation accuracy in the window, mean over the repeats."""
        windows = [curve[-self.window :] for curve in self.curves]
        return mean(max(part) - min(part) for part in windows)

    @property
    def resolution(self) -> float:
        """The difference in validation accuracy that image sampling alone explains."""
        return accuracy_noise(self.best_validation, self.images)

    @property
    def unsteady(self) -> bool:
        """Whether the last epochs differ by more than `resolution`."""
        return self.swing > self.resolution

    @property
    def climbing(self) -> bool:
        """Whether the last epochs differ because the accuracy still rises with every epoch."""
        means = mean_curve(self.curves)[-self.window :]
        rising = all(low <= high for low, high in pairwise(means))
        return self.unsteady and rising


def change_noise(now: StepMeasures, before: StepMeasures) -> float:
    """The difference of two steps' consistencies that chance alone explains."""
    return difference_noise(
        *(MeasuredMean(_share(step), step.images, step.scores) for step in (now, before))
    )


def consistency_change(now: StepMeasures, before: StepMeasures) -> float:
    """The rise of the consistency from the previous step; both steps must have learned."""
    return (now.consistency or 0.0) - (before.consistency or 0.0)


def are_repeated(*steps: StepMeasures) -> bool:
    """Whether each step has enough repeats for a spread."""
    return all(spread(step.scores) is not None for step in steps)


def _share(step: StepMeasures) -> float:
    """The consistency clipped to [0, 1], since a user's objective may return any number."""
    return min(1.0, max(0.0, step.consistency or 0.0))


def analyse(now: StepMeasures, before: StepMeasures | None) -> list[str]:
    """The sentences about one step, in order. before: the previous step, None for the first."""
    if not now.learned:
        return [_not_learned(now)]
    sentences = [_failed_too(now)] if now.failures else []
    if before is not None and before.learned:
        sentences += [_change(now, before), _gap(now), _capacity(now, before)]
    else:
        sentences += [
            "The previous step learned almost nothing, so there is no comparison with it."
        ] * bool(before)
        sentences += [_gap(now), _size(now)]
    return [*sentences, _steadiness(now)]


def needs(now: StepMeasures, before: StepMeasures | None = None) -> tuple[Need, ...]:
    """The needs that the figures show, most urgent first; empty if there are none.

    before: the previous step; a consistency significantly below it shows a need for a better fit.
    """
    if not now.learned:
        return ("training",)
    compared = before if before is not None and before.learned else None
    lost = compared is not None and -consistency_change(now, compared) > change_noise(now, compared)
    unfit = now.climbing or lost or (not now.handicaps and now.gap <= now.gap_noise)
    present: list[tuple[Need, bool]] = [
        ("size", now.parameters > now.limit),
        ("overfitting", now.gap > now.gap_noise),
        ("fit", unfit),
        ("steadiness", now.unsteady and not now.climbing),
    ]
    return tuple(need for need, is_present in present if is_present)


def percentage_points(difference: float) -> str:
    """The size of a difference in accuracy, without sign: 0.0052 is "0.52 points"."""
    return f"{100 * abs(difference):.2f} points"


def _not_learned(now: StepMeasures) -> str:
    if now.curves:
        return (
            f"Learned almost nothing: best validation accuracy {percent(now.best_validation)}; "
            f"guessing among {now.classes} classes gives {percent(1 / now.classes)}."
        )
    reasons = "; ".join(dict.fromkeys(now.failures))
    return f"Training failed: {reasons} ({counted(len(now.failures), 'repeat')})."


def _failed_too(now: StepMeasures) -> str:
    every = len(now.failures) + len(now.curves)
    reasons = "; ".join(dict.fromkeys(now.failures))
    return f"{len(now.failures)} of {every} repeats failed ({reasons}) and are not in the figures."


def _change(now: StepMeasures, before: StepMeasures) -> str:
    rise, chance = consistency_change(now, before), change_noise(now, before)
    way = "above" if rise >= 0 else "below"
    consistency = percent(now.consistency or 0.0)
    change = f"Consistency {consistency}, {percentage_points(rise)} {way} the previous step"
    if abs(rise) <= chance:
        return f"{change}: within noise ({percentage_points(chance)})."
    alone = "" if are_repeated(now, before) else f" from {now.images:,} images alone"
    return f"{change}: more than the noise{alone} ({percentage_points(chance)})."


def _gap(now: StepMeasures) -> str:
    figures = (
        f"best training accuracy {percent(now.best_training)}, {percentage_points(now.gap)} "
        f"{'above' if now.gap >= 0 else 'below'} the best validation accuracy "
        f"{percent(now.best_validation)}"
    )
    measured = ""
    if now.handicaps:
        measured = f"the training accuracy is measured {joined(now.handicaps)}"
    if now.gap > now.gap_noise:
        although = f"although {measured}" * bool(measured)
        return f"Overfitting: {comma_separated([figures, although])}."
    if now.handicaps:
        return f"No overfitting visible: {figures}; {measured}, so it is expected to be lower."
    if now.gap < -now.gap_noise:
        return (
            f"Underfitting: {figures}; the training accuracy is measured during the epoch, while "
            "the weights still change, which alone lowers it slightly."
        )
    return f"No overfitting: {figures}, within noise ({percentage_points(now.gap_noise)})."


def _size(now: StepMeasures) -> str:
    return f"Capacity: {counted(now.parameters, 'parameter')}, {_against_limit(now)}."


def _against_limit(now: StepMeasures) -> str:
    over = now.parameters - now.limit
    if over > 0:
        return f"{over:,} over the {now.limit:,} allowed"
    return f"within the {now.limit:,} allowed"


def _capacity(now: StepMeasures, before: StepMeasures) -> str:
    more, rise = now.parameters - before.parameters, consistency_change(now, before)
    size = f"Capacity: {counted(now.parameters, 'parameter')}, {_against_limit(now)}"
    if not more:
        return f"{size}, the same as before."
    amount = f"{abs(more):,} {'more' if more > 0 else 'fewer'} than before"
    if abs(rise) <= change_noise(now, before):
        return f"{size}; {amount}, without a measurable {'gain' if more > 0 else 'loss'}."
    change = f"consistency {'up' if rise > 0 else 'down'} by {percentage_points(rise)}"
    rate = f"{100 * abs(rise) / abs(more) * 1_000:.2g} points per 1,000 parameters"
    return f"{size}; {amount}, {change} ({rate})."


def _steadiness(now: StepMeasures) -> str:
    if now.window == 1:
        return "Stability not measured: the window is a single epoch."
    span = f"by {percentage_points(now.swing)} over the last {counted(now.window, 'epoch')}"
    if now.climbing:
        return f"Still improving: validation accuracy rises {span}."
    if now.unsteady:
        return (
            f"Unstable: validation accuracy varies {span}, more than the noise from "
            f"{now.images:,} images ({percentage_points(now.resolution)})."
        )
    return f"Stable: validation accuracy varies {span}."


def joined(handicaps: Sequence[str]) -> str:
    """List how the training accuracy is measured: "on augmented images and with dropout".

    At least one handicap is required.
    """
    *others, last = handicaps
    return f"{', '.join(others)} and {last}" if others else last


def next_step_sentence(
    now: StepMeasures, before: StepMeasures | None, following: tuple[str, Sequence[Need]] | None
) -> str:
    """A sentence about the needs, and whether the next step addresses one of them.

    before: the previous step, if any. following: the next step's name and the needs it addresses,
    None after the last one.
    """
    called_for = needs(now, before)
    if not called_for:
        nothing = f"No need for improvement is measurable with {now.images:,} images"
        return f"{nothing}; the next step is {following[0]}." if following else f"{nothing}."
    called = f"Needed: {', then '.join(REMEDIES[need] for need in called_for)}"
    if following is None:
        return f"{called}; no step follows."
    name, serves = following
    if served := [need for need in called_for if need in serves]:
        which = "the first of these" if served[0] == called_for[0] else REMEDIES[served[0]]
        which = which if len(called_for) > 1 else "this"
        return f"{called}; the next step, {name}, aims at {which}."
    return f"{called}; the next step, {name}, aims at something else: {REMEDIES[serves[0]]}."


def target_sentence(reached: bool | None) -> str:
    """A sentence on whether the target was reached; None means undecided, within noise."""
    if reached is None:
        return "Target undecided: the difference is within noise."
    return f"Target {'reached' if reached else 'missed'}."


class Target(NamedTuple):
    """A step's target in words, and a check whether figures reach it: None if within noise."""

    words: str
    reached: Callable[[StepMeasures], bool | None]


class Situation(NamedTuple):
    """The starting point of a step.

    before: the previous step, None for the first. limit: parameters that the budget allows.
    """

    before: StepMeasures | None
    limit: int


TRAINS = Target("accuracy clearly above guessing", lambda now: now.learned)


def target_learning(_: Situation) -> Target:
    """The target of a plain network."""
    words = f"training accuracy above {100 * SKELETON_TRAINING:g} %"
    return Target(words, lambda now: now.learned and now.best_training > SKELETON_TRAINING)


def target_smaller(situation: Situation) -> Target:
    """The target of the step with fewer parameters."""
    before, limit = situation.before, situation.limit
    words = f"at most {limit:,} parameters"
    if before is None or not before.learned:
        return Target(words, lambda now: now.parameters <= limit)
    return Target(
        f"{words}, without a loss of consistency beyond noise",
        lambda now: now.parameters <= limit and now.learned and _rise(now, before) is not False,
    )


def target_higher(situation: Situation) -> Target:
    """The target of steps that improve the fit."""
    before = situation.before
    if before is None or not before.learned:
        return TRAINS
    words = f"consistency above the {percent(before.consistency or 0.0)} of the previous step"
    return Target(words, lambda now: now.learned and _rise(now, before))


def target_general(situation: Situation) -> Target:
    """The target of steps against overfitting; without overfitting, no loss of accuracy."""
    before = situation.before
    if before is None or not before.learned:
        return TRAINS
    best = percent(before.best_validation)
    if "overfitting" in needs(before):
        words = (
            f"best validation accuracy above {best}; training accuracy was "
            f"{percentage_points(before.gap)} higher"
        )
        return Target(words, lambda now: now.learned and _better(now, before))
    words = f"best validation accuracy not below {best}; the previous step was not overfitting"
    return Target(words, lambda now: now.learned and _better(now, before) is not False)


def target_steadier(situation: Situation) -> Target:
    """The target of steps that stabilise the last epochs; if stable, a higher consistency."""
    before = situation.before
    if before is None or "steadiness" not in needs(before):
        return target_higher(situation)
    swing = percentage_points(before.swing)
    words = f"variation over the last epochs below the {swing} of the previous step"
    return Target(
        f"{words}, without a loss of consistency beyond noise",
        lambda now: now.learned and now.swing < before.swing and _rise(now, before) is not False,
    )


def _rise(now: StepMeasures, before: StepMeasures) -> bool | None:
    """Whether the consistency rose; None if the change is within noise."""
    return beyond_noise(consistency_change(now, before), change_noise(now, before))


def _better(now: StepMeasures, before: StepMeasures) -> bool | None:
    """Whether the best validation accuracy rose; None if the change is within noise."""
    chance = hypot(now.resolution, before.resolution)
    return beyond_noise(now.best_validation - before.best_validation, chance)
