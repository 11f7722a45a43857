"""The two files that a user edits, loaded by path: space.py and objective.py. No torch.

The current directory's come first, then the ones that ship with the package.
"""

import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import isfinite
from numbers import Real
from pathlib import Path
from types import ModuleType
from typing import Any

from optuna import Trial

from search.candidates.architecture import Architecture
from search.candidates.candidate import Budget, Candidate, Task
from search.errors import ArchitectureError, FrugalError
from search.files import write_whole
from search.study.study import Study

PACKAGE = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Space:
    """A user's space. Errors of `sample` name the line of the file and its message."""

    path: Path
    source: str
    _sample: Callable[[Trial, Task], Candidate]

    def sample(self, trial: Trial, task: Task) -> Candidate:
        """One candidate; FrugalError where the file raises or returns something else.

        A fill of None is replaced by the task's border.
        """
        try:
            candidate = self._sample(trial, task)
        except Exception as error:
            raise FrugalError(_one_line(error, self.path)) from error
        if not isinstance(candidate, Candidate):
            raise FrugalError(
                f"{self.path}: sample() returned {type(candidate).__name__}; it must return a "
                "search.Candidate"
            )
        self._check(candidate.architecture, task)
        return candidate.resolved(task.border)

    def _check(self, architecture: Architecture, task: Task) -> None:
        try:
            _ = architecture.layers
        except ArchitectureError as error:
            raise FrugalError(
                f"{self.path}: sample() proposed a network that cannot exist: {error}"
            ) from error
        image, classes = architecture.image, architecture.classes
        if (image, classes) != (task.image, task.classes):
            raise FrugalError(
                f"{self.path}: sample() proposed a network for images {image} and {classes} "
                f"classes, the task has {task.image} and {task.classes}: take task.image, "
                "task.classes"
            )


@dataclass(frozen=True)
class Objective:
    """A user's objective: the budget, the window, the score and whether it is monotone."""

    path: Path
    source: str
    budget: Budget
    window: int
    monotone: bool
    consistency: Callable[[Sequence[float]], float]
    overrides: tuple[tuple[str, int], ...] = ()

    def score(self, accuracies: Sequence[float]) -> float:
        """The score of a curve; FrugalError where the file raises or gives no finite number."""
        try:
            score: object = self.consistency(accuracies)
        except Exception as error:
            raise FrugalError(_one_line(error, self.path)) from error
        if not isinstance(score, Real) or not isfinite(score):
            raise FrugalError(
                f"{self.path}: consistency() gave {score!r:.60}: a finite number is needed"
            )
        return float(score)


def load_space(path: Path | None = None) -> Space:
    """The space file; FrugalError where it is missing or defines no sample()."""
    path = path or _first_file("space.py")
    source, module = _execute(path, "space")
    if not callable(getattr(module, "sample", None)):
        raise FrugalError(f"{path} defines no sample(trial, task): a space file must")
    return Space(path, source, module.sample)


def load_objective(
    path: Path | None = None,
    max_params: int | None = None,
    max_epochs: int | None = None,
    window: int | None = None,
) -> Objective:
    """The objective file. Its figures are replaced by the arguments that are not None."""
    path = path or _first_file("objective.py")
    source, module = _execute(path, "objective")
    for name, kind in (("BUDGET", Budget), ("WINDOW", int)):
        if not isinstance(getattr(module, name, None), kind):
            raise FrugalError(f"{path} defines no {name} ({kind.__name__}): an objective file must")
    if not callable(getattr(module, "consistency", None)):
        raise FrugalError(f"{path} defines no consistency(accuracies): an objective file must")
    figures = {"parameters": max_params, "epochs": max_epochs, "window": window}
    overrides = {name: value for name, value in figures.items() if value is not None}
    module.WINDOW = overrides.get("window", module.WINDOW)
    budget = replace(module.BUDGET, **{k: v for k, v in overrides.items() if k != "window"})
    _check(budget, module.WINDOW)
    objective = Objective(
        path,
        source=source,
        budget=budget,
        window=module.WINDOW,
        monotone=bool(getattr(module, "MONOTONE", True)),
        consistency=module.consistency,
        overrides=tuple(sorted(overrides.items())),
    )
    objective.score([0.5] * budget.epochs)  # raises before anything is trained
    return objective


def _check(budget: Budget, window: int) -> None:
    if budget.parameters < 1 or budget.epochs < 1 or window < 1:
        raise FrugalError(
            f"budget {budget}, window {window}: parameters, epochs and window are at least 1"
        )
    if budget.epochs < window:
        raise FrugalError(
            f"{budget.epochs} epochs are fewer than the window of {window}: consistency needs "
            "every epoch of its window; raise --max-epochs or lower --window"
        )


def _first_file(name: str) -> Path:
    places = [Path.cwd() / name, PACKAGE.parent / name, PACKAGE / "defaults" / name]
    for place in places:
        if place.is_file():
            return place
    raise FrugalError(f"no {name} in {Path.cwd()} nor in the package: name one with --{name[:-3]}")


def _execute(path: Path, name: str) -> tuple[str, Any]:
    try:
        source = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise FrugalError(f"cannot read {path}: {error}") from error
    module = ModuleType(name)
    module.__file__ = str(path)
    try:
        exec(compile(source, str(path), "exec"), module.__dict__)  # noqa: S102 # the user's own
    except SyntaxError as error:
        raise FrugalError(f"{error.filename}, line {error.lineno}: {error.msg}") from error
    except Exception as error:
        raise FrugalError(_one_line(error, path)) from error
    return source, module


def _one_line(error: Exception, path: Path) -> str:
    """The error in one line, with the last line of the user's own file in its traceback."""
    lines = [
        frame.lineno
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename == str(path) and frame.lineno is not None
    ]
    place = f"{path}, line {lines[-1]}" if lines else str(path)
    return f"{place}: {type(error).__name__}: {' '.join(str(error).split())}"


def saved_objective(study: Study) -> Objective:
    """The study's own objective, as it was, with the figures overridden when it began."""
    path = study.folder / "objective.py"
    if not path.exists():
        write_whole(path, study.setup.objective)
    overrides = dict(study.setup.overrides)
    return load_objective(
        path, overrides.get("parameters"), overrides.get("epochs"), overrides.get("window")
    )
