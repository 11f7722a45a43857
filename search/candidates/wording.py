"""Text for values: durations, shares, layers, recipes. Does not import torch."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from search.candidates.architecture import Architecture
from search.candidates.blocks import Block
from search.candidates.layers import IMAGE, Kernel, Layer, Shape
from search.candidates.recipe import Augmentation, Recipe, Schedule

MINUTE, HOUR = 60, 3_600  # seconds
COARSE = 10 * MINUTE  # seconds: longer durations are shown without seconds
DAY = 24  # hours
LAYERS = {  # by kind; filled with the layer's arguments
    "conv": "conv {size}, {in_channels} to {out_channels}",
    "linear": "linear, {in_features} to {out_features}",
    "norm": "batch norm",
    "group_norm": "group norm, {num_groups} groups",
    "channel_norm": "layer norm over channels",
    "relu": "ReLU",
    "relu6": "ReLU6",
    "leaky_relu": "leaky ReLU",
    "prelu": "PReLU",
    "silu": "SiLU",
    "hardswish": "hardswish",
    "gelu": "GELU",
    "sigmoid": "sigmoid",
    "hardsigmoid": "hard sigmoid",
    "dropout": "dropout {p:g}",
    "maxpool": "max pool {size}",
    "avgpool": "average pool {size}",
    "blurpool": "blur pool {size}",
    "global_avgpool": "global average pool",
    "global_maxpool": "global max pool",
    "flatten": "flatten",
    "add": "sum",
    "concat": "concatenation",
    "scale": "product with the gate",
}
FURTHER_SIGNS = (
    "In addition: g for groups and d for a depthwise convolution, s for separable, s with a number "
    "for the stride, se for squeeze-and-excitation, ( )+ for a residual block, ( )& for a dense "
    "block, ( / ) for parallel branches, 2*( ) for repetition, [ ] for blocks of the head."
)
DETAILS = ("stride", "padding", "dilation")  # arguments that are named if a layer has them


def duration(seconds: float) -> str:
    """Return a duration in at most two units: "0.4 s", "4 min 10 s", "12 min", "2 d 3 h"."""
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < COARSE:
        return _pair(whole, MINUTE, "min", "s")
    minutes = round(seconds / MINUTE)
    if minutes < DAY * MINUTE:
        return _pair(minutes, HOUR // MINUTE, "h", "min")
    return _pair(round(seconds / HOUR), DAY, "d", "h")


def _pair(amount: int, size: int, large: str, small: str) -> str:
    whole, rest = divmod(amount, size)
    parts = [f"{whole} {large}"] * bool(whole) + [f"{rest} {small}"] * bool(rest)
    return " ".join(parts)


def time_left_words(seconds: float | None) -> str:
    """Return the time left: "about 12 min left"; "" for 0 or an unknown time (None)."""
    return f"about {duration(seconds)} left" if seconds else ""


def percent(fraction: float) -> str:
    """Return an accuracy with two decimals: 0.9921 is "99.21 %"."""
    return f"{100 * fraction:.2f} %"


def whole_percent(fraction: float) -> str:
    """Return a share or a probability without decimals: 0.954 is "95 %"."""
    return f"{100 * fraction:.0f} %"


def counted(count: int, noun: str) -> str:
    """Return the count with the noun, in the plural unless it is 1: "1,000 workers"."""
    return f"{count:,} {noun}{'s' * (count != 1)}"


def score_context(window: int | None, images: int | None) -> str:
    """Return what a consistency is based on, with its window and number of images if known."""
    epochs = "" if window is None else f" over the last {counted(window, 'epoch')}"
    size = "" if images is None else f", n = {images:,} images"
    return f"consistency: based on validation accuracy{epochs}{size}"


def shape_words(shape: Shape) -> str:
    """Return channels, height and width as text: "12x26x26"."""
    return "x".join(map(str, shape))


def further_signs(architectures: Iterable[Architecture]) -> str:
    """Return the meaning of the signs in labels that plain blocks do not have; "" without them."""
    return FURTHER_SIGNS if any(map(_has_further_signs, architectures)) else ""


def _has_further_signs(architecture: Architecture) -> bool:
    plain = all(
        isinstance(block, Block) and block.groups == block.stride == 1
        for block in architecture.blocks
    )
    return bool(architecture.head.blocks) or not plain


def parameter_words(architecture: Architecture) -> str:
    """Return "1,234 learned parameters", and ", 9 frozen parameters" if there are any."""
    return f"{architecture.parameters:,} learned parameters{frozen_words(architecture.frozen)}"


def frozen_words(count: int) -> str:
    """Return ", 9 frozen parameters", as an addition to the learned ones; "" for 0."""
    return f", {counted(count, 'frozen parameter')}" if count else ""


def layer_words(layer: Layer) -> str:
    """Return one layer as text: "conv 3x3, 1 to 12, padding 1, bias"."""
    arguments = layer.arguments
    text = LAYERS[layer.kind].format(**arguments, size=_sides(arguments.get("kernel_size", 0)))
    details = [f"{name} {_pair_words(arguments[name])}" for name in DETAILS if arguments.get(name)]
    groups = arguments.get("groups", 1)
    if groups > 1:
        depthwise = groups == arguments["in_channels"] == arguments["out_channels"]
        details.append("depthwise" if depthwise else f"{groups} groups")
    sources = [f"from layers {', '.join(map(_place, layer.inputs))}"] * (len(layer.inputs) > 1)
    shared = [] if layer.source is None else [f"weights of layer {layer.source + 1}"]
    bias = ["bias"] * bool(arguments.get("bias"))
    return ", ".join([text, *details, *bias, *sources, *shared])


def _place(number: int) -> str:
    return "image" if number == IMAGE else str(number + 1)


def _sides(kernel: Kernel) -> str:
    height, width = kernel if isinstance(kernel, tuple) else (kernel, kernel)
    return f"{height}x{width}"


def _pair_words(value: Kernel) -> str:
    return f"{value}" if isinstance(value, int) else f"{value[0]}x{value[1]}"


def block_words(architecture: Architecture) -> list[tuple[str, str, Shape]]:
    """Return per block ("block 1" or "head", its layers in one line, its output shape).

    Layers that repeat others are only counted: "ReLU; 6 repeated layers; sum".
    """
    blocks = []
    for index, group in groupby(architecture.layers, key=lambda layer: layer.block):
        layers = list(group)
        name = "head" if index < 0 else f"block {index + 1}"
        blocks.append((name, "; ".join(_layers_words(layers)), layers[-1].shape))
    return blocks


def _layers_words(layers: Sequence[Layer]) -> Iterator[str]:
    for repeated, group in groupby(layers, key=lambda layer: layer.repeats is not None):
        if repeated:
            yield counted(len(list(group)), "repeated layer")
        else:
            yield from map(layer_words, group)


def recipe_words(recipe: Recipe) -> list[tuple[str, str]]:
    """Return (name, description) of every setting of the recipe, in order."""
    clipping = [("gradient clipping", f"norm of at most {recipe.clip:g}")] if recipe.clip else []
    return [
        ("epochs", str(recipe.epochs)),
        ("batch", counted(recipe.batch, "image")),
        ("optimiser", _optimiser(recipe)),
        ("weight decay", f"{recipe.weight_decay:.3g}" if recipe.weight_decay else "none"),
        *clipping,
        ("peak rate", f"{recipe.rate:.3g}"),
        ("schedule", _schedule(recipe.schedule)),
        ("augmentation", _augmentation(recipe)),
        ("label smoothing", f"{recipe.smoothing:g}" if recipe.smoothing else "none"),
        ("scored weights", f"EMA, decay {recipe.ema:g} per step" if recipe.ema else "raw"),
    ]


def _optimiser(recipe: Recipe) -> str:
    """Return the optimiser and its settings; those of rarely changed ones only if changed."""
    momentum = f"momentum {recipe.momentum:g}" if recipe.momentum else ""
    if recipe.optimiser == "sgd":
        return comma_separated(["sgd", momentum, "nesterov" * recipe.nesterov])
    if recipe.optimiser == "rmsprop":
        alpha = _changed(recipe, "alpha", "alpha")
        return comma_separated(["rmsprop", momentum, alpha, _epsilon(recipe)])
    if recipe.optimiser == "muon":
        return _muon(recipe, momentum)
    beta2 = _changed(recipe, "beta2", "second beta")
    decay = _changed(recipe, "momentum_decay", "momentum decay") * (recipe.optimiser == "nadam")
    beta = f"first beta {recipe.momentum:g}"
    return comma_separated([recipe.optimiser, beta, beta2, decay, _epsilon(recipe)])


def _muon(recipe: Recipe, momentum: str) -> str:
    default = recipe.muon_steps == Recipe.muon_steps
    steps = "" if default else counted(recipe.muon_steps, "Newton-Schulz step")
    kernels = comma_separated(["muon", momentum, "nesterov" * recipe.nesterov, steps])
    beta2 = _changed(recipe, "beta2", "second beta")
    peak = f"peak rate {recipe.adamw_rate:.3g}"
    others = comma_separated(["adamw for other parameters", peak, beta2, _epsilon(recipe)])
    return f"{kernels}; {others}"


def _epsilon(recipe: Recipe) -> str:
    return _changed(recipe, "epsilon", "epsilon")


def _changed(recipe: Recipe, field: str, name: str) -> str:
    """Return the name and value of a field; "" if it has its default."""
    value = getattr(recipe, field)
    return "" if value == getattr(Recipe, field) else f"{name} {value:g}"


def _schedule(schedule: Schedule) -> str:
    length = schedule.warmup_epochs
    warmup = f"; linear warm-up over {length:g} epoch{'s' * (length != 1)}" if length else ""
    return _schedule_kind(schedule) + warmup


def _schedule_kind(schedule: Schedule) -> str:
    if schedule.kind == "onecycle":
        return _onecycle(schedule)
    texts = {
        "constant": "constant",
        "step": f"step: multiplied by {schedule.gamma:.3g} every "
        f"{counted(schedule.every, 'epoch')}",
        "exponential": f"exponential: multiplied by {schedule.gamma:.3g} per epoch",
        "cosine": f"cosine: down to {schedule.floor:.3g} of the peak",
        "linear": f"linear: down to {schedule.floor:.3g} of the peak",
        "constant-decay": f"constant-decay: linear down to {schedule.floor:.3g} of the peak, from "
        f"{100 * schedule.decay_start:.3g} % to {100 * schedule.decay_end:.3g} % of the steps",
    }
    return texts[schedule.kind]


def _onecycle(schedule: Schedule) -> str:
    end = schedule.start_divisor * schedule.end_divisor
    moving = "; momentum from 0.95 to 0.85 and back" * schedule.cycle_momentum
    return (
        f"onecycle: up from peak / {schedule.start_divisor:g} in the first "
        f"{100 * schedule.warmup:.3g} % of the steps, then down to peak / {end:,.0f}{moving}"
    )


def _augmentation(recipe: Recipe) -> str:
    augmentation = recipe.augmentation
    parts = [
        f"rotation up to {augmentation.rotation:g} degrees" if augmentation.rotation else "",
        f"shift up to {_pixels(augmentation.shift)}" if augmentation.shift else "",
        f"scale up to {100 * augmentation.scale:g} %" if augmentation.scale else "",
        f"shear up to {augmentation.shear:g} degrees" if augmentation.shear else "",
        _elastic(augmentation),
        f"flip of {100 * augmentation.flip:g} % of images" if augmentation.flip else "",
        f"jitter up to {100 * augmentation.jitter:g} %" if augmentation.jitter else "",
        f"erasing in {100 * augmentation.erasing:g} % of images" if augmentation.erasing else "",
        fill_words(augmentation),
    ]
    return comma_separated(parts) or "none"


def _elastic(augmentation: Augmentation) -> str:
    if not augmentation.elastic:
        return ""
    sigma = _pixels(augmentation.elastic_sigma)
    return f"elastic displacement of {_pixels(augmentation.elastic)} (sigma {sigma})"


def _pixels(count: float) -> str:
    return f"{count:g} pixel{'s' * (count != 1)}"


def fill_words(augmentation: Augmentation) -> str:
    """Return the fill: "border filled with 0.5"; "" for 0 and if nothing is filled."""
    fill = augmentation.fill
    if not augmentation.fills or fill == 0:
        return ""
    border = "border" * augmentation.moves
    erased = "erased pixels" * bool(augmentation.erasing)
    filled = " and ".join(filter(None, [border, erased]))
    if fill is None:
        return f"{filled} filled with the border value of the training images"
    each = fill if isinstance(fill, tuple) else (fill,)
    return f"{filled} filled with {'/'.join(f'{value:g}' for value in each)}"


def comma_separated(parts: Sequence[str]) -> str:
    """Return the nonempty parts, separated by commas."""
    return ", ".join(filter(None, parts))
