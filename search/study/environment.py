"""Record versions, platform and command of each run in the study's folder. Without torch.

Entries contain the study's identity. Entries of earlier versions have none and are assumed to
belong to the study.
"""

import json
import platform
import shlex
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from search.errors import FrugalError
from search.files import write_whole
from search.study.hints import masked_text, masked_url

PACKAGES = ("torch", "torchvision", "optuna")


@cache
def versions() -> dict[str, str]:
    """The installed versions of packages that may affect results."""
    return {package: version(package) for package in PACKAGES}


def versions_text(versions: Mapping[str, str]) -> str:
    """Versions as text: "torch 2.11.0, optuna 4.9.0"; `read_versions` parses it."""
    return ", ".join(f"{package} {number}" for package, number in versions.items())


def read_versions(text: str) -> dict[str, str]:
    """Parse the output of `versions_text`: versions by package; empty for an empty text."""
    packages = (part.rpartition(" ") for part in text.split(", "))
    return {package: number for package, _, number in packages if package}


def command_line() -> str:
    """The command line of this process, ready to be typed again, with hidden passwords."""
    program = Path(sys.argv[0]).name
    started = "python -m search" if program == "__main__.py" else program
    arguments = [masked_url(argument) for argument in sys.argv[1:]]
    return " ".join([started, shlex.join(arguments)]).strip()


def read_environments(path: Path, identity: str) -> list[dict[str, Any]]:
    """Return the runs of a study recorded in a file, in order; none if there is no file."""
    return [run for run in _read(path) if run.get("identity", identity) == identity]


def _read(path: Path) -> list[dict[str, Any]]:
    try:
        runs = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    except ValueError:
        runs = None
    if not isinstance(runs, list) or not all(isinstance(run, dict) for run in runs):
        raise FrugalError(f"{path} is damaged: it must contain a JSON list of runs; move it away")
    return runs


def record_environment(
    path: Path, *, identity: str, device: str, operators: str, workers: int, command: str
) -> None:
    """Add a run to the JSON list in `path`: time, command, versions and platform.

    identity: of the study. operators: the implementation of the training steps, "C++ engine" or
    "torch". Passwords in earlier entries are hidden too, because earlier versions recorded them.
    """
    runs = _read(path)
    run = {
        "identity": identity,
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": command,
        "device": device,
        "workers": workers,
        "operators": operators,
        "platform": platform.platform(),
        "python": platform.python_version(),
        **versions(),
    }
    for earlier in runs:
        earlier["command"] = masked_text(str(earlier.get("command", "")))
    write_whole(path, json.dumps([*runs, run], indent=1) + "\n")
