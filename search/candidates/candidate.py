"""Candidates, the task, and the budget. Does not import torch."""

from dataclasses import dataclass, field, replace
from typing import NamedTuple

from search.candidates.architecture import Architecture
from search.candidates.blocks import chain_label
from search.candidates.field_rules import COUNT, COUNT_OR_NONE, check_fields
from search.candidates.recipe import Recipe
from search.errors import FrugalError

BUDGET_RULES = {
    "parameters": COUNT,
    "epochs": COUNT,
    "macs": COUNT_OR_NONE,
    "activation_bytes": COUNT_OR_NONE,
}


class Violation(NamedTuple):
    """A limit of the budget that a candidate exceeds. limit: the field of `Budget`."""

    limit: str
    value: int
    allowed: int

    @property
    def excess(self) -> int:
        """The difference between the value and the limit."""
        return self.value - self.allowed


@dataclass(frozen=True)
class Candidate:
    """Architecture and recipe: everything that training needs except images and a seed."""

    architecture: Architecture
    recipe: Recipe

    def __post_init__(self) -> None:
        fill, channels = self.recipe.augmentation.fill, self.architecture.image[0]
        if isinstance(fill, tuple) and len(fill) != channels:
            raise FrugalError(
                f"augmentation has fill {fill!r} of {len(fill)} channels, but the images have "
                f"{channels}: use one number per channel, one number for all, or None"
            )

    def resolved(self, border: tuple[float, ...] | None) -> "Candidate":
        """Return the candidate with a resolved fill; see `Augmentation.resolved`."""
        augmentation = self.recipe.augmentation.resolved(border)
        return replace(self, recipe=replace(self.recipe, augmentation=augmentation))

    @property
    def label(self) -> str:
        """A short description for tables: "12p 16k5 | 12 pool-conv, sgd onecycle 0.08 b128".

        It contains the labels of the blocks and the kind of the head.
        """
        architecture = self.architecture
        inner = f"[{chain_label(architecture.head.blocks)}]" * bool(architecture.head.blocks)
        blocks = [block.label for block in architecture.blocks]
        recipe = self.recipe
        return (
            f"{' '.join([*blocks, architecture.head.kind + inner])}, "
            f"{recipe.optimiser} {recipe.schedule.kind} {recipe.rate:.2g} b{recipe.batch}"
        )


@dataclass(frozen=True)
class Budget:
    """Inclusive upper limits for a candidate; None means no limit.

    parameters: learned parameters. epochs: per training run. macs: multiply-accumulate operations
    per image. activation_bytes: see `Architecture.activation_bytes`.
    """

    parameters: int = 10_000
    epochs: int = 15
    macs: int | None = None
    activation_bytes: int | None = None

    def __post_init__(self) -> None:
        check_fields(self, BUDGET_RULES)

    def violations(self, candidate: Candidate) -> tuple[Violation, ...]:
        """Return every limit that the candidate exceeds, in the order of the fields."""
        architecture = candidate.architecture
        used = {
            "parameters": architecture.parameters,
            "epochs": candidate.recipe.epochs,
            "macs": architecture.macs if self.macs is not None else 0,
            "activation_bytes": (
                architecture.activation_bytes if self.activation_bytes is not None else 0
            ),
        }
        return tuple(
            Violation(limit, value, allowed)
            for limit, value in used.items()
            if (allowed := getattr(self, limit)) is not None and value > allowed
        )

    def __str__(self) -> str:
        limits = [f"{self.parameters:,} parameters", f"{self.epochs} epochs"]
        if self.macs is not None:
            limits.append(f"{self.macs:,} MACs")
        if self.activation_bytes is not None:
            limits.append(f"{self.activation_bytes:,} activation bytes")
        return ", ".join(limits)


@dataclass(frozen=True)
class Task:
    """The classification task.

    image: (channels, height, width) in pixels. border: border value of the training images per
    channel, 0 to 1, see `search.data.dataset.border`; None in studies that were started when
    augmentation filled with 0 by default.
    """

    image: tuple[int, int, int]
    classes: int
    budget: Budget = field(default_factory=Budget)
    border: tuple[float, ...] | None = None
