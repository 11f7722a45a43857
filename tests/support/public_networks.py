"""Published networks for ImageNet, written as architectures of this project.

The names are those of torchvision.models. Each function takes the side of the images in pixels.
"""

from collections.abc import Callable
from dataclasses import replace

from search.candidates.architecture import Architecture, Head
from search.candidates.blocks import (
    Activation,
    AnyBlock,
    Block,
    Dense,
    Dropout,
    Norm,
    Parallel,
    Pool,
    Residual,
    SqueezeExcite,
    Step,
)
from search.candidates.layers import ActivationKind, Groups

CLASSES = 1_000
LINEAR: tuple[Step, ...] = ("norm",)
ACTIVE: tuple[Step, ...] = ("norm", "activation")
PRE_ACTIVATION: tuple[Step, ...] = ("norm", "activation", "conv")
POOLED_LINEAR = Head("pool-linear", bias=True)


def network(side: int, blocks: list[AnyBlock], head: Head = POOLED_LINEAR) -> Architecture:
    """Return a network for RGB images with 1,000 classes."""
    return Architecture((3, side, side), CLASSES, tuple(blocks), head)


# ResNet, arXiv:1512.03385; ResNeXt, arXiv:1611.05431
STEM: list[AnyBlock] = [
    Block(64, kernel=7, padding=3, stride=2, order=ACTIVE),
    Pool("max", size=3, stride=2, padding=1),
]


def resnet18(side: int = 224) -> Architecture:
    """ResNet-18: two residual blocks of two 3x3 convolutions in each of four stages."""
    blocks = list(STEM)
    for width, first_stride in ((64, 1), (128, 2), (256, 2), (512, 2)):
        for stride in (first_stride, 1):
            chain = (
                Block(width, padding=1, stride=stride, order=ACTIVE),
                Block(width, padding=1, order=LINEAR),
            )
            blocks.append(Residual(chain, activation="relu"))
    return network(side, blocks)


def resnet50(side: int = 224) -> Architecture:
    """ResNet-50: residual blocks of a 1x1, a 3x3 and a 1x1 convolution."""
    return network(side, [*STEM, *_bottlenecks(inner=1, groups=1)])


def resnext50_32x4d(side: int = 224) -> Architecture:
    """ResNeXt-50: as ResNet-50, with 3x3 convolutions of twice the width in 32 groups."""
    return network(side, [*STEM, *_bottlenecks(inner=2, groups=32)])


def _bottlenecks(inner: int, groups: Groups) -> list[AnyBlock]:
    blocks: list[AnyBlock] = []
    for width, depth, first_stride in ((64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2)):
        for number in range(depth):
            stride = 1 if number else first_stride
            chain = (
                Block(inner * width, kernel=1, order=ACTIVE),
                Block(inner * width, padding=1, stride=stride, groups=groups, order=ACTIVE),
                Block(4 * width, kernel=1, order=LINEAR),
            )
            blocks.append(Residual(chain, activation="relu"))
    return blocks


# RegNet, arXiv:2003.13678
def regnet_x_400mf(side: int = 224) -> Architecture:
    """RegNetX-400MF: bottlenecks of equal width with group convolutions."""
    stages = ((32, 1), (64, 2), (160, 7), (400, 12))
    return _regnet(side, stages, group_width=16, excited=False)


def regnet_y_400mf(side: int = 224) -> Architecture:
    """RegNetY-400MF: as RegNetX, with squeeze-and-excitation."""
    stages = ((48, 1), (104, 3), (208, 6), (440, 6))
    return _regnet(side, stages, group_width=8, excited=True)


def _regnet(
    side: int, stages: tuple[tuple[int, int], ...], group_width: int, excited: bool
) -> Architecture:
    blocks: list[AnyBlock] = [Block(32, padding=1, stride=2, order=ACTIVE)]
    before = 32
    for width, depth in stages:
        for number in range(depth):
            stride, groups = 1 if number else 2, width // group_width
            gate: list[AnyBlock] = [SqueezeExcite(hidden=round(before / 4))] * excited
            chain = (
                Block(width, kernel=1, order=ACTIVE),
                Block(width, padding=1, stride=stride, groups=groups, order=ACTIVE),
                *gate,
                Block(width, kernel=1, order=LINEAR),
            )
            blocks.append(Residual(chain, activation="relu"))
            before = width
    return network(side, blocks)


