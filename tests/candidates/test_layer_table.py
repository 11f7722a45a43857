"""The rows of the layer table agree with the layers."""

import pytest

from search.candidates.architecture import Architecture, Head
from search.candidates.blocks import Block, Pool, Repeat, Residual
from search.candidates.layer_table import layer_rows, total_row
from tests.support.nested_architectures import EACH_BLOCK

ARCHITECTURE = Architecture(
    (1, 28, 28), 10, (Block(8, bias=True), Block(12, padding=1, pool=2)), Head("conv-pool")
)


def test_there_is_one_row_per_layer() -> None:
    """Layers are numbered from 1; blocks are named by number, the last layers "head"."""
    rows = layer_rows(ARCHITECTURE)
    assert [row.number for row in rows] == [str(n + 1) for n in range(len(ARCHITECTURE.layers))]
    assert list(dict.fromkeys(row.block for row in rows)) == ["1", "2", "head"]


def test_cells_are_text() -> None:
    """A 3x3 convolution with bias has 8 * (9 + 1) parameters and 8 * 9 * 26 * 26 MACs."""
    first = layer_rows(ARCHITECTURE)[0]
    assert first[:7] == ("1", "1", "conv 3x3, 1 to 8, bias", "8x26x26", "80", "48,672", "3")


def test_a_layer_without_parameters_has_empty_cells() -> None:
    """The table shows no zeros for ReLU, which has no parameters and no MACs."""
    row = next(row for row in layer_rows(ARCHITECTURE) if row.layer == "ReLU")
    assert (row.parameters, row.macs, row.parameter_share, row.mac_share) == ("", "", 0.0, 0.0)


def test_rows_add_up_to_the_total() -> None:
    """Parameters, MACs and both shares sum up to the total row."""
    rows, total = layer_rows(ARCHITECTURE), total_row(ARCHITECTURE)
    for cells, whole in (
        ([row.parameters for row in rows], total.parameters),
        ([row.macs for row in rows], total.macs),
    ):
        counts = [int(cell.replace(",", "")) for cell in cells if cell]
        assert sum(counts) == int(whole.replace(",", ""))
    assert sum(row.parameter_share for row in rows) == pytest.approx(1.0)
    assert sum(row.mac_share for row in rows) == pytest.approx(1.0)
    assert total.layer == "total"


def test_frozen_numbers_are_separate() -> None:
    """The nine weights of a blur pooling are frozen; without frozen numbers all cells are empty."""
    blurred = Architecture((1, 28, 28), 10, (Block(8), Pool("blur", 3, 2)))
    rows, total = layer_rows(blurred), total_row(blurred)
    assert [row.frozen for row in rows if row.frozen] == ["9"]
    assert (total.frozen, total.parameters) == ("9", f"{blurred.parameters:,}")
    assert next(row.parameters for row in rows if row.frozen) == ""
    assert {row.frozen for row in (*layer_rows(ARCHITECTURE), total_row(ARCHITECTURE))} == {""}


@pytest.mark.parametrize("name", EACH_BLOCK)
def test_rows_of_each_block_add_up(name: str) -> None:
    """Parameters and MACs of every kind of block add up; repeated weights count once."""
    rows, architecture = layer_rows(EACH_BLOCK[name]), EACH_BLOCK[name]
    parameters = [int(row.parameters.replace(",", "")) for row in rows if row.parameters]
    assert sum(parameters) == architecture.parameters
    assert sum(row.parameter_share for row in rows) == pytest.approx(1.0)
    assert sum(row.mac_share for row in rows) == pytest.approx(1.0)


def test_joints_and_shared_weights_name_their_sources() -> None:
    """Sums name the layers that they read, repeated layers those whose weights they reuse."""
    blocks = (Block(8), Repeat((Residual((Block(8, padding=1),)),), 2))
    layers = [row.layer for row in layer_rows(Architecture((1, 28, 28), 10, blocks))]
    assert "sum, from layers 6, 3" in layers
    assert "conv 3x3, 8 to 8, padding 1, weights of layer 4" in layers
    assert "batch norm, weights of layer 5" in layers


def test_a_network_without_parameters_has_no_shares() -> None:
    """The shares of a network with pooling only are 0, without a division by zero."""
    architecture = Architecture((10, 4, 4), 10, (), Head("pool"))
    assert {row.parameter_share for row in layer_rows(architecture)} <= {0.0}
