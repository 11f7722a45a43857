"""The log of test-set evaluations (`ledger`) of a studies folder: one JSON object per line.

Lines are only appended, each before the test images are read. This module does not import torch.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from search.errors import FrugalError
from search.files import from_json, to_data

LEDGER = "ledger"  # file name in the studies folder


@dataclass(frozen=True)
class Opening:
    """One evaluation on a test set.

    time: UTC, ISO 8601. reason: the command and its purpose. candidate: the evaluated candidate,
    None for several. data: name of the data. digest: digest of its training images.
    """

    time: str
    reason: str
    candidate: str | None
    data: str
    digest: str


def record_opening(
    path: Path, reason: str, candidate: str | None, data: str, digest: str
) -> Opening:
    """Append an evaluation with the current time; FrugalError if it cannot be written."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    opening = Opening(now, reason, candidate, data, digest)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(to_data(opening), ensure_ascii=False) + "\n")
    except OSError as error:
        raise FrugalError(
            f"{path} cannot be written ({error.strerror}), but every evaluation on the test set "
            "must be recorded in it: make the file writable"
        ) from error
    return opening


def read_openings(path: Path) -> tuple[Opening, ...]:
    """Return all evaluations so far, in order; empty if the file does not exist."""
    if not path.exists():
        return ()
    lines = path.read_text(encoding="utf-8").splitlines()
    return tuple(from_json(Opening, line) for line in lines if line.strip())


def openings_of(all_openings: Sequence[Opening], digest: str) -> tuple[Opening, ...]:
    """Return the evaluations of the data with this digest."""
    return tuple(opening for opening in all_openings if opening.digest == digest)
