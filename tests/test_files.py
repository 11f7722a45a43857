"""JSON of frozen values, and writing of files."""

import json
import os
import subprocess
import sys
import time
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import pytest

from search.candidates.architecture import Architecture, Head
from search.candidates.blocks import Block
from search.candidates.candidate import Budget, Candidate, Task
from search.candidates.recipe import Recipe, Schedule
from search.errors import FrugalError
from search.files import (
    ABANDONED,
    from_data,
    from_json,
    has_sign,
    is_stdout,
    is_stream,
    left_out,
    read_file,
    to_data,
    to_json,
    write_file,
    write_own,
    write_whole,
)
from tests.support.random_values import random_candidate

CANDIDATE = Candidate(Architecture((1, 28, 28), 10, (Block(8), Block(12))), Recipe())


def test_random_candidates_round_trip() -> None:
    """1,000 random candidates are equal after a round trip, with equal hash and JSON."""
    random = Random(0)
    for candidate in (random_candidate(random) for _ in range(1_000)):
        again = from_json(Candidate, to_json(candidate))
        assert again == candidate
        assert hash(again) == hash(candidate)
        assert to_json(again) == to_json(candidate)


@pytest.mark.parametrize("budget", [Budget(), Budget(1, 1, 1, 1), Budget(9_999, 5, None, 4_096)])
def test_a_task_round_trips(budget: Budget) -> None:
    """A limit that is not set stays unset."""
    task = Task((3, 32, 32), 100, budget)
    assert from_json(Task, to_json(task)) == task


def test_data_is_plain_json() -> None:
    """JSON is one line, and the data has only types of JSON."""
    assert "\n" not in to_json(CANDIDATE)
    assert json.loads(to_json(CANDIDATE)) == to_data(CANDIDATE)


def test_keys_have_the_order_of_the_fields() -> None:
    """The order of keys is fixed, so that two texts can be compared."""
    assert list(to_data(Head())) == [
        *("kind", "pool", "kernel", "bias", "dropout", "hidden", "hidden_relu")
    ]


def test_a_field_with_a_default_may_be_left_out() -> None:
    """Fields with defaults are optional; whole numbers are accepted as floats."""
    assert from_json(Block, '{"width": 8}') == Block(8)
    assert from_json(Schedule, '{"gamma": 1}') == Schedule(gamma=1.0)


@dataclass(frozen=True)
class Changed:
    """A value whose defaults were 1 and Block(4) in earlier versions."""

    number: int = field(default=2, metadata=left_out(1))
    inner: Block = field(default=Block(3), metadata=left_out(Block(4)))


def test_a_default_that_has_changed_keeps_its_meaning_in_json() -> None:
    """A missing field has the default of the version that wrote it."""
    assert from_json(Changed, "{}") == Changed(1, Block(4))
    assert from_json(Changed, '{"number": 7}') == Changed(7, Block(4))
    assert from_json(Changed, to_json(Changed())) == Changed()
    with pytest.raises(FrugalError, match=r"unknown field size @ \$"):
        from_json(Changed, '{"size": 1}')
    with pytest.raises(FrugalError, match=r"3.5 is not a whole number @ \$.number"):
        from_json(Changed, '{"number": 3.5}')


MISSING = object()


