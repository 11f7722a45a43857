"""Load and copy the two files that a user edits: space.py and objective.py. Without torch.

A new study uses the files of the current directory, else those shipped with the package. An
existing study uses the texts in its settings; the files in its folder are copies for reading.
"""

import traceback
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, replace
from math import isfinite
from numbers import Real
from pathlib import Path
from typing import Any

import optuna
from optuna import Trial, TrialPruned
from optuna.distributions import BaseDistribution
from optuna.samplers import RandomSampler

from search.candidates.candidate import Budget, Candidate, Task
from search.errors import ArchitectureError, FrugalError
from search.files import from_json, to_json, write_whole
from search.study.records import Outcome
from search.study.settings import FILES, same_source
from search.study.space_trial import SpaceTrial
from search.study.study import Study
from search.study.user_modules import (
    PACKAGE,
    MainFile,
    RecordedModules,
    SourceFile,
    UserCode,
    read_source,
)

ERRORS = (Exception, SystemExit)  # of the user's code; its sys.exit() must not end a run
Modules = tuple[tuple[str, str], ...]  # (path in a study's folder, source text)


class NoCandidateError(FrugalError):
    """sample() proposed no candidate: it pruned the trial, or the network is impossible.

    outcome: of the trial, one of `records.WITHOUT_CANDIDATE`.
    """

    def __init__(self, reason: str, outcome: Outcome) -> None:
        super().__init__(reason)
        self.outcome = outcome


@dataclass(frozen=True)
class Space:
    """A user's space. Errors raised in `sample` are reported with file, line and message.

    modules: the user's own modules that the files import, see `StudySettings`.
    """

    path: Path
    source: str
    _sample: Callable[[Trial, Task], Candidate]
    modules: Modules = ()

    def sample(
        self,
        trial: Trial,
        task: Task,
        recorded: MutableMapping[str, BaseDistribution] | None = None,
    ) -> Candidate:
        """Return one candidate. A fill of None is replaced by the task's border.

        recorded: see `SpaceTrial`. NoCandidateError if sample() raises `optuna.TrialPruned` or the
        network is impossible. FrugalError if it raises anything else, returns no candidate, or if
        a study cannot store its choices or the candidate.
        """
        guarded = SpaceTrial(trial, {} if recorded is None else recorded)
        try:
            candidate = self._sample(guarded, task)
            if isinstance(candidate, Candidate):
                self._check(candidate, task)
        except TrialPruned as error:
            raise NoCandidateError(_one_line(error, self.path), "rejected by the space") from error
        except ArchitectureError as error:
            raise NoCandidateError(str(error), "impossible") from error
        except ERRORS as error:
            raise FrugalError(_one_line(error, self.path)) from error
        if not isinstance(candidate, Candidate):
            raise FrugalError(
                f"{self.path}: sample() returned {type(candidate).__name__}; it must return a "
                "search.Candidate, or raise optuna.TrialPruned to propose none"
            )
        return candidate.resolved(task.border)

    def draw(self, task: Task, count: int, seed: int) -> list[Candidate | NoCandidateError]:
        """Return `count` random proposals outside of any study; FrugalError as in `sample`."""
        aside = optuna.create_study(sampler=RandomSampler(seed=seed))
        recorded: dict[str, BaseDistribution] = {}
        return [self._draw(aside.ask(), task, recorded) for _ in range(count)]

    def _draw(
        self, trial: Trial, task: Task, recorded: MutableMapping[str, BaseDistribution]
    ) -> Candidate | NoCandidateError:
        try:
            return self.sample(trial, task, recorded)
        except NoCandidateError as rejection:
            return rejection

    def _check(self, candidate: Candidate, task: Task) -> None:
        image, classes = candidate.architecture.image, candidate.architecture.classes
        if (image, classes) != (task.image, task.classes):
            raise FrugalError(
                f"sample() proposed a network for images {image} and {classes} classes, but the "
                f"task has {task.image} and {task.classes}: use task.image and task.classes"
            )
        _ = candidate.architecture.layers
        try:
            from_json(Candidate, to_json(candidate))
        except Exception as error:  # whatever the types of its fields raise when converted
            raise FrugalError(
                f"sample() returned a candidate that a study cannot store ({error}): its fields "
                "must be Python's built-in bool, int, float, str and tuples"
            ) from error


