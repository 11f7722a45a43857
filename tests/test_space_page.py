"""docs/space.md: every block of code runs, and every example does what its text says."""

import re
import shlex
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from io import StringIO
from math import ceil
from pathlib import Path
from typing import Any, NamedTuple, get_args

import pytest
from click.testing import CliRunner
from optuna import create_study
from optuna.samplers import RandomSampler

import search
from search import (
    Activation,
    Block,
    Candidate,
    Dense,
    Dropout,
    Norm,
    Parallel,
    Pool,
    Repeat,
    Residual,
    Separable,
    SqueezeExcite,
    Task,
    space_preview,
)
from search.candidates.architecture import layers
from search.candidates.baselines import find_baseline
from search.candidates.blocks import AnyBlock, widths
from search.candidates.recipe import rates
from search.cli.main import main
from search.data.dataset import Dataset
from search.files import TAG, to_data
from search.study.user_files import load_space
from tests.support import tiny
from tests.support.readme import examples

PAGE = (Path(__file__).parents[1] / "docs" / "space.md").read_text(encoding="utf-8")
EXAMPLE = re.compile(r"^### (\d+)\. .*?^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COUNTED = re.compile(
    r"^## What is counted$.*?^```python\n(.*?)^```$\s+^```text\n(.*?)^```$", re.M | re.S
)
EXAMPLES = {int(number): code for number, code in EXAMPLE.findall(PAGE)}
OBJECTIVE = 10  # the example that is an objective file; the others are space files
BLOCKS = get_args(AnyBlock)
SPACES = sorted(EXAMPLES.keys() - {OBJECTIVE})
LINES = range(8, 21)  # of code in an example
PROPOSALS = 40
TASKS = (Task((1, 28, 28), 10), Task((3, 32, 32), 7))
ONE_EPOCH = """\
from search import Budget
BUDGET = Budget(parameters=20_000, epochs=1)
WINDOW = 1
consistency = min
"""


class Proposal(NamedTuple):
    """A candidate with the values of its parameters."""

    candidate: Candidate
    params: dict[str, Any]

    def arguments(self, name: str) -> list[Any]:
        """The argument of every convolution that has it, in order."""
        found = layers(self.candidate.architecture)
        return [layer.arguments[name] for layer in found if name in layer.arguments]

    def count(self, kind: str) -> int:
        """The number of layers of a kind."""
        return [layer.kind for layer in layers(self.candidate.architecture)].count(kind)


def written(folder: Path, text: str) -> Path:
    """A file with the text."""
    path = folder / "my_space.py"
    path.write_text(text, encoding="utf-8")
    return path


def proposals(path: Path, task: Task, **fixed: Any) -> list[Proposal]:
    """Random candidates of a space. fixed: values of parameters that are not drawn."""
    study, space = create_study(sampler=RandomSampler(seed=0)), load_space(path)
    for _ in range(PROPOSALS):
        study.enqueue_trial(fixed)
    trials = [study.ask() for _ in range(PROPOSALS)]
    return [Proposal(space.sample(trial, task), trial.params) for trial in trials]


def widths_grow(proposal: Proposal) -> None:
    """The four widths follow from the first and the growth."""
    first, growth = proposal.params["first_width"], proposal.params["growth"]
    expected = [round(first * growth**n) for n in range(4)]
    assert widths(proposal.candidate.architecture.blocks) == expected


def kernels_are_as_chosen(proposal: Proposal) -> None:
    """The chosen kernels occur twice, and the 1x3 convolution is followed by one of 3x1."""
    kernels: dict[str, list[Any]] = {"3x3": [3], "5x5": [5], "1x3 3x1": [(1, 3), (3, 1)]}
    chosen = kernels[proposal.params["kernel"]]
    assert proposal.arguments("kernel_size") == [3, 2, *chosen, 3, 2, *chosen, 1]


def blocks_are_separable(proposal: Proposal) -> None:
    """There is a depthwise convolution of the chosen kernel per separable block."""
    depthwise = [
        layer.arguments["kernel_size"]
        for layer in layers(proposal.candidate.architecture)
        if layer.arguments.get("groups", 1) == layer.arguments.get("in_channels") != 1
    ]
    assert depthwise == [proposal.params["kernel"]] * (2 * proposal.params["depth"])


def shortcuts_are_identities(proposal: Proposal) -> None:
    """There is one sum per residual block, and a shortcut has no parameters."""
    depth, shortcuts = proposal.params["depth"], proposal.params["shortcuts"]
    assert proposal.count("add") == depth * shortcuts
    assert proposal.count("conv") == 2 * depth + 2
    blocks = proposal.candidate.architecture.blocks
    assert any(isinstance(block, Residual) for block in blocks) == shortcuts


def activation_is_as_chosen(proposal: Proposal) -> None:
    """The only activation is the chosen one, with one slope per layer or per channel."""
    chosen, slopes = proposal.params["activation"], proposal.arguments("num_parameters")
    assert proposal.count("prelu" if chosen == "channel_prelu" else chosen) == 3
    per_layer = {"prelu": 1, "channel_prelu": proposal.params["width"]}
    assert slopes == [per_layer[chosen]] * 3 if chosen in per_layer else slopes == []


