"""Confirmation: a race on the validation split, then final runs of the winner on the test images.

Each repeat is written to the study's repeat file as soon as it ends, so that no repeat is trained
twice. The test images are read only if a final run or its predictions are missing. Each time, an
entry is added to the log of test-set evaluations (`ledger`).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import numpy as np
import torch

from search.candidates.architecture import Architecture
from search.candidates.baselines import public_results
from search.candidates.candidate import Candidate
from search.data.dataset import Dataset, load_sealed
from search.data.sources import EMBEDDED_DIGEST
from search.data.test_ledger import LEDGER, openings_of, read_openings
from search.errors import FrugalError
from search.evaluation.intervals import (
    difference_from_published,
    expected_consistency,
    expected_optimism,
    mean,
    nearest_median,
    pooled_spread,
    spread,
    target_reach,
)
from search.evaluation.race import Race
from search.evaluation.repeats import Repeat, final_seed, repeat_key
from search.evaluation.results import (
    CONFIRMED_FOLDER,
    Confirmation,
    Difference,
    FinalResult,
    FinalRun,
    Predictions,
    RaceResult,
    SelectionBias,
    predictions_path,
)
from search.evaluation.retraining import (
    FixedPlan,
    Plan,
    RepeatEvent,
    RepeatJob,
    RepeatTraining,
    ScoredOn,
    check_same_data,
    data_place,
    load_study_data,
)
from search.evaluation.side_files import final_weights, study_predictions, study_repeats
from search.files import write_whole
from search.study.records import Record
from search.study.smallest import frontier
from search.study.study import Study
from search.study.user_files import Objective, saved_objective
from search.study.weight_files import read_weights, write_weights
from search.training.network import build_network
from search.training.pool import Pool, Weights

FEWEST = 3  # runs: mean, worst and spread of fewer runs are not meaningful
OpenPool = Callable[[Dataset], Pool]
BATCH = 500  # images per forward pass


@dataclass
class ConfirmationRun:
    """A confirmation of a study.

    top: number of candidates in the race. seeds: number of final runs, and the maximum number of
    repeats per racer. data: new location of the study's data, None for the recorded one. stop: set
    it to end the confirmation at the next epoch. FrugalError if `seeds` or `top` is too small, or
    the study has no trained candidate.
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
                f"--seeds {self.seeds}: must be at least {FEWEST}, because fewer runs do not show "
                "the spread between runs"
            )
        if self.top < 1:
            raise FrugalError(f"--top {self.top}: must be at least 1 candidate")
        self.study.setup.check_trained(self.study.name, "confirm")
        self.study.best()
        self.objective = saved_objective(self.study)
        self.repeat_file = study_repeats(self.study)
        self.race = Race(
            self._entrants(),
            self.seeds,
            self.repeat_file,
            self.objective.score,
            self.study.setup.seed,
        )

    def events(self) -> Iterator[RepeatEvent]:
        """Train what is missing and yield events, until it is complete or `stop` is set.

        FrugalError if the data differ from the study's, or if no racer could be trained again.
        """
        if not self.race.state().over:
            yield from self._train(load_study_data(self.study, self.data), self.race, "validation")
        if not self.stop:
            yield from self._finish(self.race_result().winner)

    @property
    def complete(self) -> bool:
        """Whether the race is over and the winner's final runs and predictions exist."""
        if not self.race.state().over:
            return False
        winner = self.race_result().winner
        return len(self._recorded(winner)) == self.seeds and self._predicted(winner)

    def race_result(self) -> RaceResult:
        """The result of the race, once it is over; FrugalError if every racer failed to train."""
        if not self.race.state().scores:
            raise FrugalError(
                "every candidate in the race failed to train with at least one new seed: raise "
                f"--top, or continue the search with {self.study.command('run')}"
            )
        return self.race.result(self.study.setup.validation_images or 0)

    def _finish(self, winner: int) -> Iterator[RepeatEvent]:
        """Train the winner's missing final runs, then compute its predictions."""
        record = self.record(winner)
        assert record.candidate is not None
        missing = [
            RepeatJob(
                repeat_key(winner), number, record.candidate, self._final_seed(record, number)
            )
            for number in range(self.seeds)
            if number not in {repeat.number for repeat in self._recorded(winner)}
        ]
        if not missing and self._predicted(winner):
            return
        setup = self.study.setup
        dataset = load_sealed(
            data_place(self.study, self.data),
            f"confirm: study {self.study.name}, {len(missing)} final runs",
            self.study.folder.parent / LEDGER,
            candidate=f"study {self.study.name}, {repeat_key(winner)}",
            train_examples=setup.train_examples,
            rules=setup.rules,
        )
        check_same_data(self.study, dataset)
        if missing:
            yield from self._train(dataset, FixedPlan(missing), "test", self._keep)
        if not self.stop:
            self._predict(record.candidate, winner, dataset)

    def finals(self, winner: int) -> tuple[Repeat, ...]:
        """The winner's final runs; FrugalError if one of them failed to train."""
        repeats = self._recorded(winner)
        for repeat in repeats:
            if repeat.failure:
                raise FrugalError(
                    f"final run {repeat.number + 1} of {repeat_key(winner)} failed to train "
                    f"({repeat.failure}): the trial cannot be confirmed; search for other "
                    f"candidates with {self.study.command('run')}"
                )
        return repeats

    def record(self, trial: int) -> Record:
        """The record of a racer."""
        return next(record for record in self.race.entrants if record.number == trial)

    def _entrants(self) -> list[Record]:
        """The best `top` candidates, or the answer alone of a search for the smallest network."""
        target = self.study.setup.target
        answer = None if target is None else frontier(self.study.records(), target).answer
        return [answer.first] if answer else self.study.ranking()[: self.top]

    def _recorded(self, winner: int) -> tuple[Repeat, ...]:
        return self.repeat_file.of(repeat_key(winner), "test")[: self.seeds]

    def _final_seed(self, record: Record, number: int) -> int:
        return final_seed(self.study.setup.seed, record.origin, number)

    def _train(
        self,
        dataset: Dataset,
        plan: Plan,
        split: str,
        keep: Callable[[RepeatJob, Weights], None] | None = None,
    ) -> Iterator[RepeatEvent]:
        scored = ScoredOn(
            "test" if split == "test" else "validation",
            len(dataset.validation),
            len(dataset.train),
        )
        with self.open_pool(dataset) as pool:
            training = RepeatTraining(pool, plan, self.repeat_file, scored, keep)
            for event in training.events():
                yield event
                training.stop = self.stop

    def _keep(self, job: RepeatJob, weights: Weights) -> None:
        self.study.check_folder()
        trial = self.race_result().winner
        path = weights_path(self.study.folder, trial, job.number)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_weights(path, weights, final_weights(self.study, trial, job.number))

    def _predicted(self, winner: int) -> bool:
        predictions = study_predictions(self.study)
        return predictions is not None and predictions.run.tolist() == [winner, self.median(winner)]

    def median(self, winner: int) -> int:
        """The number of the final run with the consistency nearest the median."""
        finals = self.finals(winner)
        return finals[nearest_median([self.objective.score(r.accuracy) for r in finals])].number

    def _predict(self, candidate: Candidate, winner: int, dataset: Dataset) -> None:
        median = self.median(winner)
        weights = confirmed_weights(self.study, winner, median)
        predictions = predict(candidate.architecture, weights, dataset, (winner, median))
        predictions = replace(predictions, identity=np.array(self.study.identity))
        write_predictions(predictions, predictions_path(self.study.folder))


