"""The measurements of a drill-down step, its target, and the text of its analysis. No torch."""

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

GUESSING = 2.0  # times the accuracy of a guess: at or below it nothing was learned
Need = Literal["training", "size", "fit", "overfitting", "steadiness"]
REMEDIES: dict[Need, str] = {
    "training": "something that makes it train",
    "size": "a smaller network",
    "fit": "a better fit",
    "overfitting": "regularisation",
    "steadiness": "steadier last epochs",
}
SKELETON_TRAINING = 0.99  # a plain network that cannot learn its training images is no start


@dataclass(frozen=True)
class StepMeasures:
    """The measurements of one step. Accuracies are fractions, a figure per epoch and repeat.

    curves, training: of validation and of training, of the repeats that reached their end; scores:
    their consistencies; failures: why the others did not. images: n of validation; train_examples:
    learned from. window: last epochs that count. handicaps: what makes training images harder than
    validation's, in words. limit: parameters that the budget allows.
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
        """Whether a repeat reached its end with an accuracy above that of guessing."""
        return bool(self.curves) and self.best_validation > GUESSING / self.classes

    @property
    def consistency(self) -> float | None:
        """Mean over the repeats, None where all failed."""
        return mean(self.scores) if self.scores else None

    @property
    def best_validation(self) -> float:
        """Of the best epoch, mean over the repeats; 0 where all failed."""
        return mean(map(max, self.curves)) if self.curves else 0.0

    @property
    def best_training(self) -> float:
        """Of the best epoch, mean over the repeats; 0 where all failed."""
        return mean(map(max, self.training)) if self.training else 0.0

    @property
    def gap(self) -> float:
        """Best training minus best validation accuracy."""
        return self.best_training - self.best_validation

    @property
    def gap_noise(self) -> float:
        """The gap that the numbers of images alone explain."""
        return difference_noise(
            MeasuredMean(self.best_training, self.train_examples),
            MeasuredMean(self.best_validation, self.images),
        )

    @property
    def swing(self) -> float:
        """Highest minus lowest validation accuracy of the window, mean over the repeats."""
        windows = [curve[-self.window :] for curve in self.curves]
        return mean(max(part) - min(part) for part in windows)

    @property
    def resolution(self) -> float:
        """The difference to an accuracy that the number of images alone explains."""
        return accuracy_noise(self.best_validation, self.images)

    @property
    def unsteady(self) -> bool:
        """Whether the last epochs differ by more than `resolution`."""
        return self.swing > self.resolution

    @property
    def climbing(self) -> bool:
        """Whether the last epochs differ because accuracy still rises from epoch to epoch."""
        means = mean_curve(self.curves)[-self.window :]
        rising = all(low <= high for low, high in pairwise(means))
        return self.unsteady and rising


def change_noise(now: StepMeasures, before: StepMeasures) -> float:
    """The difference of two steps' consistencies that chance alone explains."""
    return difference_noise(
        *(MeasuredMean(_share(step), step.images, step.scores) for step in (now, before))
    )


def consistency_change(now: StepMeasures, before: StepMeasures) -> float:
    """The rise of the consistency; both steps must have learned."""
    return (now.consistency or 0.0) - (before.consistency or 0.0)


def are_repeated(*steps: StepMeasures) -> bool:
    """Whether each step has the repeats that a spread needs."""
    return all(spread(step.scores) is not None for step in steps)


def _share(step: StepMeasures) -> float:
    """The consistency clipped to [0, 1], since a user's objective may return any number."""
    return min(1.0, max(0.0, step.consistency or 0.0))


def analyse(now: StepMeasures, before: StepMeasures | None) -> list[str]:
    """The sentences about one step, in order. before: of the step before, None for the first."""
    if not now.learned:
        return [_not_learned(now)]
    sentences = [_failed_too(now)] if now.failures else []
    if before is not None and before.learned:
        sentences += [_change(now, before), _gap(now), _capacity(now, before)]
    else:
        sentences += [
            "The step before learned next to nothing: there is nothing to compare with."
        ] * bool(before)
        sentences += [_gap(now), _size(now)]
    return [*sentences, _steadiness(now)]


