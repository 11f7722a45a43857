"""Location of benchmark results, and the conditions that are stored with each result."""

import platform
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from search.study.environment import versions

ROOT = Path(__file__).parents[1]  # the checkout, with the shipped space.py and objective.py
RESULTS = Path(__file__).parent / "results"


def result_file(question: str, device: str) -> Path:
    """Return results/<question>-<device>-<yyyymm>.json for the current month (UTC)."""
    return RESULTS / f"{question}-{device}-{datetime.now(UTC):%Y%m}.json"


def today() -> str:
    """Return the current date (UTC), for example "2026-11-21"."""
    return datetime.now(UTC).date().isoformat()


def processor() -> str:
    """Return the processor's model name on Linux, otherwise `platform.processor()`."""
    facts = Path("/proc/cpuinfo")
    lines = facts.read_text(encoding="utf-8").splitlines() if facts.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


def describe_cpu_result(question: str) -> dict[str, Any]:
    """Return the conditions of a measurement on the CPU: question, date, device and versions."""
    return {
        "question": question,
        "date": today(),
        "device": processor(),
        "python": platform.python_version(),
        **versions(),
    }