def weights_path(folder: Path, trial: int, number: int) -> Path:
    """The path of the weights of a final run in a study's folder."""
    return folder / CONFIRMED_FOLDER / f"trial-{trial}-run-{number}.safetensors"


def confirmed_weights(study: Study, trial: int, number: int) -> dict[str, np.ndarray]:
    """The weights of a final run; FrugalError if they are missing or belong to another study."""
    path = weights_path(study.folder, trial, number)
    if not path.exists():
        raise FrugalError(
            f"{path} is missing: run {study.command('confirm')} with more --seeds to train the "
            "trial again"
        )
    return read_weights(path, final_weights(study, trial, number))


def consistencies(objective: Objective, repeats: Sequence[Repeat]) -> tuple[float, ...]:
    """The consistencies of repeats under the study's objective."""
    return tuple(objective.score(repeat.accuracy) for repeat in repeats)


def summarise_confirmation(run: ConfirmationRun, target: float, command: str) -> Confirmation:
    """The result of a complete confirmation.

    target: accuracy (fraction) that a run reaches if its consistency is at least as high. command:
    the command line that is recorded with the result.
    """
    study, setup, race = run.study, run.study.setup, run.race_result()
    repeats = run.finals(race.winner)
    opened = openings_of(read_openings(study.folder.parent / LEDGER), setup.digest)
    final = _final(race.winner, repeats, run.objective, target, len(opened))
    if setup.digest == EMBEDDED_DIGEST:
        final = _compared(final)
    keys = {repeat_key(racer.trial) for racer in race.racers}
    raced = [r for r in run.repeat_file.read() if r.key in keys and r.split == "validation"]
    return Confirmation(
        study=study.name,
        window=setup.window,
        race=race,
        final=final,
        luck=_selection_bias(race, final, study.ranking()),
        command=command,
        device=repeats[-1].device,
        versions=repeats[-1].versions,
        time=datetime.now(UTC).isoformat(timespec="seconds"),
        seconds=round(sum(repeat.seconds for repeat in [*raced, *repeats]), 1),
        caveats=(*setup.caveats, *_caveats(final, setup.train_examples)),
        identity=study.identity,
        seed=setup.seed,
        candidate=run.record(race.winner).candidate,
    )


