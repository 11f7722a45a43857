"""The shipped space.py and objective.py, and the settings of an MNIST study that uses them."""

from benchmarks.environment import ROOT
from search.study.settings import StudySettings
from search.study.user_files import Objective, Space, load_objective, load_space


def load_shipped_files() -> tuple[Space, Objective]:
    """Load space.py and objective.py of the checkout."""
    return load_space(ROOT / "space.py"), load_objective(ROOT / "objective.py")


def mnist_settings(space: Space, objective: Objective) -> StudySettings:
    """Return the settings of an MNIST study with seed 0. The data digest is a placeholder."""
    return StudySettings(
        data="mnist",
        digest="0123456789",
        image=(1, 28, 28),
        classes=10,
        budget=objective.budget,
        window=objective.window,
        seed=0,
        space=space.source,
        objective=objective.source,
        validation_images=10_000,
    )