def needs(now: StepMeasures, before: StepMeasures | None = None) -> tuple[Need, ...]:
    """The needs that the figures show, most urgent first; empty if there are none.

    before: of the step before; a consistency below its own is a need.
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
    """An amount of accuracy: 0.0052 is "0.52 points"."""
    return f"{100 * abs(difference):.2f} points"


def _not_learned(now: StepMeasures) -> str:
    if now.curves:
        return (
            f"Learned next to nothing: {percent(now.best_validation)} at best, guessing one of "
            f"{now.classes} classes gives {percent(1 / now.classes)}."
        )
    reasons = "; ".join(dict.fromkeys(now.failures))
    return f"Did not train: {reasons} ({counted(len(now.failures), 'repeat')})."


def _failed_too(now: StepMeasures) -> str:
    every = len(now.failures) + len(now.curves)
    reasons = "; ".join(dict.fromkeys(now.failures))
    return f"{len(now.failures)} of {every} repeats failed ({reasons}): figures are of the others."


def _change(now: StepMeasures, before: StepMeasures) -> str:
    rise, chance = consistency_change(now, before), change_noise(now, before)
    way = "above" if rise >= 0 else "below"
    consistency = percent(now.consistency or 0.0)
    change = f"Consistency {consistency}, {percentage_points(rise)} {way} the step before"
    if abs(rise) <= chance:
        return f"{change}: within noise ({percentage_points(chance)})."
    alone = "" if are_repeated(now, before) else f" of {now.images:,} images alone"
    return f"{change}: more than the noise{alone} explains ({percentage_points(chance)})."


def _gap(now: StepMeasures) -> str:
    figures = (
        f"best training accuracy {percent(now.best_training)}, {percentage_points(now.gap)} "
        f"{'above' if now.gap >= 0 else 'below'} the best validation accuracy "
        f"{percent(now.best_validation)}"
    )
    harder = f"although training is measured {joined(now.handicaps)}" if now.handicaps else ""
    if now.gap > now.gap_noise:
        return f"Overfits: {comma_separated([figures, harder])}."
    if now.handicaps:
        return (
            f"Not overfitting as far as can be seen: {figures}; training is measured "
            f"{joined(now.handicaps)}, so that it is expected to be lower."
        )
    if now.gap < -now.gap_noise:
        return (
            f"Underfits: {figures}; it is measured while the weights of an epoch still change, "
            "which alone makes it a little lower."
        )
    return f"Learns nothing by heart: {figures}, within noise ({percentage_points(now.gap_noise)})."


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
        return f"{size}, as many as before."
    amount = f"{abs(more):,} {'more' if more > 0 else 'fewer'} than before"
    if abs(rise) <= change_noise(now, before):
        worth = "brought nothing" if more > 0 else "cost nothing"
        return f"{size}; {amount}, which {worth} that can be measured."
    worth = f"{'gained' if rise > 0 else 'lost'} {percentage_points(rise)}"
    rate = f"{100 * abs(rise) / abs(more) * 1_000:.2g} points per 1,000 parameters"
    return f"{size}; {amount}, which {worth}: {rate}."


def _steadiness(now: StepMeasures) -> str:
    if now.window == 1:
        return "Only the last epoch counts: how steady the training is cannot be told."
    span = f"by {percentage_points(now.swing)} over the last {counted(now.window, 'epoch')}"
    if now.climbing:
        return f"Still climbing: validation accuracy rises {span}."
    if now.unsteady:
        return (
            f"Unsteady: validation accuracy varies {span}, more than {now.images:,} images "
            f"explain ({percentage_points(now.resolution)})."
        )
    return f"Steady: validation accuracy varies {span}."


def joined(handicaps: Sequence[str]) -> str:
    """How training is measured: "on augmented images and with dropout". At least one."""
    *others, last = handicaps
    return f"{', '.join(others)} and {last}" if others else last


def next_step_sentence(
    now: StepMeasures, before: StepMeasures | None, following: tuple[str, Sequence[Need]] | None
) -> str:
    """A sentence on the most urgent need, and whether the next step addresses it.

    before: of the step before, if any. following: the next step's name and the needs it addresses,
    None after the last one.
    """
    called_for = needs(now, before)
    if not called_for:
        nothing = f"Nothing stands out in {now.images:,} images"
        return f"{nothing}; next comes {following[0]} all the same." if following else f"{nothing}."
    called = f"The figures call for {', then '.join(REMEDIES[need] for need in called_for)}"
    if following is None:
        return f"{called}: what a next step would have to address."
    name, serves = following
    if served := [need for need in called_for if need in serves]:
        which = "the first" if served[0] == called_for[0] else REMEDIES[served[0]]
        which = which if len(called_for) > 1 else "that"
        return f"{called}; next comes {name}, which is for {which}."
    return f"{called}; next comes {name}, which is for something else: {REMEDIES[serves[0]]}."


def target_sentence(reached: bool | None) -> str:
    """A sentence on whether a target was reached; within noise (None) it is undecided."""
    if reached is None:
        return "Target neither reached nor missed: within noise."
    return f"Target {'reached' if reached else 'missed'}."


class Target(NamedTuple):
    """A step's target in words, and whether its figures reach it: None if within noise."""

    words: str
    reached: Callable[[StepMeasures], bool | None]


