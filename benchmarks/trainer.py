"""Whether the trainer reaches what others published for the same networks and recipes.

Trains published networks by their own recipes on our 50,000 training images and scores them on the
10,000 held out for validation; published figures are of the test set, so agreement within a few
tenths of a point is what can be expected. Writes JSON with every epoch's accuracy.

    python benchmarks/trainer.py
"""

import json
import platform
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import click

from search import Architecture, Augmentation, Candidate, Recipe, Schedule
from search.data import load
from search.device import choose, default_workers
from search.environment import versions
from search.training import EpochResult, open_pool
from search.values import from_data

GOLDEN = Path(__file__).parents[1] / "tests" / "golden"
RESULTS = Path(__file__).parent / "results"


class Published(NamedTuple):
    """A published network. best: its published best test accuracy in percent."""

    system: str
    step: str
    best: float
    recipe: Recipe


WHITE_CORNERS = 1.0  # the published rotations fill with white
NETWORKS = (
    Published(
        "ev8-assignment-4",
        "4",
        99.41,
        Recipe(
            rate=0.01,
            schedule=Schedule("constant"),
            augmentation=Augmentation(rotation=15, fill=WHITE_CORNERS),
            ema=0.0,
        ),
    ),
    Published(
        "assignment-5-coding-drill-down",
        "4",
        99.44,
        Recipe(
            batch=32,
            rate=0.01,
            schedule=Schedule("step", every=5, gamma=0.1),
            augmentation=Augmentation(rotation=10, fill=WHITE_CORNERS),
            ema=0.0,
        ),
    ),
)


def candidate(published: Published) -> Candidate:
    """The published architecture, from the golden facts, with its recipe."""
    facts = json.loads((GOLDEN / f"{published.system}.json").read_text())
    step = next(step for step in facts["steps"] if step["step"] == published.step)
    return Candidate(from_data(Architecture, step["architecture"]), published.recipe)


@click.command()
@click.option("--device", default="auto", show_default=True)
@click.option("--seed", default=0, show_default=True)
def main(device: str, seed: int) -> None:
    """Train the published networks and write their curves."""
    chosen = choose(device)
    curves: dict[int, list[EpochResult]] = {}
    with open_pool(load("mnist"), chosen, default_workers(chosen)) as pool:
        members = {pool.admit(candidate(published), seed): published for published in NETWORKS}
        for event in pool:
            assert isinstance(event.result, EpochResult), event.result
            curves.setdefault(event.member, []).append(event.result)
            told = f"{members[event.member].system} epoch {event.result.epoch}"
            click.echo(
                f"{told}: {event.result.validation_accuracy:.4f} on 10,000 validation images"
            )
    rows = [
        {
            "system": published.system,
            "step": published.step,
            "parameters": candidate(published).architecture.parameters,
            "published_best_test": published.best / 100,
            "best_validation": max(r.validation_accuracy for r in curves[member]),
            "lowest_of_last_5": min(r.validation_accuracy for r in curves[member][-5:]),
            "validation_accuracy": [r.validation_accuracy for r in curves[member]],
            "training_accuracy": [round(r.training_accuracy, 5) for r in curves[member]],
            "seconds": round(sum(r.seconds for r in curves[member]), 1),
        }
        for member, published in members.items()
    ]
    now = datetime.now(UTC)
    about = {"date": now.date().isoformat(), "device": chosen, "cpu": platform.processor()}
    path = RESULTS / f"trainer-{chosen}-{now:%Y%m}.json"
    path.parent.mkdir(exist_ok=True)
    result = {**about, **versions(), "seed": seed, "networks": rows}
    path.write_text(json.dumps(result, indent=1) + "\n")
    click.echo(f"wrote {path}")


if __name__ == "__main__":
    main()
