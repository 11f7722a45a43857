"""The settings stored in a study: data, budget, window, seed and the user's files. Without torch.

Resuming a study with different settings is an error that shows the difference.
"""

import ast
import re
from dataclasses import dataclass
from difflib import unified_diff

from search.candidates.candidate import Budget, Task
from search.data.description import OLD_RULES, FolderRules, StudyStatistics
from search.errors import FrugalError

FILES = ("space", "objective")
FIGURES = ("parameters",)  # that --minimise accepts
DOCUMENTED = ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
LOWEST = 0.5  # targets must be higher
SHOWN = 6  # the most lines of a difference that are shown
MODULE = re.compile(r"(?:\w+/)*\w+\.py")  # a path within the study's folder
# the caveat of a study with simulated training
SIMULATED = "simulated: accuracies are random draws, nothing was trained"


@dataclass(frozen=True)
class StudySettings:
    """The settings that must be equal for two scores to be comparable.

    data: the name; digest: of the training images; image: (channels, height, width); classes: their
    number. overrides: values of the objective replaced on the command line, by name.
    train_examples: None for all of them. notes: remarks on the data, see `Dataset.notes`.
    validation_images: the n of every score. space, objective: source texts. minimise: "parameters",
    and target: the consistency to reach, a fraction; both None in a search for the highest
    consistency. simulated: whether learning curves are random draws instead of trained. border: of
    the training images, see `Dataset.border`; None in studies started when augmentation filled with
    0 by default. modules: (path in the study's folder, source text) of the user's own modules that
    space and objective import, sorted by path. training_images: the size of the train split, of
    which train_examples are used; None in old studies. rules: how the data folder is read.
    statistics: of the images, for exports without the images; None in studies started before 0.2.
    """

    data: str
    digest: str
    image: tuple[int, int, int]
    classes: int
    budget: Budget
    window: int
    seed: int
    space: str
    objective: str
    train_examples: int | None = None
    overrides: tuple[tuple[str, int], ...] = ()
    notes: tuple[str, ...] = ()
    validation_images: int | None = None
    minimise: str | None = None
    target: float | None = None
    simulated: bool = False
    border: tuple[float, ...] | None = None
    modules: tuple[tuple[str, str], ...] = ()
    training_images: int | None = None
    rules: FolderRules = OLD_RULES
    statistics: StudyStatistics | None = None

    def __post_init__(self) -> None:
        """Raise FrugalError for a module path outside of the study's folder."""
        for path, _ in self.modules:
            if not MODULE.fullmatch(path):
                raise FrugalError(f'the module path "{path}" is not within the study\'s folder')

    @property
    def files(self) -> dict[str, str]:
        """The source texts of both files and the modules, by path in the study's folder."""
        both = {"space.py": self.space, "objective.py": self.objective}
        return both | dict(self.modules)

    @property
    def images_text(self) -> str:
        """The number of training images used: "2,000 of 50,000 training images"; "" for all."""
        if self.train_examples in (None, self.training_images):
            return ""
        total = "" if self.training_images is None else f" of {self.training_images:,}"
        return f"{self.train_examples:,}{total} training images"

    @property
    def task(self) -> Task:
        """The classification task of the candidates."""
        return Task(self.image, self.classes, self.budget, self.border)

    @property
    def goal(self) -> str:
        """The goal of the search, in words."""
        if self.target is None:
            return "the highest consistency"
        return f"the fewest {self.minimise} that reach {100 * self.target:.6g} %"

    @property
    def caveats(self) -> tuple[str, ...]:
        """Caveats to show wherever results of the study appear."""
        simulated = (SIMULATED,) if self.simulated else ()
        overridden = [f"{name} overridden: {value:,}" for name, value in self.overrides]
        return (*simulated, *overridden, *self.notes)

    def check_trained(self, study: str, command: str) -> None:
        """Raise FrugalError if the study is simulated, which the command cannot use."""
        if self.simulated:
            raise FrugalError(
                f"study {study} is {SIMULATED}; {command} needs a trained study: run one under "
                "another --study, without --device simulated"
            )

    def differences(self, other: "StudySettings") -> list[str]:
        """Return the differences from other settings in words, without comments and formatting.

        The same images under another name, such as in a moved folder, are not a difference.
        """
        plain = ("budget", "window", "seed")
        total = self.training_images or other.training_images
        lines = []
        if len({self.train_examples or total, other.train_examples or total}) > 1:
            lines.append(
                f"train examples: {_shown(self.train_examples)} in the study, "
                f"{_shown(other.train_examples)} now"
            )
        lines += [
            f"{name.replace('_', ' ')}: {_shown(getattr(self, name))} in the study, "
            f"{_shown(getattr(other, name))} now"
            for name in plain
            if getattr(self, name) != getattr(other, name)
        ]
        if self.simulated != other.simulated:
            lines.append(f"training: {_training(self)} in the study, {_training(other)} now")
        if self.goal != other.goal:
            lines.insert(0, f"goal: {self.goal} in the study, {other.goal} now")
        if self.digest != other.digest:
            lines.insert(0, f"data: {_images(self)} in the study, {_images(other)} now")
        return lines + self._differences_of_files(other)

    def _differences_of_files(self, other: "StudySettings") -> list[str]:
        """One line per file that differs. Old studies have no modules, so none are compared."""
        before, after = self.files, other.files
        names = sorted(before | after) if self.modules else [f"{name}.py" for name in FILES]
        lines = []
        for name in sorted(names, key=lambda name: name.removesuffix(".py") not in FILES):
            if name not in before or name not in after:
                lines.append(f"{name}: only {'in the study' if name in before else 'now'}")
            elif diff := changed_lines(before[name], after[name]):
                lines.append(f"{name}: {' / '.join(diff)}")
        return lines