def ends_are_fixed(proposal: Proposal) -> None:
    """The first two blocks, the head and the recipe are the same in every candidate."""
    architecture, recipe = proposal.candidate.architecture, proposal.candidate.recipe
    depth, width = proposal.params["depth"], proposal.params["width"]
    assert widths(architecture.blocks) == [16, 16, *[width] * depth]
    assert (architecture.head.kind, architecture.head.bias) == ("pool-conv", True)
    assert (recipe.batch, recipe.rate, recipe.schedule.kind) == (64, 0.1, "onecycle")


def unused_parts_are_left_out(proposal: Proposal) -> None:
    """The network has the chosen depth, and squeeze-and-excitation only if it is chosen."""
    params, architecture = proposal.params, proposal.candidate.architecture
    expected = [params[f"width_{n}"] for n in (1, 2, 3)][: params["depth"]]
    assert widths(architecture.blocks) == expected
    assert proposal.count("scale") == params["squeeze_excite"]


def recipe_is_published(proposal: Proposal) -> None:
    """The network varies around the published one, with its schedule and augmentation."""
    published = find_baseline("ev8-5").candidate
    assert published
    recipe = proposal.candidate.recipe
    assert recipe.schedule == published.recipe.schedule
    assert recipe.augmentation == published.recipe.augmentation
    assert recipe.rate == published.recipe.rate * proposal.params["rate_factor"]
    width = round(12 * proposal.params["width_factor"])
    assert set(widths(proposal.candidate.architecture.blocks)) == {width}


