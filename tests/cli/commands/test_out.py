"""--out and --force of export, report and data: what is replaced, and what is written to."""

import subprocess
import sys

import pytest
from click.testing import CliRunner

from search import api
from search.cli.main import main
from tests.support import tiny

MINE = "my own file\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A studies folder with a trained study."""
    root = tmp_path_factory.mktemp("studies")
    files = {"space": tiny.SPACE, "objective": tiny.OBJECTIVE}
    api.run(1, studies=root, train_examples=tiny.TRAIN, workers=1, device="cpu", **files)
    return root


def typed(*arguments):
    """What a command says."""
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.mark.parametrize(
    "command, options, names",
    [
        ("export", ("--safetensors",), ("a.py", "a.safetensors")),
        ("report", ("--markdown",), ("a.html", "a.md")),
        ("data", (), ("a.html",)),
    ],
)
def test_files_of_others_are_not_replaced(folder, tmp_path, command, options, names):
    """Neither the file nor those beside it, and nothing is written before; --force replaces all."""
    study = () if command == "data" else ("--studies", folder)
    out = tmp_path / names[0]
    words = (command, *study, "--out", out, *options)
    for name in names:
        (tmp_path / name).write_text(MINE)
        result = typed(*words)
        assert result.exit_code == 2
        assert "was not written by this program" in result.stderr
        assert "--force" in result.stderr
        assert (tmp_path / name).read_text() == MINE
        assert [path.name for path in tmp_path.iterdir()] == [name]
        (tmp_path / name).unlink()
    for name in names:
        (tmp_path / name).write_text(MINE)
    assert typed(*words, "--force").exit_code == 0
    assert all(MINE not in (tmp_path / name).read_bytes().decode("latin") for name in names)
    assert typed(*words).exit_code == 0  # its own files need no force
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names)


@pytest.mark.parametrize("out", ["-", "/dev/stdout"])
@pytest.mark.parametrize(
    "command, first",
    [("export", b'"""A network'), ("report", b"<!doctype"), ("data", b"<!doctype")],
)
def test_standard_output_holds_the_file_alone(folder, command, first, out):
    """What is said about it goes to stderr, so that the file can be piped or redirected."""
    study = () if command == "data" else ("--studies", folder)
    words = [sys.executable, "-m", "search", command, *map(str, study), "--out", out]
    ended = subprocess.run(words, capture_output=True, check=True)
    assert ended.stdout.lower().startswith(first.lower())
    assert b"wrote /dev/stdout" in ended.stderr
    assert ended.stdout.count(b"wrote /dev/stdout") == 0


def test_nothing_is_written_beside_a_stream(folder):
    """The other formats need a file to lie beside."""
    result = typed("export", "--studies", folder, "--out", "/dev/null", "--safetensors")
    assert result.exit_code == 2
    assert "/dev/null is no file" in result.stderr
