"""Recorded accuracy curves of candidates that were trained to the end.

Curves are stored in one JSON object per file, one curve per line. `curves_of_study` reads the
curves of a study.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from optuna.trial import FrozenTrial

from search.evaluation.repeats import REPEATS_FILE, RepeatFile
from search.files import write_whole
from search.seeds import derive
from search.study.records import Record
from search.study.study import Study, load

TPE = "tpe:relative_params:0"  # system attribute of trials proposed by Optuna's TPE
TO_VALIDATION = 5  # training images per validation image: the split of `search.data.dataset.load`


@dataclass(frozen=True)
class RecordedCurve:
    """One complete training. accuracies: validation accuracies, fractions, one per epoch.

    kind: "random" or "tpe", the sampler that proposed the candidate, or "repeat" for another
    training of a recorded candidate. schedule: kind of the learning rate schedule. ema: decay of
    the averaged weights that were scored, 0 for raw weights. engine: "torch" or "native". seconds:
    mean per epoch; other programs may have run on the machine. train_images: number of training
    images. date: day on which the training ended.
    """

    study: str
    trial: int
    kind: str
    parameters: int
    macs: int
    schedule: str
    ema: float
    batch: int
    seed: int
    seconds: float
    train_images: int
    validation_images: int
    device: str
    engine: str
    versions: str
    date: str
    accuracies: tuple[float, ...]


def read(path: Path) -> list[RecordedCurve]:
    """Return the curves of a file; [] if it does not exist."""
    if not path.exists():
        return []
    lines = json.loads(path.read_text(encoding="utf-8"))["curves"]
    return [RecordedCurve(**{**line, "accuracies": tuple(line["accuracies"])}) for line in lines]


def write(path: Path, curves: Sequence[RecordedCurve]) -> None:
    """Write the curves to a file, one per line."""
    lines = ",\n".join(json.dumps(asdict(curve)) for curve in curves)
    write_whole(path, f'{{"curves": [\n{lines}\n]}}\n')


def merge(known: Iterable[RecordedCurve], new: Iterable[RecordedCurve]) -> list[RecordedCurve]:
    """Return the known curves and the new ones that differ from them in seed or accuracies."""
    curves = list(known)
    present = {(curve.seed, curve.accuracies) for curve in curves}
    return curves + [curve for curve in new if (curve.seed, curve.accuracies) not in present]


def curves_of_study(name: str, studies: Path, engine: str = "torch") -> list[RecordedCurve]:
    """Return the curves of a study's fully trained candidates, in the order of their ends.

    The curves of repeats follow. engine: the engine that trained them, "torch" or "native"; a study
    does not record it per trial.
    """
    study = load(name, studies)
    trials = {trial.number: trial for trial in study.optuna.get_trials(deepcopy=False)}
    records = study.records()
    by_tpe = {r.origin for r in records if TPE in trials[r.number].system_attrs}
    full = [r for r in records if r.outcome == "trained" and r.repeat_of is None]
    curves = []
    for record in sorted(full, key=lambda record: _end(trials[record.number])):
        fields = {
            "kind": "tpe" if record.origin in by_tpe else "random",
            "seed": derive(study.setup.seed, record.origin),
            "date": f"{_end(trials[record.number]):%Y-%m-%d}",
            "engine": engine,
        }
        curves.append(_recorded(study, record, **fields))
    return curves + _repeats(study, {f"trial {r.number}": r for r in full}, engine)


def _end(trial: FrozenTrial) -> datetime:
    assert trial.datetime_complete is not None  # the trial has ended
    return trial.datetime_complete


def _repeats(study: Study, first: dict[str, Record], engine: str) -> list[RecordedCurve]:
    return [
        _recorded(
            study,
            first[repeat.key],
            kind="repeat",
            seed=repeat.seed,
            date=repeat.time[:10],
            engine=engine,
            seconds=repeat.seconds,
            accuracies=repeat.accuracy,
        )
        for repeat in RepeatFile(study.folder / REPEATS_FILE).read()
        if repeat.split == "validation" and not repeat.failure and repeat.key in first
    ]


def _recorded(study: Study, record: Record, **fields: Any) -> RecordedCurve:
    assert record.candidate is not None
    recipe, setup = record.candidate.recipe, study.setup
    held_out = setup.validation_images or 0
    accuracies = fields.pop("accuracies", record.validation_accuracy)
    return RecordedCurve(
        study=study.name,
        trial=record.number,
        parameters=record.parameters,
        macs=record.macs,
        schedule=recipe.schedule.kind,
        ema=recipe.ema,
        batch=recipe.batch,
        seconds=round(fields.pop("seconds", record.seconds) / len(accuracies), 2),
        train_images=setup.train_examples or TO_VALIDATION * held_out,
        validation_images=held_out,
        device=record.device,
        versions=record.versions,
        accuracies=tuple(accuracies),
        **fields,
    )
