"""The base network, and the levers: changes of the base whose effect is measured.

Networks that a lever changes have at most the parameters of the base, and as close to them as their
widths allow, so that the difference is not one of size.
"""

from dataclasses import dataclass, replace

from search import (
    Architecture,
    Augmentation,
    Block,
    Candidate,
    Head,
    Pool,
    Recipe,
    Repeat,
    Residual,
    Schedule,
    Separable,
    SqueezeExcite,
)
from search.candidates.blocks import AnyBlock
from search.candidates.layers import ActivationKind, PoolKind

IMAGE, CLASSES = (1, 28, 28), 10
STEM, WIDTHS, DEPTHS = 16, (24, 32, 40), (1, 2, 3)  # of the base: 9,682 parameters
HEAD = Head(bias=True)
BASE = "base"


@dataclass(frozen=True)
class Network:
    """A network of three separable stages with pooling after the first and the second one.

    stem: width of the 3x3 convolution at the start. widths, depths: of the stages, in blocks.
    kernel: of the depthwise convolutions. down: "max", "average", or "stride" for a stride of 2 in
    the first block of a stage. excite: reduction of squeeze-and-excitation after each stage, 0 for
    none. plain: convolutions in place of separable blocks. unpooled: whether the second stage keeps
    the size of the first. applied: how often each block after the first of a stage is applied, with
    the same weights.
    """

    stem: int = STEM
    widths: tuple[int, int, int] = WIDTHS
    depths: tuple[int, int, int] = DEPTHS
    kernel: int = 3
    shortcut: bool = True
    activation: ActivationKind = "relu"
    down: PoolKind | str = "max"
    excite: int = 0
    dropout: float = 0.0
    plain: bool = False
    unpooled: bool = False
    applied: int = 1

    @property
    def architecture(self) -> Architecture:
        """The architecture."""
        blocks: list[AnyBlock] = [
            Block(self.stem, padding="same", activation=self.activation, dropout=self.dropout)
        ]
        for number, (width, depth) in enumerate(zip(self.widths, self.depths, strict=True)):
            reduces = number > 0 and not (number == 1 and self.unpooled)
            blocks += self._stage(width, depth, reduces=reduces)
        return Architecture(IMAGE, CLASSES, tuple(blocks), HEAD)

    def _stage(self, width: int, depth: int, *, reduces: bool) -> list[AnyBlock]:
        pooling: list[AnyBlock] = []
        if reduces and self.down == "max":
            pooling = [Pool("max")]
        if reduces and self.down == "average":
            pooling = [Pool("average")]
        first = self._block(width, stride=1 + (reduces and self.down == "stride"))
        block = self._block(width)
        following: AnyBlock = Residual((block,)) if self.shortcut else block
        if self.applied > 1:
            following = Repeat((following,), self.applied)
        excitation: list[AnyBlock] = [SqueezeExcite(self.excite)] if self.excite else []
        return [*pooling, first, *[following] * (depth - 1), *excitation]

    def _block(self, width: int, stride: int = 1) -> AnyBlock:
        if self.plain:
            return Block(
                width,
                padding="same" if stride == 1 else 1,
                stride=stride,
                activation=self.activation,
                dropout=self.dropout,
            )
        return Separable(
            width, self.kernel, stride=stride, activation=self.activation, dropout=self.dropout
        )


RECIPE = Recipe(
    batch=64,
    rate=0.05,
    nesterov=True,
    weight_decay=5e-4,
    schedule=Schedule("constant-decay", decay_start=0.4, decay_end=1.0),
    augmentation=Augmentation(rotation=7, shift=2, scale=0.07),
    ema=0.998,
)


@dataclass(frozen=True)
class Lever:
    """A change of the base. group: what it changes, in words. text: the change itself."""

    name: str
    group: str
    text: str
    candidate: Candidate


def _network(name: str, group: str, text: str, **changes: object) -> Lever:
    network = replace(Network(), **changes)  # type: ignore[arg-type]
    return Lever(name, group, text, Candidate(network.architecture, RECIPE))


def _recipe(name: str, group: str, text: str, **changes: object) -> Lever:
    recipe = replace(RECIPE, **changes)  # type: ignore[arg-type]
    return Lever(name, group, text, Candidate(Network().architecture, recipe))


