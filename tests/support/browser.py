"""A headless Chromium that builds a page: for tests of what a reader sees."""

import os
import shutil
import subprocess

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
PATIENCE = 240.0  # seconds for what takes ten on a machine at rest
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


def render(address, folder, *flags, budget=20_000):
    """The page as the browser has built it, and the lines that its console printed.

    folder: for the browser's profile. budget: milliseconds of virtual time that scripts may take.
    """
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