@dataclass(frozen=True)
class Objective:
    """A user's objective: the budget, the window, the score and whether it is monotone.

    overrides: values that replace different ones of the file, by name. modules: as in `Space`.
    """

    path: Path
    source: str
    budget: Budget
    window: int
    monotone: bool
    consistency: Callable[[Sequence[float]], float]
    overrides: tuple[tuple[str, int], ...] = ()
    modules: Modules = ()

    def score(self, accuracies: Sequence[float]) -> float:
        """Return the score of a curve; FrugalError if it raises or is no finite number."""
        try:
            score: object = self.consistency(accuracies)
        except ERRORS as error:
            raise FrugalError(_one_line(error, self.path)) from error
        if not isinstance(score, Real) or not isfinite(score):
            raise FrugalError(
                f"{self.path}: consistency() returned {score!r:.60}; it must return a finite number"
            )
        return float(score)


def load_files(
    space: Path | None = None,
    objective: Path | None = None,
    study: Study | None = None,
    figures: Mapping[str, int | None] | None = None,
) -> tuple[Space, Objective]:
    """Load both files: as given, else the study's, else the current directory's or shipped ones.

    figures: values that replace those of the objective. If they are None or missing, the study's
    overrides apply. Errors are those of `load_space` and `load_objective`.
    """
    code = UserCode(
        {"space": _main("space", space, study), "objective": _main("objective", objective, study)}
    )
    given = {name: value for name, value in (figures or {}).items() if value is not None}
    saved = dict(study.setup.overrides) if study else {}
    loaded_objective, loaded_space = _objective(code, saved | given), _space(code)
    modules = code.complete()
    return replace(loaded_space, modules=modules), replace(loaded_objective, modules=modules)


def load_space(path: Path | None = None) -> Space:
    """Load the space file; FrugalError if it is missing or defines no sample()."""
    code = UserCode({"space": _main("space", path, None)})
    space = _space(code)
    return replace(space, modules=code.complete())


def load_objective(
    path: Path | None = None,
    max_params: int | None = None,
    max_epochs: int | None = None,
    window: int | None = None,
) -> Objective:
    """Load the objective file. Arguments other than None replace its values."""
    code = UserCode({"objective": _main("objective", path, None)})
    figures = {"parameters": max_params, "epochs": max_epochs, "window": window}
    given = {name: value for name, value in figures.items() if value is not None}
    objective = _objective(code, given)
    return replace(objective, modules=code.complete())


def saved_objective(study: Study) -> Objective:
    """Load the objective stored in the study, with the overrides of its first run."""
    code = UserCode({name: _main(name, None, study) for name in FILES})
    return _objective(code, dict(study.setup.overrides))


def edited_copies(study: Study) -> list[Path]:
    """Return the copies in the study's folder that differ from the texts in its settings."""
    return _edited(study.setup.files, study.folder)


def edited_originals(study: Study, names: Sequence[str] = FILES) -> list[Path]:
    """Return the files of the current directory that differ from those of the study.

    names: which of "space" and "objective" to compare; their modules are compared too.
    """
    mains = {f"{name}.py" for name in names}
    if not any(Path(main).is_file() for main in mains):
        return []
    others = {f"{name}.py" for name in FILES} - mains
    files = {path: text for path, text in study.setup.files.items() if path not in others}
    return _edited(files, Path())


def restore_copies(study: Study) -> None:
    """Write the copies that are missing in the study's folder; existing ones are not changed."""
    folder = study.folder.resolve()
    for path, text in study.setup.files.items():
        copy = study.folder / path
        if text and not copy.exists() and copy.resolve().is_relative_to(folder):
            copy.parent.mkdir(parents=True, exist_ok=True)
            write_whole(copy, text)