# networks of inverted residual blocks
def mobilenet_v2(side: int = 224) -> Architecture:
    """MobileNetV2, arXiv:1801.04381."""
    blocks: list[AnyBlock] = [Block(32, padding=1, stride=2, order=ACTIVE, activation="relu6")]
    before = 32
    for factor, width, depth, first_stride in (
        (1, 16, 1, 1),
        (6, 24, 2, 2),
        (6, 32, 3, 2),
        (6, 64, 4, 2),
        (6, 96, 3, 1),
        (6, 160, 3, 2),
        (6, 320, 1, 1),
    ):
        for number in range(depth):
            stride = 1 if number else first_stride
            chain = _inverted(before, factor * before, width, stride=stride, activation="relu6")
            blocks += _with_shortcut(chain, stride == 1 and before == width)
            before = width
    blocks.append(Block(1_280, kernel=1, order=ACTIVE, activation="relu6"))
    return network(side, blocks, Head("pool-linear", bias=True, dropout=0.2))


def mnasnet1_0(side: int = 224) -> Architecture:
    """MNASNet, arXiv:1807.11626, with width factor 1."""
    blocks: list[AnyBlock] = [
        Block(32, padding=1, stride=2, order=ACTIVE),
        *_inverted(32, 32, 16),
    ]
    before = 16
    for factor, width, depth, kernel, first_stride in (
        (3, 24, 3, 3, 2),
        (3, 40, 3, 5, 2),
        (6, 80, 3, 5, 2),
        (6, 96, 2, 3, 1),
        (6, 192, 4, 5, 2),
        (6, 320, 1, 3, 1),
    ):
        for number in range(depth):
            stride = 1 if number else first_stride
            chain = _inverted(before, factor * before, width, kernel=kernel, stride=stride)
            blocks += _with_shortcut(chain, number > 0)
            before = width
    blocks.append(Block(1_280, kernel=1, order=ACTIVE))
    return network(side, blocks, Head("pool-linear", bias=True, dropout=0.2))


def mobilenet_v3_small(side: int = 224) -> Architecture:
    """MobileNetV3-Small, arXiv:1905.02244; its head has a hidden layer after global pooling."""
    blocks: list[AnyBlock] = [Block(16, padding=1, stride=2, order=ACTIVE, activation="hardswish")]
    before = 16
    for kernel, inner, width, squeezed, activation, stride in MOBILENET_V3_SMALL:
        gate = [SqueezeExcite(hidden=squeezed, gate="hardsigmoid")] if squeezed else []
        chain = _inverted(
            before, inner, width, kernel=kernel, stride=stride, activation=activation, gate=gate
        )
        blocks += _with_shortcut(chain, stride == 1 and before == width)
        before = width
    blocks.append(Block(576, kernel=1, order=ACTIVE, activation="hardswish"))
    after: tuple[Step, ...] = ("activation", "dropout")
    hidden = Block(1_024, 1, bias=True, activation="hardswish", dropout=0.2, order=after)
    return network(side, blocks, Head("pool-linear", bias=True, blocks=(hidden,)))


MOBILENET_V3_SMALL: list[tuple[int, int, int, int, ActivationKind, int]] = [
    # kernel, channels of the depthwise convolution, output channels, hidden channels of
    # squeeze-and-excitation, activation, stride
    (3, 16, 16, 8, "relu", 2),
    (3, 72, 24, 0, "relu", 2),
    (3, 88, 24, 0, "relu", 1),
    (5, 96, 40, 24, "hardswish", 2),
    (5, 240, 40, 64, "hardswish", 1),
    (5, 240, 40, 64, "hardswish", 1),
    (5, 120, 48, 32, "hardswish", 1),
    (5, 144, 48, 40, "hardswish", 1),
    (5, 288, 96, 72, "hardswish", 2),
    (5, 576, 96, 144, "hardswish", 1),
    (5, 576, 96, 144, "hardswish", 1),
]


