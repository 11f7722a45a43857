"""What a step of a drill-down measured, and how much of it chance alone explains. No torch."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt
from statistics import fmean

from search.cli.tables import standard_error
from search.evaluation.repeats import spread

TIMES = 2.0  # standard errors that count as noise: what chance exceeds once in twenty times
GUESSING = 2.0  # times the accuracy of a guess: at or below it nothing was learned


@dataclass(frozen=True)
class Measures:
    """What one step measured. Accuracies are fractions, a figure per epoch and repeat.

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
        """Whether a repeat reached its end with more than guessing gives."""
        return bool(self.curves) and self.best_validation > GUESSING / self.classes

    @property
    def consistency(self) -> float | None:
        """Mean over the repeats, None where all failed."""
        return fmean(self.scores) if self.scores else None

    @property
    def best_validation(self) -> float:
        """Of the best epoch, mean over the repeats; 0 where all failed."""
        return fmean(map(max, self.curves)) if self.curves else 0.0

    @property
    def best_training(self) -> float:
        """Of the best epoch, mean over the repeats; 0 where all failed."""
        return fmean(map(max, self.training)) if self.training else 0.0

    @property
    def gap(self) -> float:
        """Best training minus best validation accuracy."""
        return self.best_training - self.best_validation

    @property
    def gap_noise(self) -> float:
        """What the numbers of images alone explain of the gap."""
        learned = standard_error(self.best_training, self.train_examples)
        return TIMES * sqrt(learned**2 + standard_error(self.best_validation, self.images) ** 2)

    @property
    def swing(self) -> float:
        """Highest minus lowest validation accuracy of the window, mean over the repeats."""
        windows = [curve[-self.window :] for curve in self.curves]
        return fmean(max(part) - min(part) for part in windows)

    @property
    def resolution(self) -> float:
        """What the number of images alone explains of a difference to one accuracy."""
        return TIMES * standard_error(self.best_validation, self.images)

    @property
    def unsteady(self) -> bool:
        """Whether the last epochs differ by more than the images resolve."""
        return self.swing > self.resolution

    @property
    def climbing(self) -> bool:
        """Whether they do because accuracy still rises, epoch by epoch."""
        means = mean_curve(self.curves)[-self.window :]
        rising = all(low <= high for low, high in pairwise(means))
        return self.unsteady and rising


def mean_curve(curves: Sequence[Sequence[float]]) -> tuple[float, ...]:
    """The mean over repeats, epoch by epoch; none where there is no repeat."""
    return tuple(fmean(epoch) for epoch in zip(*curves, strict=True))


def noise(now: Measures, before: Measures) -> float:
    """What chance alone explains of the difference of two steps' consistencies: TIMES its error.

    From the number of validation images, as if each step had images of its own, which is cautious;
    and from the spread over repeats where both steps have at least two.
    """
    variance = 0.0
    for step in (now, before):
        variance += standard_error(_share(step), step.images) ** 2
        if (deviation := spread(step.scores)) is not None:
            variance += deviation**2 / len(step.scores)
    return TIMES * sqrt(variance)


def change(now: Measures, before: Measures) -> float:
    """By how much the consistency rose; both have learned."""
    return (now.consistency or 0.0) - (before.consistency or 0.0)


def repeated(*steps: Measures) -> bool:
    """Whether each step has the repeats that a spread needs."""
    return all(spread(step.scores) is not None for step in steps)


def _share(step: Measures) -> float:
    """The consistency as a share of images, also where an objective of the user's is none."""
    return min(1.0, max(0.0, step.consistency or 0.0))
