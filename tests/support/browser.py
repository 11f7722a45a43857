"""Rendering of pages in a headless Chromium."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
PATIENCE = 240.0  # seconds; rendering takes ten on an idle machine
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--enable-logging=stderr",
    "--dump-dom",
)

needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="no chromium is installed")


def render(address: str, folder: Path, *flags: str, budget: int = 20_000) -> tuple[str, list[str]]:
    """Return the DOM of a page after its scripts ran, and the lines of the browser console.

    folder: for the profile of the browser. flags: further options of Chromium. budget: virtual time
    for scripts in milliseconds.
    """
    assert CHROMIUM is not None
    profile = [f"--user-data-dir={folder / 'chromium'}", f"--virtual-time-budget={budget}"]
    done = subprocess.run(
        [CHROMIUM, *FLAGS, *profile, *flags, address],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        env=os.environ | {"HOME": str(folder)},
        check=True,
    )
    return done.stdout, [line for line in done.stderr.splitlines() if "CONSOLE" in line]
