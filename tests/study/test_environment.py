"""The record of versions and commands of a run."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from search.study.environment import (
    PACKAGES,
    command_line,
    read_versions,
    record_environment,
    versions,
    versions_text,
)


@pytest.mark.parametrize(
    "packages, text",
    [
        ({}, ""),
        ({"torch": "2.11.0+cpu"}, "torch 2.11.0+cpu"),
        ({"torch": "2.11.0", "optuna": "4.9.0rc1"}, "torch 2.11.0, optuna 4.9.0rc1"),
    ],
)
def test_versions_read_back_from_their_text(packages: dict[str, Any], text: str) -> None:
    """Versions in the text of repeats, confirmations and exported files can be parsed."""
    assert versions_text(packages) == text
    assert read_versions(text) == packages


def test_the_installed_versions_read_back() -> None:
    """The text of the installed versions can be parsed."""
    assert set(versions()) == set(PACKAGES)
    assert read_versions(versions_text(versions())) == versions()


def test_another_text_has_no_versions() -> None:
    """A text in another format, such as a note of another program, has no versions."""
    assert read_versions("unknown") == {}


def test_no_password_is_recorded_and_earlier_ones_are_hidden(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Passwords are hidden in the new command and in those that earlier versions recorded."""
    url, path = "postgresql://ann:s3cr3t@host/db", tmp_path / "environment.json"
    old = {"started": "2026-11-01T10:00:00+00:00", "command": f"frugal run --storage {url}"}
    path.write_text(json.dumps([old]))
    for arguments in (["--storage", url], [f"--storage={url}"]):
        monkeypatch.setattr(sys, "argv", ["frugal", "run", *arguments])
        facts: dict[str, Any] = {"device": "cpu", "operators": "torch", "workers": 1}
        record_environment(path, identity="1", command=command_line(), **facts)
    assert "s3cr3t" not in path.read_text()
    commands = [run["command"] for run in json.loads(path.read_text())]
    assert commands[0] == "frugal run --storage postgresql://ann:***@host/db"
    assert len(commands) == 3
    assert all("ann:***@host" in command for command in commands)
