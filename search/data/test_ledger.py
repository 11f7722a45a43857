"""The ledger: every opening of a test set, one JSON object per line, for a whole studies folder.

Lines are only added, each before the test images are read. No torch.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from search.errors import FrugalError
from search.files import from_json, to_data

LEDGER = "ledger"  # its file in the studies folder


@dataclass(frozen=True)
class Opening:
    """One opening of a test set.

    time: UTC, ISO 8601. reason: the command and its purpose. candidate: the one measured, None for
    several. data, digest: the data's name and its training images' digest.
    """

    time: str
    reason: str
    candidate: str | None
    data: str
    digest: str


def record_opening(
    path: Path, reason: str, candidate: str | None, data: str, digest: str
) -> Opening:
    """Adds an opening at the current time; FrugalError if it cannot be written."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    opening = Opening(now, reason, candidate, data, digest)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(to_data(opening), ensure_ascii=False) + "\n")
    except OSError as error:
        raise FrugalError(
            f"{path} cannot be written ({error.strerror}): the test images stay closed until "
            "their opening can be recorded"
        ) from error
    return opening


def read_openings(path: Path) -> tuple[Opening, ...]:
    """All openings so far, in order; empty if there is no ledger yet."""
    if not path.exists():
        return ()
    lines = path.read_text(encoding="utf-8").splitlines()
    return tuple(from_json(Opening, line) for line in lines if line.strip())


def openings_of(all_openings: Sequence[Opening], digest: str) -> tuple[Opening, ...]:
    """The openings of the data with that digest."""
    return tuple(opening for opening in all_openings if opening.digest == digest)
