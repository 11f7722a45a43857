"""JSON of frozen values, there and back."""

import json
import os
import subprocess
import sys
import time
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pytest

from search.candidates.architecture import Architecture, Block, Head
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


def test_random_candidates_round_trip():
    """1,000 candidates come back from JSON equal, with an equal hash and the same JSON."""
    random = Random(0)
    for candidate in (random_candidate(random) for _ in range(1_000)):
        again = from_json(Candidate, to_json(candidate))
        assert again == candidate
        assert hash(again) == hash(candidate)
        assert to_json(again) == to_json(candidate)


@pytest.mark.parametrize("budget", [Budget(), Budget(1, 1, 1, 1), Budget(9_999, 5, None, 4_096)])
def test_a_task_round_trips(budget):
    """A limit that is not set stays so."""
    task = Task((3, 32, 32), 100, budget)
    assert from_json(Task, to_json(task)) == task


def test_data_is_plain_json():
    """One line; the data is what JSON itself would give back, lists and all."""
    assert "\n" not in to_json(CANDIDATE)
    assert json.loads(to_json(CANDIDATE)) == to_data(CANDIDATE)


def test_keys_stand_in_the_order_of_the_fields():
    """So two texts can be compared by eye."""
    assert list(to_data(Head())) == [
        *("kind", "pool", "kernel", "bias", "dropout", "hidden", "hidden_relu")
    ]


def test_a_field_with_a_default_may_be_left_out():
    """A short hand-written text is enough; whole numbers serve as floats."""
    assert from_json(Block, '{"width": 8}') == Block(8)
    assert from_json(Schedule, '{"gamma": 1}') == Schedule(gamma=1.0)


@dataclass(frozen=True)
class Changed:
    """A value whose defaults were 1 and Block(4) in earlier versions."""

    number: int = field(default=2, metadata=left_out(1))
    inner: Block = field(default=Block(3), metadata=left_out(Block(4)))


def test_a_default_that_has_changed_keeps_its_meaning_in_json():
    """What is left out is what it was when it was written; what is there is read as ever."""
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
            "lion not in literal ['sgd', 'adam', 'adamw'] @ $.recipe.optimiser",
        ),
        ("architecture.head", None, "not a Head @ $.architecture.head"),
        ("architecture.blocks", 3, "not a tuple @ $.architecture.blocks"),
        ("architecture.image", [1, 28], "Not enough values in [1, 28]"),
    ],
)
def test_a_wrong_field_is_named(path, value, message):
    """One line says what is wrong and where."""
    data = deepcopy(to_data(CANDIDATE))
    *way, last = (int(part) if part.isdigit() else part for part in path.split("."))
    inner = data
    for part in way:
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
def test_text_that_holds_no_object_is_refused(text):
    """Whatever the text, the error is ours."""
    with pytest.raises(FrugalError, match="invalid Candidate: "):
        from_json(Candidate, text)


def test_a_value_is_kept_in_a_file(tmp_path):
    """Whole or not at all; where it cannot be written a line says so."""
    path = tmp_path / "recipe.json"
    assert read_file(Recipe, path) is None
    for recipe in (Recipe(), Recipe(epochs=3)):
        assert write_file(recipe, path) == path
        assert read_file(Recipe, path) == recipe
    assert [file.name for file in tmp_path.iterdir()] == ["recipe.json"]
    with pytest.raises(FrugalError, match="cannot write"):
        write_file(Recipe(), path / "within.json")


@pytest.mark.parametrize("content", ["first \N{EURO SIGN}\n", b"\x00\r\n\xff", ""])
def test_a_file_is_written_as_it_was_given(tmp_path, content):
    """Text as UTF-8 with its own line ends, bytes as they are; in place of what was there."""
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


def test_two_processes_may_write_the_same_file(tmp_path):
    """Neither fails, and a reader finds the whole text of one of them at any time."""
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
def test_a_file_that_cannot_be_written_is_one_line(tmp_path, name):
    """With the path and the remedy; nothing half-written stays and what was there is kept."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("before")
    with pytest.raises(FrugalError, match=r"^cannot write .*: .*; choose another file$"):
        write_whole(tmp_path / name, "text", "choose another file")
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["file", "folder"]
    assert (tmp_path / "file").read_text() == "before"


def test_the_current_folder_is_no_file(tmp_path, monkeypatch):
    """A path without a name is an error like any other."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FrugalError, match=r"cannot write \.:"):
        write_whole(Path(), "text")


def test_a_sign_is_looked_for_at_the_beginning(tmp_path):
    """Within so many characters, whatever follows; a folder cannot be read."""
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
def test_stdout_is_written_to_in_order(tmp_path, name, target):
    """Between what is printed before and after, whether stdout is a pipe or a file."""
    command, path = [sys.executable, "-c", WRITE, name], tmp_path / "out.txt"
    if target == "pipe":
        path.write_bytes(subprocess.run(command, check=True, capture_output=True).stdout)
    else:
        with path.open("wb") as file:
            subprocess.run(command, check=True, stdout=file)
    assert path.read_text() == "before\ncontent\nafter\n"
    assert Path("/dev/stdout").is_symlink()


def test_a_named_pipe_is_written_to(tmp_path):
    """Its reader gets the content, and it is still a pipe."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    with subprocess.Popen(["cat", str(path)], stdout=subprocess.PIPE) as reader:
        write_whole(path, "content")
        assert reader.stdout is not None
        assert reader.stdout.read() == b"content"
    assert path.is_fifo()
    assert [entry.name for entry in tmp_path.iterdir()] == ["pipe"]


def test_a_device_is_written_to():
    """/dev/null stays what it is; /dev/full gives one line."""
    write_whole(Path("/dev/null"), "content")
    assert Path("/dev/null").is_char_device()
    with pytest.raises(FrugalError, match="cannot write /dev/full: No space left"):
        write_whole(Path("/dev/full"), "content")
    assert Path("/dev/full").is_char_device()


def test_what_is_a_stream(tmp_path):
    """Devices, pipes and open files are; files, folders and names of nothing are not."""
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


def test_a_symbolic_link_keeps_its_place(tmp_path):
    """The file that it names is replaced, and made where it is missing."""
    target, link = tmp_path / "folder" / "target", tmp_path / "link"
    target.parent.mkdir()
    link.symlink_to(target)
    for content in ("first", "second"):
        write_whole(link, content)
        assert target.read_text() == content
        assert link.is_symlink()


def test_parts_of_killed_processes_are_removed(tmp_path):
    """Those of the same file that are old; young ones may still be written."""
    old, young, other = (tmp_path / name for name in (".a.1.part", ".a.2.part", ".b.1.part"))
    for part in (old, young, other):
        part.touch()
    for part in (old, other):
        os.utime(part, (0, time.time() - 2 * ABANDONED))
    write_whole(tmp_path / "a", "content")
    assert sorted(path.name for path in tmp_path.iterdir()) == [".a.2.part", ".b.1.part", "a"]


def test_a_file_of_others_is_replaced_by_force_alone(tmp_path):
    """A file that is recognised, or is none, needs no force; a folder is never replaced."""
    path = tmp_path / "file"

    def ours(file):
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
