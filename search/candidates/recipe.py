"""Training recipes: epochs, batch size, optimiser, schedule, augmentation. Does not import torch.

The schedules compute the learning rate and momentum of every step in closed form. The tests compare
them with torch's schedulers.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from math import cos, pi
from typing import Literal

from search.candidates.field_rules import (
    ACUTE_ANGLE,
    BELOW_100,
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
from search.files import left_out, omitted

ONECYCLE_MOMENTUM = (0.85, 0.95)  # base and max of torch.optim.lr_scheduler.OneCycleLR
ADAMW_BETA = 0.9  # first beta of Muon's AdamW part: torch's default for AdamW
ScheduleKind = Literal[
    "constant", "step", "cosine", "onecycle", "linear", "exponential", "constant-decay"
]
Optimiser = Literal["sgd", "adam", "adamw", "nadam", "rmsprop", "muon"]
SCHEDULE_RULES = {
    "kind": one_of(ScheduleKind),
    "every": COUNT,
    "gamma": POSITIVE,
    "floor": FRACTION,
    "warmup": FRACTION,
    "start_divisor": DIVISOR,
    "end_divisor": DIVISOR,
    "cycle_momentum": FLAG,
    "decay_start": FRACTION,
    "decay_end": FRACTION,
    "warmup_epochs": NOT_NEGATIVE,
}
AUGMENTATION_RULES = {
    "rotation": NOT_NEGATIVE,
    "shift": NOT_NEGATIVE,
    "scale": PROPER_FRACTION,
    "jitter": FRACTION,
    "fill": FRACTION_OR_FRACTIONS,
    "shear": ACUTE_ANGLE,
    "elastic": NOT_NEGATIVE,
    "elastic_sigma": POSITIVE,
    "erasing": FRACTION,
    "flip": FRACTION,
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
    "beta2": PROPER_FRACTION,
    "alpha": PROPER_FRACTION,
    "epsilon": POSITIVE,
    "momentum_decay": NOT_NEGATIVE,
    "adamw_rate": POSITIVE,
    "muon_steps": BELOW_100,
    "clip": NOT_NEGATIVE,
}


@dataclass(frozen=True)
class Schedule:
    """The learning-rate schedule, relative to the recipe's peak rate.

    constant: the peak rate in every step. step: multiplied by `gamma` every `every` epochs
    (StepLR). cosine: from the peak down to `floor` x peak (CosineAnnealingLR, stepped every batch).
    onecycle: up from peak / `start_divisor` during the first `warmup` fraction of the steps, then
    down to the start rate / `end_divisor` (OneCycleLR, cosine). With `cycle_momentum`, onecycle
    changes the momentum from 0.95 to 0.85 and back, which is torch's default.

    linear: from the peak down to `floor` x peak (LinearLR over all steps). exponential: multiplied
    by `gamma` per epoch, in equal parts in every step (ExponentialLR). constant-decay: the peak
    rate up to the fraction `decay_start` of the steps, linear from there down to `floor` x peak at
    the fraction `decay_end`, and constant after it. With the defaults it is constant in the last
    five of 15 epochs; with a `floor` of 0 the weights no longer change there.

    warmup_epochs: length of a linear warm-up, in epochs, for every kind. In its n steps the rate is
    multiplied by 1/n, 2/n, ..., 1. It is independent of `warmup`, which belongs to onecycle.
    FrugalError if decay_start is not below decay_end and the kind is constant-decay.
    """

    kind: ScheduleKind = "onecycle"
    every: int = 6  # epochs
    gamma: float = 0.1
    floor: float = 0.0
    warmup: float = 0.3
    start_divisor: float = 25.0
    end_divisor: float = 1e4
    cycle_momentum: bool = False
    decay_start: float = field(default=0.4, metadata=omitted())
    decay_end: float = field(default=0.65, metadata=omitted())
    warmup_epochs: float = field(default=0.0, metadata=omitted())

    def __post_init__(self) -> None:
        check_fields(self, SCHEDULE_RULES)
        if self.kind == "constant-decay" and self.decay_start >= self.decay_end:
            raise FrugalError(
                f"schedule has decay_start {self.decay_start!r} and decay_end {self.decay_end!r}: "
                "decay_start must be below decay_end"
            )


@dataclass(frozen=True)
class Augmentation:
    """Random augmentation, drawn per image and epoch.

    Uniform between minus and plus the value: rotation and shear, degrees; shear is drawn
    independently for x and y. shift: pixels in each direction. scale: fraction of the size. jitter:
    fraction of brightness and of contrast.

    elastic: standard deviation, in pixels, of the displacement of a pixel in each direction.
    elastic_sigma: pixels; standard deviation of the Gaussian that smooths the displacements.
    torchvision's ElasticTransform has the same displacements, except for the unit of its alpha; see
    `search.training.augmentation`. erasing: probability that a random rectangle is erased, with
    the defaults of torchvision's RandomErasing. flip: probability of a horizontal flip.

    fill: value of the pixels that move in from outside the image and of erased pixels, from 0
    (black) to 1 (white); one number, or a tuple with one per channel. None means the border value
    of the training images, see `search.data.dataset.border`; a study records the resulting number.
    JSON without a fill means 0, the default of earlier versions.
    """

    rotation: float = 0.0
    shift: float = 0.0
    scale: float = 0.0
    jitter: float = 0.0
    fill: float | tuple[float, ...] | None = field(default=None, metadata=left_out(0.0))
    shear: float = field(default=0.0, metadata=omitted())
    elastic: float = field(default=0.0, metadata=omitted())
    elastic_sigma: float = field(default=4.0, metadata=omitted())
    erasing: float = field(default=0.0, metadata=omitted())
    flip: float = field(default=0.0, metadata=omitted())

    def __post_init__(self) -> None:
        check_fields(self, AUGMENTATION_RULES)

    @property
    def moves(self) -> bool:
        """Whether pixels move in from outside: rotation, shift, scale, shear or elastic."""
        return bool(self.rotation or self.shift or self.scale or self.shear or self.elastic)

    @property
    def fills(self) -> bool:
        """Whether the fill has an effect: pixels move in from outside or are erased."""
        return self.moves or bool(self.erasing)

    @property
    def changes(self) -> bool:
        """Whether the augmentation changes images at all."""
        return self.fills or bool(self.jitter or self.flip)

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
    of the shuffle. rate: peak learning rate. momentum: of SGD, RMSprop and Muon, or the first beta
    of Adam, AdamW and NAdam. nesterov: of SGD and Muon. weight_decay: decoupled from the gradient
    for AdamW and Muon, else added to it. smoothing: label smoothing. ema: decay per step of the
    exponential moving average of the weights, which is scored; 0 scores the raw weights.

    beta2: second beta of Adam, AdamW, NAdam and Muon's AdamW part. alpha: smoothing constant of
    RMSprop. epsilon: added to the denominator by the same optimisers. momentum_decay: of NAdam.

    Muon (torch.optim.Muon) updates the kernels of convolutions, as matrices (out channels, rest),
    with `muon_steps` Newton-Schulz steps and `rate`; torch's default has nesterov. AdamW, with a
    first beta of 0.9, updates all other parameters, with the peak rate `adamw_rate` and the same
    schedule. clip: maximum L2 norm of all gradients together, 0 for none.

    FrugalError for SGD with nesterov and without momentum.
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
    beta2: float = field(default=0.999, metadata=omitted())
    alpha: float = field(default=0.99, metadata=omitted())
    epsilon: float = field(default=1e-8, metadata=omitted())
    momentum_decay: float = field(default=0.004, metadata=omitted())
    adamw_rate: float = field(default=0.003, metadata=omitted())
    muon_steps: int = field(default=5, metadata=omitted())
    clip: float = field(default=0.0, metadata=omitted())

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
    rate = _scheduled_rate(recipe, step, steps_per_epoch, total)
    warmup = round(recipe.schedule.warmup_epochs * steps_per_epoch)  # steps
    return rate * (step + 1) / warmup if step < warmup else rate


def _scheduled_rate(recipe: Recipe, step: int, steps_per_epoch: int, total: int) -> float:
    """Return the rate without the warm-up of `warmup_epochs`."""
    schedule, peak = recipe.schedule, recipe.rate
    if schedule.kind == "constant":
        return peak
    if schedule.kind == "step":
        return peak * schedule.gamma ** (step // steps_per_epoch // schedule.every)
    if schedule.kind == "exponential":
        factor: float = schedule.gamma ** (step / steps_per_epoch)
        return peak * factor
    if schedule.kind == "cosine":
        return _anneal(peak, peak * schedule.floor, step / total)
    if schedule.kind == "onecycle":
        return _onecycle_rate(recipe, step, total)
    return peak * (1 - (1 - schedule.floor) * _decay_progress(schedule, step / total))


def _onecycle_rate(recipe: Recipe, step: int, total: int) -> float:
    schedule, peak = recipe.schedule, recipe.rate
    start = peak / schedule.start_divisor
    rising, progress = _onecycle(schedule.warmup, step, total)
    if rising:
        return _anneal(start, peak, progress)
    return _anneal(peak, start / schedule.end_divisor, progress)


def _decay_progress(schedule: Schedule, progress: float) -> float:
    """Return the progress of the linear decay, 0 to 1, at that progress of the training."""
    if schedule.kind == "linear":
        return progress
    start, end = schedule.decay_start, schedule.decay_end
    return min(1.0, max(0.0, (progress - start) / (end - start)))


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
