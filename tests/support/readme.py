"""Execution of the code blocks in README.md."""

import os
import re
import subprocess
import sys
import threading
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
INSTALL = re.compile(r"^pip install [^&]*&& ")
BLOCK = re.compile(
    r"(?:^<!-- (?P<marker>[^\n]*) -->\n)?^```(?P<language>console|python)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
MARKER = re.compile(r"run|run with (?P<extra>.+)|not run: (?P<reason>.+)")


class Example(NamedTuple):
    """A code block of a page. marker: the comment before it, "" for none."""

    marker: str
    language: str
    text: str

    @property
    def commands(self) -> list[list[str]]:
        """The commands to execute; empty for a block that is not run."""
        marker = MARKER.fullmatch(self.marker)
        if not marker or marker["reason"]:
            return []
        if self.language == "python":
            return [[sys.executable, "-c", self.text]]
        extra = f" {marker['extra']}" if marker["extra"] else ""
        return [["bash", "-c", INSTALL.sub("", line) + extra] for line in self.typed]

    @property
    def typed(self) -> list[str]:
        """The commands of a console block, without the prompt."""
        return [line[2:] for line in self.text.splitlines() if line.startswith("$ ")]


def examples(page: str) -> list[Example]:
    """Return all code blocks of a page, in order."""
    return [
        Example(match["marker"] or "", match["language"], match["text"])
        for match in BLOCK.finditer(page)
    ]


class ReadmeSession:
    """The commands of the README, run in a thread from top to bottom in one folder.

    Each command is a process that mostly imports torch, so the session runs in parallel to the
    tests on a core that would be idle. It ends at the first command that fails.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: subprocess.Popen[str] | None = None
        self._lock = threading.Lock()  # no process starts after stop()
        self._stopped = False
        self._done: list[subprocess.CompletedProcess[str]] = []
        self.commands = [
            command
            for example in examples(README.read_text(encoding="utf-8"))
            for command in example.commands
        ]
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def results(self) -> list[subprocess.CompletedProcess[str]]:
        """Wait for the last command, and return one result with text output per command."""
        self._thread.join()
        return self._done

    def stop(self) -> None:
        """Kill the running command and start no others."""
        with self._lock:
            self._stopped = True
            if self._process:
                self._process.kill()
        self._thread.join()

    def _run(self) -> None:
        for command in self.commands:
            with self._lock:
                if self._stopped:
                    return
                self._process = subprocess.Popen(
                    command,
                    cwd=self._folder,
                    env=_environment(),
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    text=True,
                )
            with self._process as process:
                output, errors = process.communicate()
            done = subprocess.CompletedProcess(command, process.returncode, output, errors)
            self._done.append(done)
            if done.returncode:
                return


def _environment() -> dict[str, str]:
    """Return an environment with the interpreter of the tests and the package of the checkout."""
    here = str(Path(sys.executable).parent)
    return os.environ | {
        "PATH": os.pathsep.join([here, os.environ["PATH"]]),
        "PYTHONPATH": str(ROOT),
    }
