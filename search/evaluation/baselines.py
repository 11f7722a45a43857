"""Training of published networks by their own recipe, scored on the test images. No Optuna.

Each repeat is written to a file in the studies folder as soon as it ends, so that no repeat is
trained twice. The test images are read only if a repeat is missing. Each time, an entry is added to
the log of test-set evaluations (`ledger`).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from search.candidates.baselines import Baseline
from search.candidates.wording import counted
from search.data.dataset import Dataset, load_sealed
from search.data.test_ledger import LEDGER
from search.errors import FrugalError
from search.evaluation.repeats import Repeat, RepeatFile
from search.evaluation.results import BASELINE_REPEATS_FILE
from search.evaluation.retraining import FixedPlan, RepeatEvent, RepeatJob, RepeatTraining, ScoredOn
from search.files import make_writable
from search.seeds import derive
from search.study.locks import exclusive_lock
from search.training.device import open_pool, resolve_device, worker_count
from search.training.interrupts import Stopping, ending_on_interrupt
from search.training.pool import Pool

LOCK = ".baselines.lock"  # in the studies folder
OTHER_FOLDER = "name another folder with --studies"
Show = Callable[[RepeatEvent | Stopping], object]


@dataclass
class BaselineTraining:
    """Training of the repeats 0 to seeds - 1 of a baseline.

    studies: the folder of the repeat file and the ledger. data: location of the images, changed
    only in tests, because all repeats in the file must be on the same data set. stop: set it to end
    the training at the next epoch. FrugalError if `seeds` is below 1 or the baseline cannot be
    trained.
    """

    baseline: Baseline
    studies: Path
    seeds: int = 3
    data: str = "mnist"
    stop: bool = False

    def __post_init__(self) -> None:
        if self.seeds < 1:
            raise FrugalError(
                f"--seeds {self.seeds}: must be at least 1, and at least 2 to measure a spread"
            )
        if self.baseline.candidate is None:
            raise FrugalError(
                f"{self.baseline.name} cannot be trained: the layers and the recipe of "
                f"{self.baseline.system}, step {self.baseline.step}, were not published; "
                "run python -m search baselines to list the baselines that can be trained"
            )
        self.repeat_file = RepeatFile(self.studies / BASELINE_REPEATS_FILE)

    def repeats(self) -> tuple[Repeat, ...]:
        """The repeats in the repeat file, including failed ones."""
        recorded = self.repeat_file.of(self.baseline.name, "test")
        return tuple(repeat for repeat in recorded if repeat.number < self.seeds)

    def missing(self) -> tuple[RepeatJob, ...]:
        """The repeats that are not trained yet."""
        name, candidate = self.baseline.name, self.baseline.candidate
        assert candidate is not None
        recorded = {repeat.number for repeat in self.repeats()}
        return tuple(
            RepeatJob(name, number, candidate, derive(number, "baseline", name))
            for number in range(self.seeds)
            if number not in recorded
        )

    def events(self, open_pool: Callable[[Dataset], Pool]) -> Iterator[RepeatEvent]:
        """Train the missing repeats and yield their events.

        The test images are read only if a repeat is missing. FrugalError if the studies folder
        cannot be written or another process trains baselines there.
        """
        make_writable(self.studies, OTHER_FOLDER)
        activity = f"baselines are being trained in {self.studies}"
        remedy = f"wait until the other process ends, or {OTHER_FOLDER}"
        with exclusive_lock(self.studies / LOCK, activity, remedy):
            jobs = self.missing()
            if not jobs:
                return
            dataset = load_sealed(
                self.data,
                f"baselines: {counted(len(jobs), 'repeat')} by the published recipe, compared "
                "with published test figures",
                self.studies / LEDGER,
                candidate=self.baseline.name,
            )
            scored = ScoredOn("test", len(dataset.validation), len(dataset.train))
            with open_pool(dataset) as pool:
                training = RepeatTraining(pool, FixedPlan(jobs), self.repeat_file, scored)
                for event in training.events():
                    yield event
                    training.stop = self.stop

    def train(
        self, device: str = "auto", workers: int | None = None, show: Show | None = None
    ) -> bool:
        """Train the missing repeats; return whether all repeats are complete now.

        The first Ctrl-C ends the training at the next epoch. FrugalError for an unknown device or
        fewer than one worker.
        """
        chosen = resolve_device(device)
        count = min(worker_count(workers, chosen), max(1, len(self.missing())))
        with ending_on_interrupt(self, show):
            for event in self.events(lambda dataset: open_pool(dataset, chosen, count)):
                if show:
                    show(event)
        return not self.missing()
