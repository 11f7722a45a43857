"""A trial under way in a run: what is trained, and what came of it so far."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from search.loop.admission import Admitted
from search.training.pool import EpochResult

CURVES = ("validation_accuracy", "validation_loss", "training_accuracy", "training_loss")


@dataclass
class Progress:
    """An admitted candidate and its epochs."""

    admitted: Admitted
    results: list[EpochResult] = field(default_factory=list)

    @property
    def number(self) -> int:
        """Of the trial."""
        return self.admitted.trial.number

    @property
    def epochs(self) -> int:
        """Epochs in full."""
        return self.admitted.candidate.recipe.epochs

    @property
    def curve(self) -> list[float]:
        """Validation accuracies so far."""
        return [result.validation_accuracy for result in self.results]

    @property
    def complete(self) -> bool:
        """Whether it is trained to the end."""
        return len(self.results) == self.epochs

    def known(self) -> Mapping[str, Any]:
        """What the trial keeps as user attributes: the curves and the seconds."""
        curves = {curve: [getattr(r, curve) for r in self.results] for curve in CURVES}
        return {**curves, "seconds": round(sum(r.seconds for r in self.results), 3)}
