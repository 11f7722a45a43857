"""User-correctable errors. Never imports anything of the project."""


class FrugalError(Exception):
    """One clear line: what was wrong, the rule, the remedy. The command line exits with 2."""


class ArchitectureError(FrugalError):
    """An architecture that cannot exist, such as an image shrunk below one pixel."""


class TrainingError(FrugalError):
    """One candidate's training ended without a score: a loss that became NaN, memory exhausted."""


class StudyWarning(UserWarning):
    """A remark on a study that is opened, in one line. The command line prints it as a note."""
