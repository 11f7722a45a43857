"""Start of processes that receive Ctrl-C."""

import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any


def start_interruptible(command: Sequence[str | Path], **options: Any) -> subprocess.Popen[Any]:
    """Start a process with Python's default handler of SIGINT. options: arguments of Popen.

    A process inherits an ignored SIGINT, and a non-interactive shell starts background jobs with
    SIGINT ignored. Tests would wait forever if such a job runs pytest. Handlers are not inherited:
    setting one while the process starts resets the signal to its default.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return subprocess.Popen(command, **options)
    finally:
        signal.signal(signal.SIGINT, before)
