"""What is claimed of a study and of an exported network, as functions: confirm, reproduce."""

from collections.abc import Callable
from pathlib import Path

from search.data.dataset import Dataset
from search.errors import FrugalError
from search.evaluation import results as confirmation
from search.evaluation.confirm import Confirming
from search.evaluation.results import Confirmation
from search.evaluation.retraining import Told
from search.evaluation.verdict import verdict
from search.exporting import reproduce as reproduction
from search.exporting.reproduce import Reproduction
from search.loop.events import Stopping
from search.study import study as studies_
from search.study.environment import spoken
from search.study.locks import alone
from search.training.device import choose, default_workers
from search.training.interrupts import ending_on_interrupt
from search.training.pool import EpochResult, Pool, open_pool

STUDIES = Path("studies")
TARGET = 0.994  # accuracy: what the systems among the baselines were after

Show = Callable[[Told | Stopping], object]


def confirm(
    study: str = "mnist",
    *,
    studies: Path | str = STUDIES,
    storage: str | None = None,
    top: int = 5,
    seeds: int = 5,
    target: float | None = None,
    data: str | None = None,
    device: str = "auto",
    workers: int | None = None,
    show: Show | None = None,
) -> Confirmation | None:
    """Confirms a study's best candidate and keeps what was found in its folder.

    The `top` candidates race on validation over at most `seeds` repeats each; the winner alone is
    then trained `seeds` times on all training images, and the test images are opened for it.
    target: accuracy (0 to 1) that every last epoch is to reach, the study's own or TARGET if None;
    a study that looks for the smallest network confirms its answer. Goes on where it was
    interrupted; None where Ctrl-C ended it. FrugalError for everything that the caller can mend.
    """
    opened = studies_.load(study, Path(studies), storage)
    chosen = choose(device)
    count = _workers(workers, chosen)

    def pool(dataset: Dataset) -> Pool:
        return open_pool(dataset, chosen, count)

    confirming = Confirming(opened, pool, top, seeds, data)
    opened.note_environment(chosen, count, spoken())
    lock, doing = opened.folder / ".confirm.lock", f"study {opened.name} is being confirmed"
    with alone(lock, doing), ending_on_interrupt(confirming, show):
        for told in confirming.events():
            if show:
                show(told)
        if not confirming.complete:
            return None
        found = verdict(confirming, target or opened.setup.target or TARGET, spoken())
        confirmation.write(found, opened.folder)
    return found


def reproduce(
    path: Path | str,
    *,
    studies: Path | str = STUDIES,
    data: str | None = None,
    device: str = "auto",
    show: Callable[[EpochResult], object] | None = None,
) -> Reproduction:
    """Trains an exported network again from what its file says, and compares.

    studies: whose ledger is told where the file's figures are of the test images. FrugalError
    where the file is no export, or the data are others.
    """
    return reproduction.reproduce(Path(path), Path(studies), data, choose(device), show)


def _workers(wanted: int | None, device: str) -> int:
    if wanted is not None and wanted < 1:
        raise FrugalError(f"--workers {wanted}: at least 1")
    return wanted or default_workers(device)