@pytest.mark.parametrize(
    "path, value, message",
    [
        ("recipe", MISSING, "required field missing @ $.recipe"),
        (
            "architecture.blocks.1.width",
            MISSING,
            "required field missing @ $.architecture.blocks[1].width",
        ),
        ("recipe.speed", 3, "unknown field speed @ $.recipe"),
        ("architecture.head.size", 3, "unknown field size @ $.architecture.head"),
        (
            "architecture.blocks.0.width",
            3.7,
            "3.7 is not a whole number @ $.architecture.blocks[0].width",
        ),
        (
            "architecture.blocks.0.width",
            "8",
            "'8' is not a whole number @ $.architecture.blocks[0].width",
        ),
        ("architecture.classes", True, "True is not a whole number @ $.architecture.classes"),
        (
            "architecture.head.bias",
            "false",
            "'false' is not true or false @ $.architecture.head.bias",
        ),
        ("recipe.rate", "0.1", "'0.1' is not a number @ $.recipe.rate"),
        (
            "recipe.rate",
            -1,
            "recipe has rate -1.0: rate must be a finite number above 0 @ $.recipe",
        ),
        (
            "recipe.optimiser",
            "lion",
            "lion not in literal ['sgd', 'adam', 'adamw', 'nadam', 'rmsprop', 'muon'] @ "
            "$.recipe.optimiser",
        ),
        ("architecture.head", None, "not a Head @ $.architecture.head"),
        ("architecture.blocks", 3, "not a tuple @ $.architecture.blocks"),
        ("architecture.image", [1, 28], "Not enough values in [1, 28]"),
    ],
)
def test_a_wrong_field_is_named(path: str, value: Any, message: str) -> None:
    """The error is one line with the problem and the path of the field."""
    data = deepcopy(to_data(CANDIDATE))
    *outer, last = (int(part) if part.isdigit() else part for part in path.split("."))
    inner = data
    for part in outer:
        inner = inner[part]
    if value is MISSING:
        del inner[last]
    else:
        inner[last] = value
    with pytest.raises(FrugalError) as caught:
        from_data(Candidate, data)
    assert str(caught.value).startswith(f"invalid Candidate: {message}")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "{", "nonsense", "[]", "3", "null", '"text"'])
def test_text_without_an_object_is_an_error(text: str) -> None:
    """Any other text raises FrugalError."""
    with pytest.raises(FrugalError, match="invalid Candidate: "):
        from_json(Candidate, text)


def test_a_value_is_written_to_a_file(tmp_path: Path) -> None:
    """A value is written completely; if it cannot be written, the error is one line."""
    path = tmp_path / "recipe.json"
    assert read_file(Recipe, path) is None
    for recipe in (Recipe(), Recipe(epochs=3)):
        assert write_file(recipe, path) == path
        assert read_file(Recipe, path) == recipe
    assert [file.name for file in tmp_path.iterdir()] == ["recipe.json"]
    with pytest.raises(FrugalError, match="cannot write"):
        write_file(Recipe(), path / "within.json")


@pytest.mark.parametrize("content", ["first \N{EURO SIGN}\n", b"\x00\r\n\xff", ""])
def test_content_is_written_unchanged(tmp_path: Path, content: bytes | str) -> None:
    """Text is written as UTF-8 with its line ends, bytes as they are; a file is replaced."""
    path = tmp_path / "file.txt"
    path.write_text("before")
    assert write_whole(path, content) == path
    assert path.read_bytes() == (content.encode() if isinstance(content, str) else content)
    assert list(tmp_path.iterdir()) == [path]


WRITER = """
import sys
from pathlib import Path
from search.files import write_whole

for _ in range(50):
    write_whole(Path(sys.argv[1]), 1_000_000 * sys.argv[2])
"""


def test_two_processes_may_write_the_same_file(tmp_path: Path) -> None:
    """Neither fails, and a reader always gets the complete text of one of them."""
    path = tmp_path / "file.txt"
    path.write_text("a")
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(path), letter]) for letter in "ab"
    ]
    while any(writer.poll() is None for writer in writers):
        assert len(set(path.read_text())) == 1
    assert [writer.returncode for writer in writers] == [0, 0]
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("name", ["absent/file.txt", "folder", "file/within.txt", "."])
def test_an_unwritable_file_is_an_error(tmp_path: Path, name: str) -> None:
    """The error has path and remedy; no partial file remains, and other files are kept."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("before")
    with pytest.raises(FrugalError, match=r"^cannot write .*: .*; choose another file$"):
        write_whole(tmp_path / name, "text", "choose another file")
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["file", "folder"]
    assert (tmp_path / "file").read_text() == "before"


def test_the_current_folder_is_not_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Writing to a path without a name is an error."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FrugalError, match=r"cannot write \.:"):
        write_whole(Path(), "text")


def test_a_sign_is_looked_for_at_the_beginning(tmp_path: Path) -> None:
    """The sign must be within the given number of characters; a folder is an error."""
    path = tmp_path / "page.html"
    path.write_bytes(b"<p>ours</p>\xff")
    assert has_sign(path, "ours", 7)
    assert not has_sign(path, "ours", 6)
    with pytest.raises(FrugalError, match="cannot read"):
        has_sign(tmp_path, "ours", 7)


WRITE = """
import sys
from pathlib import Path
from search.files import write_whole
print("before")
write_whole(Path(sys.argv[1]), "content\\n")
print("after")
"""


@pytest.mark.parametrize("name", ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"])
@pytest.mark.parametrize("target", ["pipe", "file"])
def test_stdout_is_written_to_in_order(tmp_path: Path, name: str, target: str) -> None:
    """Content is written between the output before and after it, to a pipe or a file."""
    command, path = [sys.executable, "-c", WRITE, name], tmp_path / "out.txt"
    if target == "pipe":
        path.write_bytes(subprocess.run(command, check=True, capture_output=True).stdout)
    else:
        with path.open("wb") as file:
            subprocess.run(command, check=True, stdout=file)
    assert path.read_text() == "before\ncontent\nafter\n"
    assert Path("/dev/stdout").is_symlink()


def test_a_named_pipe_is_written_to(tmp_path: Path) -> None:
    """The reader gets the content, and the pipe is not replaced."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    with subprocess.Popen(["cat", str(path)], stdout=subprocess.PIPE) as reader:
        write_whole(path, "content")
        assert reader.stdout is not None
        assert reader.stdout.read() == b"content"
    assert path.is_fifo()
    assert [entry.name for entry in tmp_path.iterdir()] == ["pipe"]


