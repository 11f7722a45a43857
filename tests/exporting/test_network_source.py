"""The source of an exported network: readable, and the same function as the trained network."""

import ast
import subprocess
import sys
from itertools import count, islice
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from search.candidates.architecture import Architecture
from search.candidates.baselines import all_baselines
from search.candidates.blocks import Activation, Block, Parallel, Pool, Repeat, Residual
from search.candidates.candidate import Budget, Candidate
from search.candidates.recipe import Recipe
from search.data.description import DataStatistics
from search.exporting.network_source import network_statements
from search.exporting.origin import Origin
from search.exporting.python_file import export_source, read_candidate
from search.study.records import Record
from search.study.settings import StudySettings
from search.training.network import Network, build_network
from tests.support.nested_architectures import (
    EACH_BLOCK,
    EVERYTHING,
    SAME,
    with_block,
)
from tests.support.random_values import random_nested_architecture

ALONE = """
import importlib.util, sys, torch
spec = importlib.util.spec_from_file_location("best", sys.argv[1])
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
with torch.inference_mode():
    torch.save(module.load()(torch.load(sys.argv[2])), sys.argv[3])
assert "search" not in sys.modules
"""


def exported(architecture: Architecture, network: Network | None = None) -> str:
    """Return the file of an architecture, with the weights of a network."""
    network = network or trained(architecture)
    state = network.state_dict()
    weights = {name: t.numpy() for name, t in state.items() if t.is_floating_point()}
    channels = architecture.image[0]
    measured = DataStatistics(
        classes=tuple(f"class {index}" for index in range(architecture.classes)),
        mean=(0.5,) * channels,
        std=(0.25,) * channels,
        background="mixed",
        train=10,
        validation=10,
    )
    setup = StudySettings(
        data="mnist",
        digest="0" * 32,
        image=architecture.image,
        classes=architecture.classes,
        budget=Budget(epochs=2),
        window=2,
        seed=7,
        space="",
        objective="",
    )
    candidate = Candidate(architecture, Recipe())
    curve = (0.9, 0.95)
    record = Record(3, "trained", candidate, consistency=0.9, validation_accuracy=curve, origin=3)
    return export_source(Origin(record, setup, "demo", measured), weights)


def trained(architecture: Architecture) -> Network:
    """Return a network with running statistics of random images, in evaluation mode."""
    network = build_network(architecture, seed=3)
    with torch.no_grad():
        network(images_of(architecture))
    return network.eval()


def images_of(architecture: Architecture) -> Tensor:
    """Return four random images."""
    return torch.randn(4, *architecture.image, generator=torch.Generator().manual_seed(0))


def module_of(text: str) -> dict[str, Any]:
    """Return the names that a file defines."""
    names: dict[str, Any] = {"__name__": "best"}
    exec(compile(text, "best.py", "exec", dont_inherit=True), names)
    return names


def network_of(text: str) -> str:
    """Return the source of the class `Network` in a file."""
    (found,) = (
        node
        for node in ast.parse(text).body
        if isinstance(node, ast.ClassDef) and node.name == "Network"
    )
    return ast.get_source_segment(text, found) or ""


def check(architecture: Architecture) -> str:
    """Check that the exported network gives the trained network's logits; return the file."""
    network = trained(architecture)
    text = exported(architecture, network)
    own = module_of(text)["load"]()
    images = images_of(architecture)
    with torch.inference_mode():
        assert torch.equal(own(images), network(images))
    assert max(map(len, text.splitlines())) <= 100
    return text


@pytest.mark.parametrize("name", EACH_BLOCK)
def test_each_block_gives_identical_logits(name: str) -> None:
    """For every block and option, the exported source and our network give the same bits."""
    check(EACH_BLOCK[name])


@pytest.mark.parametrize("seed", range(30))
def test_random_networks_give_identical_logits(seed: int) -> None:
    """So do random networks of nested blocks, whose candidates are read back."""
    architecture = random_nested_architecture(Random(seed))
    ast.parse(check(architecture), feature_version=(3, 9))


@pytest.mark.slow
def test_a_thousand_random_networks_give_identical_logits() -> None:
    """So do 1,000 random networks over the whole language; those without weights are left out."""
    drawn = (random_nested_architecture(Random(seed)) for seed in count())
    for architecture in islice((one for one in drawn if one.parameters), 1_000):
        check(architecture)


def test_a_published_chain_is_a_sequential() -> None:
    """A chain of layers is one nn.Sequential with the names of our own state_dict."""
    candidate = next(b.candidate for b in all_baselines() if b.candidate)
    own = module_of(exported(candidate.architecture))["load"]()
    assert isinstance(own, nn.Sequential)
    assert own.state_dict().keys() == build_network(candidate.architecture).state_dict().keys()


