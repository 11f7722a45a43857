"""Recorded curves of candidates that were trained to the end, and how a study's are added.

A file holds one JSON object, a curve a line.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from search.evaluation.repeats import REPEATS_FILE, RepeatFile
from search.seeds import derive
from search.study.records import Record
from search.study.study import Study, load

TPE = "tpe:relative_params:0"  # what Optuna's TPE leaves in a trial that it proposed
TO_VALIDATION = 5  # training images to one held out: the 5:1 of `search.data.load`


@dataclass(frozen=True)
class Recorded:
    """One training to the end. accuracies: on the validation images, fractions, one per epoch.

    kind: "random" or "tpe", by what proposed it; "repeat" of a candidate that is there already.
    schedule: its kind. ema: decay of the averaged weights that were scored, 0 for raw ones.
    engine: what computed it, "torch" or "native". seconds: per epoch, in the mean, on whatever else
    the machine was doing. train_images: learned from. date: when it ended.
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


def read(path: Path) -> list[Recorded]:
    """The curves of a file, none where there is no file."""
    if not path.exists():
        return []
    lines = json.loads(path.read_text(encoding="utf-8"))["curves"]
    return [Recorded(**{**line, "accuracies": tuple(line["accuracies"])}) for line in lines]


def write(path: Path, curves: Sequence[Recorded]) -> None:
    """Writes them, one a line."""
    lines = ",\n".join(json.dumps(asdict(curve)) for curve in curves)
    partial = path.with_suffix(".partial")
    partial.write_text(f'{{"curves": [\n{lines}\n]}}\n', encoding="utf-8")
    partial.replace(path)


def added(known: Iterable[Recorded], found: Iterable[Recorded]) -> list[Recorded]:
    """The known ones, and those found that are not among them; a training is known by its curve."""
    curves = list(known)
    seen = {(curve.seed, curve.accuracies) for curve in curves}
    return curves + [curve for curve in found if (curve.seed, curve.accuracies) not in seen]


def gathered(name: str, studies: Path, engine: str = "torch") -> list[Recorded]:
    """A study's candidates that were trained to the end, as they ended, and then their repeats.

    engine: what they were trained with; a study does not know.
    """
    study = load(name, studies)
    trials = {trial.number: trial for trial in study.optuna.get_trials(deepcopy=False)}
    records = study.records()
    proposed = {r.origin for r in records if TPE in trials[r.number].system_attrs}
    whole = [r for r in records if r.outcome == "trained" and r.repeat_of is None]
    curves = []
    for record in sorted(whole, key=lambda r: trials[r.number].datetime_complete):
        kind = "tpe" if record.origin in proposed else "random"
        date = f"{trials[record.number].datetime_complete:%Y-%m-%d}"
        seed = derive(study.setup.seed, record.origin)
        known = {"kind": kind, "seed": seed, "date": date, "engine": engine}
        curves.append(_recorded(study, record, **known))
    return curves + _repeats(study, {f"trial {r.number}": r for r in whole}, engine)


def _repeats(study: Study, first: dict[str, Record], engine: str) -> list[Recorded]:
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


def _recorded(study: Study, record: Record, **known: Any) -> Recorded:
    assert record.candidate is not None
    recipe, setup = record.candidate.recipe, study.setup
    held_out = setup.validation_images or 0
    accuracies = known.pop("accuracies", record.validation_accuracy)
    return Recorded(
        study=study.name,
        trial=record.number,
        parameters=record.parameters,
        macs=record.macs,
        schedule=recipe.schedule.kind,
        ema=recipe.ema,
        batch=recipe.batch,
        seconds=round(known.pop("seconds", record.seconds) / len(accuracies), 2),
        train_images=setup.train_examples or TO_VALIDATION * held_out,
        validation_images=held_out,
        device=record.device,
        versions=record.versions,
        accuracies=tuple(accuracies),
        **known,
    )
