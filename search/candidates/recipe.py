"""How a network is trained: epochs, batch, optimiser, schedule, augmentation. Never imports torch.

The schedules give the rate and momentum of every step in closed form. The tests compare them with
torch's schedulers.
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

ONECYCLE_MOMENTUM = (0.85, 0.95)  # torch.optim.lr_scheduler.OneCycleLR's base and max
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
    """The learning rate over the steps, as a multiple of the recipe's peak rate.

    constant: the peak throughout. step: times `gamma` after every `every` epochs (StepLR).
    cosine: from the peak down to `floor` x peak (CosineAnnealingLR, stepped every batch).
    onecycle: up from peak / `start_divisor` during the first `warmup` fraction of the steps, then
    down to that start / `end_divisor` (OneCycleLR, cosine); `cycle_momentum` moves the momentum
    from 0.95 to 0.85 and back, as torch does by default.
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
    """Fresh draws per image and epoch, uniform within plus or minus each figure.

    rotation: degrees. shift: pixels in each direction. scale: fraction of the size. jitter:
    fraction of brightness and of contrast. fill: of the pixels that move in from outside the image,
    0 black to 1 white; one number, or a tuple of one per channel. None is the border of the
    training images, see `search.data.dataset.border`; a study records the number that it stands
    for. JSON without a fill means 0, the default of earlier versions.
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
        """Whether pixels move at all."""
        return bool(self.rotation or self.shift or self.scale)

    def resolved(self, border: tuple[float, ...] | None) -> "Augmentation":
        """The same with a number, or a tuple of numbers, in place of a fill of None.

        border: of the training images per channel; None for a study begun when the default was 0.
        """
        if self.fill is not None:
            return self
        if border is None:
            return replace(self, fill=0.0)
        return replace(self, fill=border if len(set(border)) > 1 else border[0])


@dataclass(frozen=True)
class Recipe:
    """The training of a candidate.

    batch: images per step; an epoch takes len(images) // batch steps and leaves out the remaining
    images of the shuffle. rate: peak learning rate. momentum: of SGD, or Adam's first beta.
    smoothing: of the labels. ema: decay per step of the averaged weights that are scored; 0 scores
    the raw weights.
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
                "recipe has nesterov without momentum: give sgd a momentum above 0 or no nesterov"
            )


def rates(recipe: Recipe, steps_per_epoch: int) -> Iterator[tuple[float, float]]:
    """(learning rate, momentum) of every step of the training, in order."""
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
    """Whether the rate still rises at `step`, and the progress within that phase, 0 to 1."""
    top = warmup * total - 1
    if step <= top:
        return True, step / top if top else 1.0
    return False, (step - top) / (total - 1 - top)


def _anneal(start: float, end: float, progress: float) -> float:
    return end + (start - end) / 2 * (1 + cos(pi * progress))