def _edited(files: Mapping[str, str], folder: Path) -> list[Path]:
    there = {folder / path: text for path, text in files.items() if (folder / path).is_file()}
    return [path for path, text in there.items() if not _has_source(path, text)]


def _has_source(path: Path, text: str) -> bool:
    try:
        return same_source(text, read_source(path).text)
    except FrugalError:
        return False


def _main(name: str, path: Path | None, study: Study | None) -> MainFile:
    """The file at the path, else the study's, else the current directory's or the shipped one."""
    if path or not study:
        return MainFile.on_disk(path or _first_file(f"{name}.py"))
    text, modules = study.setup.files[f"{name}.py"], dict(study.setup.modules)
    file = SourceFile(study.folder / f"{name}.py", text)
    return MainFile(file, RecordedModules(study.folder, modules))


def _space(code: UserCode) -> Space:
    path, module = code.file("space").path, _execute(code, "space")
    if not callable(getattr(module, "sample", None)):
        raise FrugalError(f"{path} defines no sample(trial, task), which a space file needs")
    return Space(path, code.file("space").text, code.bound(module.sample))


def _objective(code: UserCode, figures: Mapping[str, int]) -> Objective:
    path, module = code.file("objective").path, _execute(code, "objective")
    for name, kind in (("BUDGET", Budget), ("WINDOW", int)):
        if not isinstance(getattr(module, name, None), kind):
            raise FrugalError(
                f"{path} defines no {name} ({kind.__name__}), which an objective file needs"
            )
    if not callable(getattr(module, "consistency", None)):
        raise FrugalError(
            f"{path} defines no consistency(accuracies), which an objective file needs"
        )
    overrides = {name: value for name, value in figures.items() if value != _own(module, name)}
    module.WINDOW = overrides.get("window", module.WINDOW)
    budget = replace(module.BUDGET, **{k: v for k, v in overrides.items() if k != "window"})
    module.BUDGET = budget  # a space.py may import it
    _check(budget, module.WINDOW)
    objective = Objective(
        path,
        source=code.file("objective").text,
        budget=budget,
        window=module.WINDOW,
        monotone=bool(getattr(module, "MONOTONE", True)),
        consistency=code.bound(module.consistency),
        overrides=tuple(sorted(overrides.items())),
    )
    objective.score([0.5] * budget.epochs)  # report errors before training
    return objective


def _own(module: Any, figure: str) -> int | None:
    """The value of the objective file itself, without overrides."""
    value: int | None = module.WINDOW if figure == "window" else getattr(module.BUDGET, figure)
    return value


def _check(budget: Budget, window: int) -> None:
    if budget.parameters < 1 or budget.epochs < 1 or window < 1:
        raise FrugalError(
            f"budget {budget}, window {window}: parameters, epochs and window must be at least 1"
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
    raise FrugalError(f"no {name} in {Path.cwd()} or in the package: give one with --{name[:-3]}")


def _execute(code: UserCode, name: str) -> Any:
    try:
        return code.execute(name)
    except FrugalError:
        raise
    except SyntaxError as error:
        raise FrugalError(f"{error.filename}, line {error.lineno}: {error.msg}") from error
    except ERRORS as error:
        raise FrugalError(_one_line(error, code.file(name).path)) from error


def _one_line(error: BaseException, path: Path) -> str:
    """The error in one line, with file and line of the user's code closest to its origin."""
    places = [
        f"{frame.f_code.co_filename}, line {line}"
        for frame, line in traceback.walk_tb(error.__traceback__)
        if isinstance(frame.f_globals.get("__loader__"), UserCode)
    ]
    place = places[-1] if places else str(path)
    kind = [] if isinstance(error, FrugalError) else [type(error).__name__]
    return ": ".join([place, *kind, *filter(None, [" ".join(str(error).split())])])
