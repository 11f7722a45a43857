"""User-correctable errors. Never imports anything of the project."""


class FrugalError(Exception):
    """One clear line: what was wrong, the rule, the remedy. The command line exits with 2.

    exit_code: of the command line; see `FailedError`.
    """

    exit_code = 2


class FailedError(FrugalError):
    """A command whose input is right has failed. The command line exits with 1."""

    exit_code = 1


class ArchitectureError(FrugalError):
    """An architecture that cannot exist, such as an image shrunk below one pixel."""


class TrainingError(FailedError):
    """One candidate's training ended without a score, such as by exhausted memory."""


class LossError(TrainingError):
    """A loss that is not a finite number: the candidate diverges, the program works."""


class StudyWarning(UserWarning):
    """A remark on a study that is opened, in one line. The command line prints it as a note."""