class Situation(NamedTuple):
    """The starting point of a step. before: of the step before, None for the first."""

    before: StepMeasures | None
    limit: int


TRAINS = Target("a network that trains at all", lambda now: now.learned)


def target_learning(_: Situation) -> Target:
    """The target of a plain network."""
    words = f"a network that learns: train above {100 * SKELETON_TRAINING:g} %"
    return Target(words, lambda now: now.learned and now.best_training > SKELETON_TRAINING)


def target_smaller(situation: Situation) -> Target:
    """The target of reducing the parameters."""
    before, limit = situation.before, situation.limit
    words = f"at most {limit:,} parameters"
    if before is None or not before.learned:
        return Target(words, lambda now: now.parameters <= limit)
    return Target(
        f"{words}, losing no more consistency than noise explains",
        lambda now: now.parameters <= limit and now.learned and _rise(now, before) is not False,
    )


def target_higher(situation: Situation) -> Target:
    """The target of steps that improve the fit."""
    before = situation.before
    if before is None or not before.learned:
        return TRAINS
    words = f"a consistency above the {percent(before.consistency or 0.0)} of the step before"
    return Target(words, lambda now: now.learned and _rise(now, before))


def target_general(situation: Situation) -> Target:
    """The target of steps against overfitting; if none was measured, not to lose consistency."""
    before = situation.before
    if before is None or not before.learned:
        return TRAINS
    best = percent(before.best_validation)
    if "overfitting" in needs(before):
        words = (
            f"best validation above {best}: training was {percentage_points(before.gap)} above it"
        )
        return Target(words, lambda now: now.learned and _better(now, before))
    words = f"no loss from the best validation of {best}: there was no overfitting to close"
    return Target(words, lambda now: now.learned and _better(now, before) is not False)


def target_steadier(situation: Situation) -> Target:
    """The target of steps that steady the last epochs; if steady already, a higher consistency."""
    before = situation.before
    if before is None or "steadiness" not in needs(before):
        return target_higher(situation)
    swing = percentage_points(before.swing)
    words = f"last epochs that vary by less than the {swing} of the step before"
    return Target(
        f"{words}, at no loss of consistency",
        lambda now: now.learned and now.swing < before.swing and _rise(now, before) is not False,
    )


def _rise(now: StepMeasures, before: StepMeasures) -> bool | None:
    """Whether the consistency rose; None within noise."""
    return beyond_noise(consistency_change(now, before), change_noise(now, before))


def _better(now: StepMeasures, before: StepMeasures) -> bool | None:
    """Whether the best validation accuracy rose; None within noise."""
    chance = hypot(now.resolution, before.resolution)
    return beyond_noise(now.best_validation - before.best_validation, chance)
