"""The table of the data that a study would train on."""

from search.cli.commands.data import data_table
from search.data.dataset import Border, DataDescription
from tests.support.terminal import text


def test_data_are_counted_by_class_and_split() -> None:
    """The table has every split with its total, and shape, mean, std, border and notes."""
    description = DataDescription(
        "shirts",
        image=(1, 28, 28),
        classes=("T-shirt", "[bold]"),  # class names are not parsed as markup
        counts=(("train", (5_000, 4_000)), ("validation", (1_000, 900)), ("test", (1_000, 800))),
        mean=(0.1307,),
        std=(0.3081,),
        border=Border((1.0,), 0.987, uniform=True),
        notes=("half",),
    )
    rows = {tuple(line.split()) for line in text(data_table(description)).splitlines()}
    assert ("[bold]", "4,000", "900", "800") in rows
    assert ("total", "9,000", "1,900", "1,800") in rows
    assert ("mean", "0.1307") in rows
    assert "border 1.0000 (median; 99 % of the border pixels are close to it)" in {
        " ".join(row) for row in rows
    }
    assert ("note", "half") in rows