def test_a_device_is_written_to() -> None:
    """/dev/null is not replaced; /dev/full is an error."""
    write_whole(Path("/dev/null"), "content")
    assert Path("/dev/null").is_char_device()
    with pytest.raises(FrugalError, match="cannot write /dev/full: No space left"):
        write_whole(Path("/dev/full"), "content")
    assert Path("/dev/full").is_char_device()


def test_streams_are_recognised(tmp_path: Path) -> None:
    """Devices, pipes and descriptors are streams; files, folders and missing paths are not."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "file").touch()
    for stream in ("/dev/null", "/dev/stdout", "/dev/stderr", "/dev/fd/7", tmp_path / "pipe"):
        assert is_stream(Path(stream))
    for other in (tmp_path, tmp_path / "file", tmp_path / "absent"):
        assert not is_stream(other)
    assert is_stdout(Path("/dev/stdout"))
    assert is_stdout(Path("/dev/fd/1"))
    assert not is_stdout(Path("/dev/fd/2"))
    assert not is_stdout(Path("stdout"))


def test_a_symbolic_link_is_kept(tmp_path: Path) -> None:
    """The target of the link is replaced, or created if it is missing."""
    target, link = tmp_path / "folder" / "target", tmp_path / "link"
    target.parent.mkdir()
    link.symlink_to(target)
    for content in ("first", "second"):
        write_whole(link, content)
        assert target.read_text() == content
        assert link.is_symlink()


def test_parts_of_killed_processes_are_removed(tmp_path: Path) -> None:
    """Old parts of the same file are removed; recent ones may still be in use."""
    old, young, other = (tmp_path / name for name in (".a.1.part", ".a.2.part", ".b.1.part"))
    for part in (old, young, other):
        part.touch()
    for part in (old, other):
        os.utime(part, (0, time.time() - 2 * ABANDONED))
    write_whole(tmp_path / "a", "content")
    assert sorted(path.name for path in tmp_path.iterdir()) == [".a.2.part", ".b.1.part", "a"]


def test_other_files_are_replaced_only_by_force(tmp_path: Path) -> None:
    """Recognised files and devices need no force; a folder is never replaced."""
    path = tmp_path / "file"

    def ours(file: Path) -> Any:
        return has_sign(file, "ours", 10)

    write_own(path, "ours 1", ours, False)
    write_own(path, "ours 2", ours, False)
    path.write_text("theirs")
    with pytest.raises(FrugalError, match=r"exists and was not written by this program: .*--f"):
        write_own(path, "ours 3", ours, False)
    assert path.read_text() == "theirs"
    write_own(path, "ours 3", ours, True)
    assert path.read_text() == "ours 3"
    with pytest.raises(FrugalError, match="is a folder: name another file with --out"):
        write_own(tmp_path, "ours 4", ours, True)
    write_own(Path("/dev/null"), "ours", ours, False)
