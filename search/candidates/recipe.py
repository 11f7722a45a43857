"""Training recipes: epochs, batch size, optimiser, schedule, augmentation. Does not import torch.

The schedules compute the learning rate and momentum of every step in closed form. The tests compare
them with torch's schedulers.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from math import cos, pi
from typing import Literal

from search.candidates.field_rules import (
    COUNT,
    DIVISOR,
    FLAG,
    FRACTION,
    FRACTION_OR_FRACTIONS,
    NOT_NEGATIVE,
    POSITIVE,
    PROPER_FRACTION,
    check_fields,
    one_of,
)
from search.errors import FrugalError
from search.files import left_out

ONECYCLE_MOMENTUM = (0.85, 0.95)  # base and max of torch.optim.lr_scheduler.OneCycleLR
ScheduleKind = Literal["constant", "step", "cosine", "onecycle"]
Optimiser = Literal["sgd", "adam", "adamw"]
SCHEDULE_RULES = {
    "kind": one_of(ScheduleKind),
    "every": COUNT,
    "gamma": POSITIVE,
    "floor": FRACTION,
    "warmup": FRACTION,
    "start_divisor": DIVISOR,
    "end_divisor": DIVISOR,
    "cycle_momentum": FLAG,
}
AUGMENTATION_RULES = {
    "rotation": NOT_NEGATIVE,
    "shift": NOT_NEGATIVE,
    "scale": PROPER_FRACTION,
    "jitter": FRACTION,
    "fill": FRACTION_OR_FRACTIONS,
}
RECIPE_RULES = {
    "epochs": COUNT,
    "batch": COUNT,
    "optimiser": one_of(Optimiser),
    "rate": POSITIVE,
    "momentum": PROPER_FRACTION,
    "nesterov": FLAG,
    "weight_decay": NOT_NEGATIVE,
    "smoothing": PROPER_FRACTION,
    "ema": PROPER_FRACTION,
}


@dataclass(frozen=True)
class Schedule:
    """The learning-rate schedule, relative to the recipe's peak rate.

    constant: the peak rate in every step. step: multiplied by `gamma` every `every` epochs
    (StepLR). cosine: from the peak down to `floor` x peak (CosineAnnealingLR, stepped every batch).
    onecycle: up from peak / `start_divisor` during the first `warmup` fraction of the steps, then
    down to the start rate / `end_divisor` (OneCycleLR, cosine). With `cycle_momentum`, onecycle
    changes the momentum from 0.95 to 0.85 and back, which is torch's default.
    """

    kind: ScheduleKind = "onecycle"
    every: int = 6  # epochs
    gamma: float = 0.1
    floor: float = 0.0
    warmup: float = 0.3
    start_divisor: float = 25.0
    end_divisor: float = 1e4
    cycle_momentum: bool = False

    def __post_init__(self) -> None:
        check_fields(self, SCHEDULE_RULES)


@dataclass(frozen=True)
class Augmentation:
    """Random augmentation, drawn per image and epoch, uniform between minus and plus each value.

    rotation: degrees. shift: pixels in each direction. scale: fraction of the size. jitter:
    fraction of brightness and of contrast. fill: value of the pixels that move in from outside the
    image, from 0 (black) to 1 (white); one number, or a tuple with one per channel. None means the
    border value of the training images, see `search.data.dataset.border`; a study records the
    resulting number. JSON without a fill means 0, the default of earlier versions.
    """

    rotation: float = 0.0
    shift: float = 0.0
    scale: float = 0.0
    jitter: float = 0.0
    fill: float | tuple[float, ...] | None = field(default=None, metadata=left_out(0.0))

    def __post_init__(self) -> None:
        check_fields(self, AUGMENTATION_RULES)

    @property
    def moves(self) -> bool:
        """Whether the augmentation moves pixels: rotation, shift or scale."""
        return bool(self.rotation or self.shift or self.scale)

    def resolved(self, border: tuple[float, ...] | None) -> "Augmentation":
        """Return the augmentation with a fill of None replaced by the border value.

        border: border value of the training images per channel; None, for studies that were started
        when the default was 0, gives 0. The fill is one number if all channels are equal.
        """
        if self.fill is not None:
            return self
        if border is None:
            return replace(self, fill=0.0)
        return replace(self, fill=border if len(set(border)) > 1 else border[0])


@dataclass(frozen=True)
class Recipe:
    """The training recipe of a candidate.

    batch: images per step; an epoch has len(images) // batch steps and skips the remaining images
    of the shuffle. rate: peak learning rate. momentum: of SGD, or the first beta of Adam and AdamW.
    smoothing: label smoothing. ema: decay per step of the exponential moving average of the
    weights, which is scored; 0 scores the raw weights.
    """

    epochs: int = 15
    batch: int = 128
    optimiser: Optimiser = "sgd"
    rate: float = 0.05
    momentum: float = 0.9
    nesterov: bool = False
    weight_decay: float = 0.0
    schedule: Schedule = Schedule()
    augmentation: Augmentation = field(
        default=Augmentation(), metadata=left_out(Augmentation(fill=0.0))
    )
    smoothing: float = 0.0
    ema: float = 0.998

    def __post_init__(self) -> None:
        check_fields(self, RECIPE_RULES)
        if self.nesterov and self.optimiser == "sgd" and not self.momentum:
            raise FrugalError(
                "recipe has nesterov without momentum: use a momentum above 0 or nesterov=False"
            )


def rates(recipe: Recipe, steps_per_epoch: int) -> Iterator[tuple[float, float]]:
    """Yield (learning rate, momentum) of every training step, in order."""
    total = recipe.epochs * steps_per_epoch
    for step in range(total):
        yield _rate(recipe, step, steps_per_epoch, total), _momentum(recipe, step, total)


def _rate(recipe: Recipe, step: int, steps_per_epoch: int, total: int) -> float:
    schedule, peak = recipe.schedule, recipe.rate
    if schedule.kind == "constant":
        return peak
    if schedule.kind == "step":
        return peak * schedule.gamma ** (step // steps_per_epoch // schedule.every)
    if schedule.kind == "cosine":
        return _anneal(peak, peak * schedule.floor, step / total)
    start = peak / schedule.start_divisor
    rising, progress = _onecycle(schedule.warmup, step, total)
    if rising:
        return _anneal(start, peak, progress)
    return _anneal(peak, start / schedule.end_divisor, progress)


def _momentum(recipe: Recipe, step: int, total: int) -> float:
    schedule = recipe.schedule
    if schedule.kind != "onecycle" or not schedule.cycle_momentum:
        return recipe.momentum
    low, high = ONECYCLE_MOMENTUM
    rising, progress = _onecycle(schedule.warmup, step, total)
    return _anneal(high, low, progress) if rising else _anneal(low, high, progress)


def _onecycle(warmup: float, step: int, total: int) -> tuple[bool, float]:
    """Return whether the rate rises at `step`, and the progress within that phase, 0 to 1."""
    top = warmup * total - 1
    if step <= top:
        return True, step / top if top else 1.0
    return False, (step - top) / (total - 1 - top)


def _anneal(start: float, end: float, progress: float) -> float:
    return end + (start - end) / 2 * (1 + cos(pi * progress))