def efficientnet_b0(side: int = 224) -> Architecture:
    """EfficientNet-B0, arXiv:1905.11946."""
    blocks: list[AnyBlock] = [Block(32, padding=1, stride=2, order=ACTIVE, activation="silu")]
    before = 32
    for factor, kernel, first_stride, width, depth in (
        (1, 3, 1, 16, 1),
        (6, 3, 2, 24, 2),
        (6, 5, 2, 40, 2),
        (6, 3, 2, 80, 3),
        (6, 5, 1, 112, 3),
        (6, 5, 2, 192, 4),
        (6, 3, 1, 320, 1),
    ):
        for number in range(depth):
            stride = 1 if number else first_stride
            chain = _inverted(
                before,
                factor * before,
                width,
                kernel=kernel,
                stride=stride,
                activation="silu",
                gate=[SqueezeExcite(hidden=before // 4, activation="silu")],
            )
            blocks += _with_shortcut(chain, number > 0)
            before = width
    blocks.append(Block(1_280, kernel=1, order=ACTIVE, activation="silu"))
    return network(side, blocks, Head("pool-linear", bias=True, dropout=0.2))


def _inverted(
    before: int,
    inner: int,
    width: int,
    *,
    kernel: int = 3,
    stride: int = 1,
    activation: ActivationKind = "relu",
    gate: list[SqueezeExcite] | None = None,
) -> list[AnyBlock]:
    """Return a 1x1 convolution to `inner` channels, a depthwise one, a gate, and a 1x1 one."""
    depthwise = Block(
        inner,
        kernel,
        padding="same",
        stride=stride,
        groups="depthwise",
        order=ACTIVE,
        activation=activation,
    )
    wider = Block(inner, kernel=1, order=ACTIVE, activation=activation)
    return [
        *([wider] if inner != before else []),
        depthwise,
        *(gate or []),
        Block(width, kernel=1, order=LINEAR),
    ]


def _with_shortcut(chain: list[AnyBlock], shortcut: bool) -> list[AnyBlock]:
    return [Residual(tuple(chain))] if shortcut else chain


# concatenation
def squeezenet1_1(side: int = 224) -> Architecture:
    """SqueezeNet 1.1, arXiv:1602.07360: Fire modules, and a convolution before global pooling."""
    pool = Pool("max", size=3, stride=2)
    blocks: list[AnyBlock] = [
        Block(64, stride=2, bias=True, order=("activation",)),
        pool,
        *(_fire(16, 64) * 2),
        pool,
        *(_fire(32, 128) * 2),
        pool,
        *(_fire(48, 192) * 2),
        *(_fire(64, 256) * 2),
        Dropout(0.5),
        Block(CLASSES, kernel=1, bias=True, order=("activation",)),
    ]
    return network(side, blocks, Head("pool"))


def _fire(squeezed: int, width: int) -> list[AnyBlock]:
    def convolution(width: int, kernel: int) -> Block:
        return Block(width, kernel, padding="same", bias=True, order=("activation",))

    branches = ((convolution(width, 1),), (convolution(width, 3),))
    return [convolution(squeezed, 1), Parallel(branches)]


def densenet121(side: int = 224) -> Architecture:
    """DenseNet-121, arXiv:1608.06993."""
    layer = Dense(
        (Block(128, kernel=1, order=PRE_ACTIVATION), Block(32, padding=1, order=PRE_ACTIVATION))
    )
    blocks, channels = list(STEM), 64
    for depth in (6, 12, 24, 16):
        blocks += [layer] * depth
        channels = (channels + 32 * depth) // 2
        transition = Block(
            channels, kernel=1, pool=2, pooling="average", order=(*PRE_ACTIVATION, "pool")
        )
        blocks.append(transition)
    blocks[-1:] = [Norm(), Activation()]
    return network(side, blocks)


# a chain
def vgg11_bn(side: int = 224) -> Architecture:
    """VGG-11 with batch norm, arXiv:1409.1556; its linear layers are convolutions here."""
    blocks: list[AnyBlock] = [
        Block(width, padding=1, bias=True, pool=2 if pooled else 1)
        for width, pooled in (
            (64, True),
            (128, True),
            (256, False),
            (256, True),
            (512, False),
            (512, True),
            (512, False),
            (512, True),
        )
    ]
    hidden = Block(4_096, side // 32, bias=True, dropout=0.5, order=("activation", "dropout"))
    blocks += [hidden, replace(hidden, kernel=1)]
    return network(side, blocks, Head("conv", bias=True))


PUBLIC: dict[str, Callable[..., Architecture]] = {
    function.__name__: function
    for function in (
        resnet18,
        resnet50,
        resnext50_32x4d,
        regnet_x_400mf,
        regnet_y_400mf,
        mobilenet_v2,
        mnasnet1_0,
        mobilenet_v3_small,
        efficientnet_b0,
        squeezenet1_1,
        densenet121,
        vgg11_bn,
    )
}
