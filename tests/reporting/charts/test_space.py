"""The chart of what a space proposes."""

from search import Budget
from search.candidates.space_preview import ProposalSize, SpacePreview, preview_space
from search.reporting.charts.space import draw_space, histogram, parameter_edges
from tests.support import simulated_run as simulated

SIZES = (
    ProposalSize(500, 1_000, 2, within=True),
    ProposalSize(1_000, 20_000, 3, within=True),
    ProposalSize(1_001, 20_000, 3, within=False),
    ProposalSize(90_000, 900_000, 5, within=False),
)


def preview(sizes: tuple[ProposalSize, ...] = SIZES) -> SpacePreview:
    """A preview of proposals of these sizes, with a budget of 1,000 parameters."""
    made = preview_space([simulated.CANDIDATE], Budget(parameters=1_000))
    within = sum(size.within for size in sizes)
    return made._replace(sizes=sizes, samples=len(sizes), admitted=within)


def test_proposals_are_counted_by_bin() -> None:
    """Within and over the budget apart; the last bin includes all beyond it."""
    found = histogram(SIZES, "parameters", [0.5, 1_000.5, 2_000.5])
    assert (found.within, found.over) == ((2, 0), (0, 2))
    assert histogram(SIZES, "depth", [1.5, 2.5, 3.5, 4.5, 5.5]).within == (1, 1, 0, 0)


def test_the_budget_lies_between_two_bins() -> None:
    """No bin has proposals on both sides of the budget."""
    for most in (900, 1_001, 3_000, 90_000):
        edges = parameter_edges(preview((*SIZES[:2], ProposalSize(most, 1, 1, within=False))))
        assert any(1_000 <= edge < 1_001 for edge in edges) or edges[-1] > most


def test_every_proposal_is_drawn_three_times() -> None:
    """Once as parameters, MACs and depth; the title is the share within the budget."""
    figure = draw_space(preview())
    assert figure.layout.meta["title"] == "Within the budget: 50.0 % of 4 proposals"
    counted = [sum(bars.y) for bars in figure.data]
    assert counted == [2, 2] * 3
    assert {bars.name for bars in figure.data} == {"within the budget", "over the budget"}


def test_equal_proposals_are_drawn() -> None:
    """A space with one architecture has one bar in each histogram."""
    figure = draw_space(preview(SIZES[:1] * 3))
    assert [max(bars.y) for bars in figure.data] == [3, 0] * 3