def check_goal(minimise: str | None, target: float | None) -> None:
    """Raise FrugalError if only one of the two is given, or if one of them is invalid."""
    if minimise is not None and minimise not in FIGURES:
        raise FrugalError(f'--minimise "{minimise}": must be one of {", ".join(FIGURES)}')
    if minimise and target is None:
        raise FrugalError(
            f"--minimise {minimise} needs the consistency to reach, in %: add --target 99.4"
        )
    if target is None:
        return
    if not minimise:
        raise FrugalError(
            f"--target {100 * target:.6g} requires --minimise parameters: without it, the study "
            "maximises the consistency; add --minimise parameters, or omit --target"
        )
    if not LOWEST < target < 1:
        raise FrugalError(
            f"--target {100 * target:.6g} is out of range: give a consistency in %, above "
            f"{100 * LOWEST:g} and below 100"
        )


def _shown(value: object) -> str:
    return "all" if value is None else str(value)


def _training(setup: StudySettings) -> str:
    return "simulated" if setup.simulated else "real"


def _images(setup: StudySettings) -> str:
    return f"{setup.data} (images {setup.digest[:8]})"


def changed_lines(before: str, after: str) -> list[str]:
    """Return the lines in which two sources differ, without comments, docstrings and layout."""
    old, new = normalised_source(before).splitlines(), normalised_source(after).splitlines()
    lines = [
        line
        for line in unified_diff(old, new, lineterm="", n=0)
        if line[:1] in "+-" and line[:3] not in ("+++", "---")
    ]
    return lines[:SHOWN] + ["..."] * (len(lines) > SHOWN)


def same_source(before: str, after: str) -> bool:
    """Whether two sources are equal except for comments, docstrings and formatting.

    A source with a syntax error, such as a copy that is being edited, only equals itself.
    """
    try:
        return before == after or normalised_source(before) == normalised_source(after)
    except (SyntaxError, ValueError):
        return False


def normalised_source(source: str) -> str:
    """Return the source without comments, docstrings and formatting."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
            node.body = node.body[1:] or [ast.Pass()]
    return ast.unparse(tree)