def _augmentation(name: str, text: str, **changes: float) -> Lever:
    augmentation = replace(RECIPE.augmentation, **changes)
    return _recipe(name, "augmentation", text, augmentation=augmentation)


LEVERS = (
    Lever(BASE, "", "the base", Candidate(Network().architecture, RECIPE)),
    _network(
        "plain",
        "convolutions",
        "3x3 convolutions instead of separable blocks, equal parameters",
        plain=True,
        stem=7,
        widths=(9, 12, 16),
        depths=(1, 2, 3),
    ),
    _network("no-shortcut", "shortcuts", "none", shortcut=False),
    _network(
        "kernel-5",
        "kernel",
        "5x5 depthwise instead of 3x3, narrower, equal parameters",
        kernel=5,
        widths=(21, 26, 33),
    ),
    _network("silu", "activation", "SiLU instead of ReLU", activation="silu"),
    _network("hardswish", "activation", "Hardswish instead of ReLU", activation="hardswish"),
    _network(
        "squeeze-excite",
        "squeeze-and-excitation",
        "after every stage, reduction 8, narrower, equal parameters",
        excite=8,
        widths=(24, 30, 38),
    ),
    _network("average-pool", "down-sampling", "average instead of max pooling", down="average"),
    _network("stride", "down-sampling", "stride 2 instead of max pooling", down="stride"),
    _network(
        "deeper",
        "depth",
        "2, 3 and 4 blocks instead of 1, 2 and 3, narrower, equal parameters",
        depths=(2, 3, 4),
        widths=(20, 24, 32),
    ),
    _network(
        "one-pooling",
        "down-sampling",
        "none before the second stage: more MACs, equal parameters",
        unpooled=True,
    ),
    _network(
        "shared",
        "weight sharing",
        "each block after the first of a stage applied twice: more MACs, equal parameters",
        applied=2,
    ),
    _network("dropout", "dropout", "0.05 after every block", dropout=0.05),
    _recipe(
        "decay-before-window",
        "schedule",
        "decay from epoch 6 to 10, then 2 % of the rate",
        schedule=Schedule("constant-decay", decay_end=0.65, floor=0.02),
    ),
    _recipe("cosine", "schedule", "cosine", schedule=Schedule("cosine")),
    _recipe("onecycle", "schedule", "OneCycle with a peak of 0.1", schedule=Schedule(), rate=0.1),
    _recipe("batch-128", "batch size", "128 instead of 64, rate 0.1", batch=128, rate=0.1),
    _recipe("batch-32", "batch size", "32 instead of 64, rate 0.025", batch=32, rate=0.025),
    _recipe(
        "adamw",
        "optimiser",
        "AdamW, rate 0.005, weight decay 0.01",
        optimiser="adamw",
        rate=0.005,
        nesterov=False,
        weight_decay=0.01,
    ),
    _recipe(
        "muon",
        "optimiser",
        "Muon, rate 0.02, weight decay 0.01",
        optimiser="muon",
        rate=0.02,
        weight_decay=0.01,
    ),
    _recipe("ema-0.99", "EMA", "decay 0.99 instead of 0.998", ema=0.99),
    _recipe("no-ema", "EMA", "none", ema=0.0),
    _augmentation(
        "weak-augmentation", "rotation 3, shift 1, scale 0.03", rotation=3, shift=1, scale=0.03
    ),
    _augmentation(
        "strong-augmentation", "rotation 12, shift 3, scale 0.12", rotation=12, shift=3, scale=0.12
    ),
    _augmentation("shear", "shear of 7 degrees added", shear=7),
    _augmentation("elastic", "elastic distortion of 0.5 pixels added", elastic=0.5),
    _augmentation("erasing", "random erasing of 10 % added", erasing=0.1),
    _recipe("ema-0.999", "EMA", "decay 0.999 instead of 0.998", ema=0.999),
    _recipe("smoothing", "label smoothing", "0.05", smoothing=0.05),
    _recipe("weight-decay", "weight decay", "0.0001 instead of 0.0005", weight_decay=1e-4),
    _recipe("rate", "learning rate", "0.1 instead of 0.05", rate=0.1),
    Lever(
        "combined",
        "several",
        "average pooling, no shortcuts, cosine",
        Candidate(
            Network(down="average", shortcut=False).architecture,
            replace(RECIPE, schedule=Schedule("cosine")),
        ),
    ),
)
