"""Published networks for ImageNet agree with torchvision's own modules."""

from collections.abc import Iterator

import pytest
import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode
from torchvision import models
from torchvision.models.regnet import ResBottleneckBlock

from search.training.network import meta_network
from tests.support.public_networks import PUBLIC

SIDE = 64  # pixels of the images whose logits are compared
LARGE = {"resnet50", "resnext50_32x4d", "vgg11_bn"}  # too slow for a comparison of logits
ROUNDING = 0.0005  # of the published GMACs


@pytest.fixture(params=PUBLIC)
def name(request: pytest.FixtureRequest) -> str:
    """The name of a network in torchvision.models."""
    published: str = request.param
    return published


def theirs(name: str) -> nn.Module:
    """Return torchvision's network with initial weights, in eval mode."""
    network: nn.Module = models.get_model(name, weights=None).eval()
    return network


def theirs_without_weights(name: str) -> nn.Module:
    """Return torchvision's network on the meta device."""
    if name.startswith("regnet"):  # its constructor computes with tensors
        return theirs(name).to("meta")
    with torch.device("meta"):
        return theirs(name)


def test_parameters_are_the_published_ones(name: str) -> None:
    """The number of learned parameters is the published one and that of torchvision's module."""
    weights = theirs_without_weights(name).parameters()
    learned = sum(weight.numel() for weight in weights if weight.requires_grad)
    published = models.get_model_weights(name).DEFAULT.meta["num_params"]
    assert PUBLIC[name]().parameters == published == learned


def test_macs_are_the_published_ones(name: str) -> None:
    """MACs are half of the operations of torchvision's module, and the published GMACs."""
    network, image = theirs_without_weights(name), torch.empty(1, 3, 224, 224, device="meta")
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        network(image)
    macs = PUBLIC[name]().macs
    assert 2 * macs == counter.get_total_flops()
    published = models.get_model_weights(name).DEFAULT.meta["_ops"]
    assert macs / 1e9 == pytest.approx(published, abs=ROUNDING)


@pytest.mark.parametrize("name", sorted(PUBLIC.keys() - LARGE))
def test_logits_equal_torchvision_s(name: str) -> None:
    """With the same weights, the logits agree to 10 digits in float64: the wiring is the same."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network, images = theirs(name).double(), torch.rand(2, 3, SIDE, SIDE, dtype=torch.float64)
        randomise_norms(network)
    ours = meta_network(PUBLIC[name](SIDE)).eval()
    copied = dict(zip(ours.state_dict(), tensors(network), strict=True))
    state = {key: copied[key].view(t.shape) for key, t in ours.state_dict().items()}
    ours.load_state_dict(state, assign=True)
    with torch.no_grad():
        logits, expected = ours(images), network(images)
    assert expected.std(0).mean() > 0
    torch.testing.assert_close(logits, expected, rtol=1e-10, atol=1e-10 * expected.abs().max())


def randomise_norms(network: nn.Module) -> None:
    """Write random statistics, and the eps of our norms, which MobileNetV3 changes."""
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            assert module.running_mean is not None
            assert module.running_var is not None
            module.running_mean.normal_(0, 0.1)
            module.running_var.uniform_(0.5, 2)
            module.eps = nn.BatchNorm2d(1).eps


def tensors(network: nn.Module) -> Iterator[Tensor]:
    """Yield weights and buffers in the order of our layers: a projection after its chain."""
    yield from network.state_dict().values() if not list(network.children()) else ()
    children = list(network.children())
    if isinstance(network, ResBottleneckBlock):
        children.sort(key=lambda child: child is network.proj)
    for child in children:
        yield from tensors(child)
