"""Builds the C++ engine as a shared library in the cache folder, once per machine and compiler.

If building fails (no compiler, no disk space, unsupported processor), no error is raised and torch
is used.
"""

import ctypes
import hashlib
import os
import platform
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

from filelock import FileLock

from search.files import default_cache

COMPILERS = ("c++", "g++", "clang++")  # tried in this order, after $CXX
FLAGS = ("-O3", "-march=native", "-std=c++17", "-shared", "-fPIC")
TIMEOUT = 300  # seconds for the compiler, which takes about 15 on an idle core
SOURCES = Path(__file__).parent
SWITCH = "FRUGAL_NATIVE"  # environment variable; "0" disables the engine
POINTER, INT = ctypes.c_void_p, ctypes.c_int32
FUNCTIONS = {  # result and argument types, as in engine.cpp
    "frugal_open": (POINTER, (POINTER, POINTER, INT, INT)),
    "frugal_close": (None, (POINTER,)),
    "frugal_begin": (None, (POINTER, ctypes.c_uint64)),
    "frugal_learn": (None, (*[POINTER] * 6, INT, ctypes.c_float, INT, POINTER)),
    "frugal_classify": (None, (*[POINTER] * 3, ctypes.c_int64, POINTER)),
}


def available() -> bool:
    """Return whether the engine can be used; builds it if necessary."""
    return library() is not None


def library() -> ctypes.CDLL | None:
    """Return the loaded engine, built if necessary; None if it is disabled or cannot be built."""
    return None if os.environ.get(SWITCH) == "0" else _loaded()


@cache
def _loaded() -> ctypes.CDLL | None:
    try:
        opened = ctypes.CDLL(str(_built(default_cache())))
        for name, (result, arguments) in FUNCTIONS.items():
            function = getattr(opened, name)
            function.restype, function.argtypes = result, arguments
    except (OSError, subprocess.SubprocessError, AttributeError):
        return None
    return opened


def _built(folder: Path) -> Path:
    """Return the library for the sources, the compiler and the processor.

    If several processes need it at the same time, one builds it and the others wait.
    """
    compiler = _compiler()
    path = folder / f"engine-{_digest(compiler)}.so"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(path.with_suffix(".lock")):
            if not path.exists():
                _compile(compiler, path)
    return path


def _compile(compiler: str, path: Path) -> None:
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        built = Path(folder, path.name)
        command = [compiler, *FLAGS, str(SOURCES / "engine.cpp"), "-o", str(built)]
        subprocess.run(command, check=True, capture_output=True, timeout=TIMEOUT)
        built.replace(path)


def _compiler() -> str:
    for name in (os.environ.get("CXX", ""), *COMPILERS):
        if name and (compiler := shutil.which(name)):
            return compiler
    raise FileNotFoundError("no C++ compiler")


def _digest(compiler: str) -> str:
    """Return a hash of everything that the library depends on."""
    processor = Path("/proc/cpuinfo")  # Linux only; different machines may share a home folder
    lines = processor.read_text().splitlines() if processor.exists() else []
    flags = [line for line in lines if line.startswith(("flags", "Features"))][:1]
    version = subprocess.run(
        [compiler, "--version"], check=True, capture_output=True, timeout=TIMEOUT
    ).stdout
    sources = [path.read_bytes() for path in sorted(SOURCES.glob("*.h"))]
    about = [platform.machine(), platform.processor(), *flags, *FLAGS]
    hashed = hashlib.blake2b("\n".join(about).encode(), digest_size=8)
    for part in (version, *sources, (SOURCES / "engine.cpp").read_bytes()):
        hashed.update(part)
    return hashed.hexdigest()