def rates_follow_the_schedule(proposal: Proposal) -> None:
    """The rate peaks or decays where the text says, and is constant in the last epochs."""
    steps = 20  # per epoch
    recipe, params = proposal.candidate.recipe, proposal.params
    found = [rate for rate, _ in rates(recipe, steps)]
    if params["schedule"] == "onecycle":
        top = found.index(max(found))
        rising = max(params["onecycle_warmup"] * len(found), params["warmup_epochs"] * steps)
        assert top == pytest.approx(rising, abs=2)
    else:
        begin = ceil(params["decay_start"] * len(found)) - 1
        end = ceil(params["decay_end"] * len(found))
        assert found[begin] == pytest.approx(recipe.rate)
        assert found[end:] == pytest.approx(
            [recipe.rate * params["decay_floor"]] * len(found[end:])
        )
        assert (len(found) - end) >= steps * (recipe.epochs // 3)


CLAIMS: dict[int, Callable[[Proposal], None]] = {
    1: widths_grow,
    2: kernels_are_as_chosen,
    3: blocks_are_separable,
    4: shortcuts_are_identities,
    5: activation_is_as_chosen,
    6: ends_are_fixed,
    7: unused_parts_are_left_out,
    8: recipe_is_published,
    9: rates_follow_the_schedule,
}


def test_every_block_of_code_is_tested() -> None:
    """The page has ten short examples with a claim each, and no other code than what runs here."""
    assert sorted(EXAMPLES) == list(range(1, 11))
    assert list(CLAIMS) == SPACES
    lengths = {n: sum(map(bool, code.splitlines())) for n, code in EXAMPLES.items()}
    assert {n: length for n, length in lengths.items() if length not in LINES} == {}
    python = [example for example in examples(PAGE) if example.language == "python"]
    assert len(python) == len(EXAMPLES) + len(COUNTED.findall(PAGE))


@pytest.mark.parametrize("task", TASKS, ids=["mnist", "colour"])
@pytest.mark.parametrize("number", SPACES)
def test_an_example_is_a_valid_space(number: int, task: Task, tmp_path: Path) -> None:
    """Every call returns a candidate and suggests the same parameters, and the claim holds."""
    drawn = proposals(written(tmp_path, EXAMPLES[number]), task)
    assert len({tuple(proposal.params) for proposal in drawn}) == 1
    for name in drawn[0].params:
        assert len({proposal.params[name] for proposal in drawn}) > 1
    for proposal in drawn:
        CLAIMS[number](proposal)


@pytest.mark.parametrize("number", SPACES)
def test_an_example_fits_the_budget(number: int, tmp_path: Path) -> None:
    """At least half of the proposals are within 10,000 parameters on MNIST."""
    preview = space_preview(100, space=written(tmp_path, EXAMPLES[number]), max_params=10_000)
    assert preview.share >= 0.5


def test_the_published_network_is_in_its_example(tmp_path: Path) -> None:
    """With factors of 1 and its dropout, example 8 proposes the published network."""
    fixed = {"width_factor": 1.0, "rate_factor": 1.0, "dropout": 0.05}
    (proposal, *_) = proposals(written(tmp_path, EXAMPLES[8]), TASKS[0], **fixed)
    assert proposal.candidate == find_baseline("ev8-5").candidate


@pytest.mark.parametrize("number", [2, 3, 4, 5, 7])
def test_an_example_trains(number: int, tmp_path: Path, small_mnist: Dataset) -> None:
    """A search trains a candidate of the example for an epoch."""
    objective = tmp_path / "objective.py"
    objective.write_text(ONE_EPOCH)
    space = written(tmp_path, EXAMPLES[number])
    study = tiny.search(tmp_path, tiny.few(small_mnist), 1, space=space, objective=objective)
    assert "trained" in tiny.outcomes(study)


def test_another_budget_limits_macs_and_activations(tmp_path: Path) -> None:
    """With the objective of example 10, each of its limits rejects a part of the proposals."""
    objective = tmp_path / "my_objective.py"
    objective.write_text(EXAMPLES[OBJECTIVE])
    preview = space_preview(200, space=written(tmp_path, EXAMPLES[1]), objective=objective)
    assert preview.exceeded.keys() == {"parameters", "macs", "activation_bytes"}
    assert 0.2 < preview.share < 0.9


def test_the_commands_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands of the page run with the first example as my_space.py."""
    monkeypatch.chdir(tmp_path)
    written(tmp_path, EXAMPLES[1])
    commands = [example.commands for example in examples(PAGE) if example.language == "console"]
    assert commands
    for _, _, command in (command for each in commands for command in each):
        python, flag, program, *words = shlex.split(command)
        assert (python, flag, program) == ("python", "-m", "search")
        result = CliRunner().invoke(main, words)
        assert result.exit_code == 0, result.output


def test_the_counted_example_prints_what_the_page_shows() -> None:
    """The output of the example below "What is counted" is that of the page."""
    ((code, output),) = COUNTED.findall(PAGE)
    printed = StringIO()
    with redirect_stdout(printed):
        exec(code, {})
    assert printed.getvalue() == output


def rows(heading: str) -> list[list[str]]:
    """The cells of the first table with this heading in its first column."""
    found = re.search(rf"^\| {heading} \|.*\n\|[-|]+\n((?:\|.*\n)+)", PAGE, re.MULTILINE)
    assert found
    lines = found[1].splitlines()
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]


@pytest.mark.parametrize(
    "blocks, parameters",
    [
        ((Block(24, padding="same"),), 5_232),  # example 3
        ((Separable(24),), 888),
        ((Block(24, groups=4, bias=True, order=()),), 24 * 24 // 4 * 9 + 24),
        ((Separable(32, kernel=5),), 24 * 25 + 24 * 32 + 2 * 24 + 2 * 32),
        ((Block(24, (1, 3), "same", order=()), Block(24, (3, 1), "same", order=())), 24 * 24 * 6),
        ((Pool("blur", 3),), 0),
        ((Norm("layer"), Norm("group", 4)), 4 * 24),
        ((Activation("prelu"), Activation("channel_prelu")), 1 + 24),
        ((Dropout(0.1),), 0),
        ((SqueezeExcite(hidden=5),), 2 * 24 * 5 + 5 + 24),
        ((Residual((Separable(24),)),), 888),
        ((Residual((Separable(30),)),), 24 * 9 + 24 * 30 + 2 * 54 + 24 * 30 + 2 * 30),
        ((Dense((Separable(24),)),), 888),
        ((Parallel(((Separable(24),), (Separable(24),))),), 2 * 888),
        ((Repeat((Separable(24),), times=3),), 888),
    ],
)
def test_parameters_are_those_of_the_table(blocks: tuple[AnyBlock, ...], parameters: int) -> None:
    """The formulas of the table, with 24 input channels, give the parameters of each block."""
    chain = layers(search.Architecture((24, 12, 12), 10, blocks))
    assert sum(layer.parameters for layer in chain if layer.block >= 0) == parameters


def test_the_table_has_every_block() -> None:
    """The table lists all blocks with the type that JSON has; that of `Block` may be missing."""
    listed = {cells[0]: cells[-1] for cells in rows(r"block \| what it is")}
    tags = {f"`{kind.__name__}`": f"`{kind.__name__.lower()}`" for kind in BLOCKS}
    assert listed == tags | {"`Block`": "none, or `block`"}


def test_json_has_the_types_of_the_table() -> None:
    """The types are those of JSON of the blocks in the table of labels."""
    blocks = tuple(block for block, _ in labelled())
    assert {type(block) for block in blocks} <= set(BLOCKS)
    data = to_data(search.Architecture((1, 28, 28), 10, blocks))["blocks"]
    expected = ["block" if b == Block else b.__name__.lower() for b in map(type, blocks)]
    assert [each.get(TAG, "block") for each in data] == expected


def test_labels_are_those_of_the_page() -> None:
    """The label of every block in the table is its label in tables and charts."""
    assert labelled()
    assert [(block.label, label) for block, label in labelled() if block.label != label] == []


def labelled() -> Sequence[tuple[Any, str]]:
    """The blocks in the table of labels, and their labels."""
    cells = [
        [cell.strip("`").replace("\\|", "|") for cell in row] for row in rows(r"block \| label")
    ]
    return [(eval(block, vars(search)), label) for block, label in cells]
