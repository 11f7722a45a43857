"""A published network trained again by its own recipe and scored on the test images. No Optuna.

Each repeat is written to a file in the studies folder as it ends, so that none is trained twice.
The test images are opened only while a repeat is missing, and every opening is in the ledger.
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
    """The repeats 0 to seeds - 1 of a baseline. `stop` ends them at the next epoch.

    studies: the folder of the repeat file and the ledger. data: where the images lie, for tests;
    the file holds repeats on one data set alone. FrugalError where nothing can be trained.
    """

    baseline: Baseline
    studies: Path
    seeds: int = 3
    data: str = "mnist"
    stop: bool = False

    def __post_init__(self) -> None:
        if self.seeds < 1:
            raise FrugalError(f"--seeds {self.seeds}: at least 1 repeat, and 2 for a spread")
        if self.baseline.candidate is None:
            raise FrugalError(
                f"{self.baseline.name} cannot be trained: neither layers nor recipe of "
                f"{self.baseline.system}, step {self.baseline.step}, were published; "
                "python -m search baselines lists what was"
            )
        self.repeat_file = RepeatFile(self.studies / BASELINE_REPEATS_FILE)

    def repeats(self) -> tuple[Repeat, ...]:
        """Those in the repeat file, failed ones too."""
        recorded = self.repeat_file.of(self.baseline.name, "test")
        return tuple(repeat for repeat in recorded if repeat.number < self.seeds)

    def missing(self) -> tuple[RepeatJob, ...]:
        """Those that are still to be trained."""
        name, candidate = self.baseline.name, self.baseline.candidate
        assert candidate is not None
        recorded = {repeat.number for repeat in self.repeats()}
        return tuple(
            RepeatJob(name, number, candidate, derive(number, "baseline", name))
            for number in range(self.seeds)
            if number not in recorded
        )

    def events(self, open_pool: Callable[[Dataset], Pool]) -> Iterator[RepeatEvent]:
        """The missing repeats as they train; opens the test images if there are any."""
        make_writable(self.studies, OTHER_FOLDER)
        activity = f"baselines are being trained in {self.studies}"
        remedy = f"wait for the other, or {OTHER_FOLDER}"
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
        """Trains the missing repeats; whether all of them are there now.

        The first Ctrl-C ends at the next epoch. FrugalError for an unknown device or no workers.
        """
        chosen = resolve_device(device)
        count = min(worker_count(workers, chosen), max(1, len(self.missing())))
        with ending_on_interrupt(self, show):
            for event in self.events(lambda dataset: open_pool(dataset, chosen, count)):
                if show:
                    show(event)
        return not self.missing()
