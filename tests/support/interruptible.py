"""Starting a process that Ctrl-C reaches."""

import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any


def start_interruptible(command: Sequence[str | Path], **options: Any) -> subprocess.Popen:
    """Starts a process with Python's default handler of SIGINT. options: those of Popen.

    A process inherits an ignored SIGINT, and a shell that is not interactive starts its background
    jobs with SIGINT ignored: the tests would wait in vain where one of them runs pytest. A handler
    is not inherited: setting one while the process starts resets the signal for it.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return subprocess.Popen(command, **options)
    finally:
        signal.signal(signal.SIGINT, before)