def _final(
    trial: int, repeats: Sequence[Repeat], objective: Objective, target: float, openings: int
) -> FinalResult:
    scores = consistencies(objective, repeats)
    images = repeats[0].images
    return FinalResult(
        trial=trial,
        runs=tuple(
            FinalRun(r.number, r.seed, r.accuracy, score, r.seconds)
            for r, score in zip(repeats, scores, strict=True)
        ),
        median=repeats[nearest_median(scores)].number,
        mean=mean(scores),
        worst=min(scores),
        spread=spread(scores) or 0.0,
        interval=expected_consistency(scores, images),
        reach=target_reach(scores, target),
        differences=(),
        images=images,
        train_examples=repeats[0].train_examples,
        openings=openings,
    )


def _compared(final: FinalResult) -> FinalResult:
    """The result with its differences from published figures on the same test images."""
    scores = [run.consistency for run in final.runs]
    return replace(
        final,
        differences=tuple(
            Difference(
                bar.name,
                parameters=bar.parameters,
                epochs=bar.epochs,
                published=bar.lowest,
                difference=final.mean - bar.lowest,
                interval=difference_from_published(scores, bar.lowest),
            )
            for bar in public_results()
        ),
    )


def _selection_bias(
    race: RaceResult, final: FinalResult, ranking: Sequence[Record]
) -> SelectionBias:
    """The selection bias; the noise of one run is the spread of the repeats, pooled over racers."""
    winner = next(racer for racer in race.racers if racer.trial == race.winner)
    observed = [record.consistency or 0.0 for record in ranking]
    return SelectionBias(
        winner.selected - winner.mean,
        winner.mean - final.mean,
        expected_optimism(observed, pooled_spread(racer.scores for racer in race.racers)),
        len(observed),
    )


def _caveats(final: FinalResult, train_examples: int | None) -> list[str]:
    if train_examples is None:
        return []
    return [f"final runs trained on {final.train_examples:,} images"]


def predict(
    architecture: Architecture, weights: Weights, data: Dataset, run: tuple[int, int]
) -> Predictions:
    """The network's predictions for the dataset's validation split.

    In a dataset from `load_sealed`, this split holds the test images. run: trial and run number.
    """
    network = build_network(architecture, 0)
    state = {name: torch.from_numpy(array.copy()) for name, array in weights.items()}
    network.load_state_dict(state, strict=False)  # weights do not include the integer counters
    network.eval()
    mean = torch.tensor(data.mean)[:, None, None]
    std = torch.tensor(data.std)[:, None, None]
    images, labels = data.validation.images, data.validation.labels
    with torch.inference_mode():
        parts = [
            network((part.float() / 255 - mean) / std).softmax(dim=1)
            for part in images.split(BATCH)
        ]
    probability, predicted = torch.cat(parts).max(dim=1)
    places = (predicted != labels).nonzero().flatten()
    return Predictions(
        labels.numpy(),
        predicted=predicted.numpy(),
        probability=probability.numpy(),
        places=places.numpy(),
        images=images[places].numpy(),
        run=np.array(run),
    )


def write_predictions(predictions: Predictions, path: Path) -> None:
    """Write the predictions and replace earlier ones; see `write_whole`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    content = BytesIO()
    np.savez_compressed(content, allow_pickle=False, **vars(predictions))
    write_whole(path, content.getvalue())
