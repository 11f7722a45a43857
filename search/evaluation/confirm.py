"""Confirmation: the race on validation, then the winner alone on the test images, several times.

Asked twice, it trains nothing twice: repeats are shelved as they end. The test images are opened
only while a run that needs them is missing, and every opening is in the ledger.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file, save_file

from search.candidates.candidate import Candidate
from search.data import test_ledger as ledger
from search.data.dataset import Dataset, load_sealed
from search.errors import FrugalError
from search.evaluation.predictions import FILE as PREDICTIONS
from search.evaluation.predictions import predict, run_of, write
from search.evaluation.race import Contest, key
from search.evaluation.repeats import FILE, Repeat, Shelf, nearest_median
from search.evaluation.results import Race
from search.evaluation.retraining import Job, Listed, Plan, Repeating, Scored, Told
from search.randomness import derive
from search.study.kept import kept_objective, same_data, study_data
from search.study.records import Record
from search.study.smallest import frontier
from search.study.study import Study
from search.study.user_files import Objective
from search.training.pool import Pool, Weights

FEWEST = 3  # runs: with fewer, mean, worst and spread say nothing
CONFIRMED = "confirmed"  # the folder of the winner's weights and predictions
OpenPool = Callable[[Dataset], Pool]


@dataclass
class Confirming:
    """One confirmation of a study. seeds: final runs, and the most repeats of a racer.

    data: another place of the study's data, None for its own. `stop` ends it at the next epoch.
    """

    study: Study
    open_pool: OpenPool
    top: int = 5
    seeds: int = 5
    data: str | None = None
    stop: bool = False

    def __post_init__(self) -> None:
        if self.seeds < FEWEST:
            raise FrugalError(
                f"--seeds {self.seeds} confirms nothing: one run may be luck, and a spread needs "
                f"several; ask for at least {FEWEST}"
            )
        if self.top < 1:
            raise FrugalError(f"--top {self.top}: at least 1 candidate must race")
        self.study.best()
        self.objective = kept_objective(self.study)
        self.shelf = Shelf(self.study.folder / FILE)
        self.contest = Contest(
            self._entrants(), self.seeds, self.shelf, self.objective.score, self.study.setup.seed
        )

    def events(self) -> Iterator[Told]:
        """All that happens until the confirmation is complete or `stop` is set.

        FrugalError for other data, and where no racer could be trained again.
        """
        if not self.contest.standing().over:
            yield from self._train(study_data(self.study, self.data), self.contest, "validation")
        if not self.stop:
            yield from self._finish(self.race().winner)

    @property
    def complete(self) -> bool:
        """Whether the race is over and the winner's final runs and predictions are there."""
        if not self.contest.standing().over:
            return False
        winner = self.race().winner
        return len(self._shelved(winner)) == self.seeds and self._predicted(winner)

    def race(self) -> Race:
        """The race, once it is over; FrugalError where no racer could be trained again."""
        if not self.contest.standing().scores:
            raise FrugalError(
                "none of the candidates could be trained with every fresh seed: raise --top, or "
                "search on with python -m search run"
            )
        return self.contest.race(self.study.setup.validation_images or 0)

    def _finish(self, winner: int) -> Iterator[Told]:
        """The winner's final runs that are still missing, then its predictions."""
        record = self.record(winner)
        assert record.candidate is not None
        missing = [
            Job(key(winner), number, record.candidate, self._final_seed(record, number))
            for number in range(self.seeds)
            if number not in {repeat.number for repeat in self._shelved(winner)}
        ]
        if not missing and self._predicted(winner):
            return
        setup = self.study.setup
        dataset = load_sealed(
            self.data or setup.data,
            f"confirm: study {self.study.name}, {len(missing)} final runs",
            self.study.folder.parent / ledger.LEDGER,
            candidate=f"study {self.study.name}, {key(winner)}",
            train_examples=setup.train_examples,
        )
        same_data(self.study, dataset)
        if missing:
            yield from self._train(dataset, Listed(missing), "test", self._keep)
        if not self.stop:
            self._predict(record.candidate, winner, dataset)

    def finals(self, winner: int) -> tuple[Repeat, ...]:
        """The winner's final runs; FrugalError where one of them did not train."""
        found = self._shelved(winner)
        for repeat in found:
            if repeat.failure:
                raise FrugalError(
                    f"final run {repeat.number + 1} of {key(winner)} did not train "
                    f"({repeat.failure}): it is not confirmed; leave it out of the study's best"
                )
        return found

    def record(self, trial: int) -> Record:
        """The record of a racer."""
        return next(record for record in self.contest.entrants if record.number == trial)

    def _entrants(self) -> list[Record]:
        """The best few; of a search for the smallest its answer alone, once there is one."""
        target = self.study.setup.target
        answer = None if target is None else frontier(self.study.records(), target).answer
        return [answer.first] if answer else self.study.ranking()[: self.top]

    def _shelved(self, winner: int) -> tuple[Repeat, ...]:
        return self.shelf.of(key(winner), "test")[: self.seeds]

    def _final_seed(self, record: Record, number: int) -> int:
        return derive(self.study.setup.seed, "confirm", record.origin, number)

    def _train(
        self,
        dataset: Dataset,
        plan: Plan,
        split: str,
        keep: Callable[[Job, Weights], None] | None = None,
    ) -> Iterator[Told]:
        scored = Scored(
            "test" if split == "test" else "validation",
            len(dataset.validation),
            len(dataset.train),
        )
        with self.open_pool(dataset) as pool:
            training = Repeating(pool, plan, self.shelf, scored, keep)
            for told in training.events():
                yield told
                training.stop = self.stop

    def _keep(self, job: Job, weights: Weights) -> None:
        path = weights_path(self.study.folder, job.key, job.number)
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".partial")
        save_file(weights, partial)
        partial.replace(path)

    def _predicted(self, winner: int) -> bool:
        kept = run_of(predictions_path(self.study.folder))
        return kept == (winner, self.median(winner))

    def median(self, winner: int) -> int:
        """The number of the final run whose consistency is nearest the median."""
        finals = self.finals(winner)
        return finals[nearest_median([self.objective.score(r.accuracy) for r in finals])].number

    def _predict(self, candidate: Candidate, winner: int, dataset: Dataset) -> None:
        median = self.median(winner)
        weights = confirmed_weights(self.study.folder, winner, median)
        found = predict(candidate.architecture, weights, dataset, (winner, median))
        write(found, predictions_path(self.study.folder))


def weights_path(folder: Path, key: str, number: int) -> Path:
    """Where the weights of a final run lie in a study's folder."""
    return folder / CONFIRMED / f"{key.replace(' ', '-')}-run-{number}.safetensors"


def predictions_path(folder: Path) -> Path:
    """Where the predictions of the run nearest the median lie in a study's folder."""
    return folder / CONFIRMED / PREDICTIONS


def confirmed_weights(folder: Path, trial: int, number: int) -> dict[str, np.ndarray]:
    """The weights of a final run; FrugalError where they are gone."""
    path = weights_path(folder, key(trial), number)
    if not path.exists():
        raise FrugalError(
            f"{path} is gone: python -m search confirm with more --seeds trains the trial again"
        )
    return load_file(path)


def scores(objective: Objective, repeats: Sequence[Repeat]) -> tuple[float, ...]:
    """Their consistencies."""
    return tuple(objective.score(repeat.accuracy) for repeat in repeats)
