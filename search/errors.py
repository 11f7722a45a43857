"""Errors that the user can fix, and warnings. Imports nothing from the project."""


class FrugalError(Exception):
    """An error that the user can fix: one line with the value, the rule and the remedy.

    exit_code: exit status of the command line, here 2; see also `FailedError`.
    """

    exit_code = 2


class FailedError(FrugalError):
    """A command with valid input failed. The command line exits with 1."""

    exit_code = 1


class ArchitectureError(FrugalError):
    """An impossible architecture, such as one that shrinks the image below one pixel."""


class TrainingError(FailedError):
    """The training of one candidate ended without a score, for example out of memory."""


class LossError(TrainingError):
    """The loss is not a finite number: the candidate diverged; this is not a program error."""


class StudyWarning(UserWarning):
    """A one-line remark about a study or its training. The command line prints it as a note."""