def test_with_torch_alone(tmp_path: Path) -> None:
    """A network with all blocks runs without the project, and its candidate is read back."""
    network = trained(EVERYTHING)
    (tmp_path / "best.py").write_text(exported(EVERYTHING, network))
    images = images_of(EVERYTHING)
    torch.save(images, tmp_path / "images.pt")
    command = [sys.executable, "-I", "-W", "error", "-c", ALONE, "best.py", "images.pt", "out.pt"]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")
    with torch.inference_mode():
        assert torch.equal(torch.load(tmp_path / "out.pt"), network(images))
    assert read_candidate(tmp_path / "best.py").architecture == EVERYTHING


def test_files_are_formatted(tmp_path: Path) -> None:
    """Files of nested networks pass ruff and have the grammar of Python 3.9."""
    architectures = [
        EVERYTHING,
        *EACH_BLOCK.values(),
        *map(random_nested_architecture, map(Random, range(9))),
    ]
    for index, architecture in enumerate(architectures):
        text = exported(architecture, build_network(architecture))
        ast.parse(text, feature_version=(3, 9))
        (tmp_path / f"best{index}.py").write_text(text)
    for command in ("check", "format --check --line-length 100"):
        ruff = [sys.executable, "-m", "ruff", *command.split(), "--isolated", str(tmp_path)]
        ended = subprocess.run(ruff, capture_output=True, check=False)
        assert ended.returncode == 0, ended.stdout


@pytest.mark.parametrize("width", [100, 10_000])
def test_long_lines_are_wrapped(width: int, tmp_path: Path) -> None:
    """The shape is above a long layer; a layer that is too long has its arguments below."""
    wide = Block(width, (1, 3), (0, 2), stride=2, dilation=2, groups="depthwise")
    branches = tuple((Block(1, kernel=1),) for _ in range(15))
    architecture = with_block(Block(width), wide, Residual((wide,)), Parallel(branches))
    text = network_statements(architecture)["Network"] + "\n"
    assert max(map(len, text.splitlines())) <= 100
    (tmp_path / "network.py").write_text(text)
    ruff = ["ruff", "format", "--check", "--line-length", "100", "--isolated", str(tmp_path)]
    ended = subprocess.run([sys.executable, "-m", *ruff], capture_output=True, check=False)
    assert ended.returncode == 0, ended.stdout


def test_the_forward_pass_names_its_parts() -> None:
    """Parts without branches are attributes; sums and repetitions are written out."""
    blocks = (Residual((SAME,), "relu"), Repeat((SAME, Activation("gelu")), 3), Pool("blur", 3, 2))
    text = network_of(exported(with_block(*blocks)))
    assert text.startswith("class Network(nn.Module):\n")
    assert "        # block 2 (Residual): receptive field 5x5 pixels\n" in text
    assert "        self.block2_2 = nn.ReLU()  # 8x12x12\n" in text
    assert "        self.block4 = BlurPool(3, 2)  # 8x5x5, 9 frozen parameters\n" in text
    forward = """
        x = self.block1(x)
        y = self.block2_1(x)
        x = y + x
        x = self.block2_2(x)
        for _ in range(3):
            x = self.block3(x)
        x = self.block4(x)
        x = self.block5(x)
        x = self.head(x)
        return x"""
    assert text.endswith(forward)


def test_only_what_is_used_is_in_the_file() -> None:
    """The project's own layers are in the file only if the network has them."""
    plain = exported(with_block(SAME))
    assert "ChannelNorm" not in plain
    assert "BlurPool" not in plain
    assert "import comb" not in plain
    layer_norm = exported(with_block(Block(8, padding="same", norm="layer")))
    assert "class ChannelNorm(nn.Module):" in layer_norm
    assert "class BlurPool" not in layer_norm


def test_frozen_parameters_are_in_the_docstring() -> None:
    """The size names the numbers that are not learned, if there are any."""
    blurred = with_block(Pool("blur", 3))
    size = f"Size: {blurred.parameters:,} learned parameters, 9 frozen parameters, "
    assert size in exported(blurred)
    assert f"Size: {with_block().parameters:,} learned parameters, " in exported(with_block())


def test_weights_are_in_the_order_of_the_project() -> None:
    """The parameters of the exported network are ours, in the same order and of the same shapes."""
    own = module_of(exported(EVERYTHING))["load"]()
    shapes = [tuple(t.shape) for t in own.parameters()]
    assert shapes == [tuple(t.shape) for t in build_network(EVERYTHING).parameters()]
    assert sum(np.prod(shape) for shape in shapes) == EVERYTHING.parameters
