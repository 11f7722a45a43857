"""A small study with an invented confirmation and drill-down, for tests of the report.

None of the figures was measured.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import optuna
from optuna.trial import TrialState

from search.candidates.architecture import Architecture
from search.candidates.blocks import Block
from search.candidates.candidate import Budget, Candidate
from search.candidates.recipe import Augmentation, Recipe, Schedule
from search.data.dataset import Dataset
from search.evaluation.confirm import write_predictions
from search.evaluation.intervals import Interval, TargetReach
from search.evaluation.results import (
    Confirmation,
    Difference,
    Drilldown,
    FinalResult,
    FinalRun,
    Predictions,
    Racer,
    RaceResult,
    SelectionBias,
    Step,
    predictions_path,
    write_confirmation,
    write_drilldown,
)
from search.reporting.report_data import MNIST, SAMPLES
from search.study.records import Record, candidate_attributes
from search.study.settings import StudySettings
from search.study.study import Study, create_or_resume

EPOCHS, WINDOW = 6, 2
SETUP = StudySettings(
    data="mnist",
    digest=MNIST,
    image=(1, 28, 28),
    classes=10,
    budget=Budget(10_000, EPOCHS),
    window=WINDOW,
    seed=0,
    space="space",
    objective="objective",
    notes=("trained on 500 of 50,000 training images",),
    validation_images=10_000,
)
NASTY = "</script><script>alert(1)</script><b>"  # user text that must be escaped


def candidate(width: int, epochs: int = EPOCHS) -> Candidate:
    """Return a candidate with two blocks."""
    return Candidate(
        Architecture((1, 28, 28), 10, (Block(width, pool=2, dropout=0.05), Block(12, pool=2))),
        Recipe(
            epochs=epochs,
            batch=32 * (width % 3 + 1),
            rate=0.01 * width,
            schedule=Schedule("onecycle" if width % 2 else "cosine", cycle_momentum=True),
            augmentation=Augmentation(rotation=width, shift=1, fill=0.0),
        ),
    )


def add_trial(
    study: Study,
    width: int,
    curve: tuple[Any, ...] = (),
    outcome: str = "trained",
    reason: str = "",
) -> None:
    """Add a finished trial as a run records it."""
    trial = study.optuna.ask()
    trial.suggest_int("width", 1, 2_000)
    trial.suggest_float("rate", 0, 1)
    for epoch, accuracy in enumerate(curve, start=1):
        trial.report(accuracy, epoch)
    attributes = candidate_attributes(candidate(width)) | {
        "outcome": outcome,
        "reason": reason,
        "seconds": 6.0,
    }
    attributes |= {
        "device": "cpu",
        "versions": {"torch": "2.15.0"},
        "training_accuracy": list(curve),
    }
    for name, value in attributes.items():
        trial.set_user_attr(name, value)
    states = {"trained": TrialState.COMPLETE, "failed": TrialState.FAIL}
    value = min(curve[-WINDOW:]) if outcome == "trained" else None
    study.optuna.tell(trial, value, state=states.get(outcome, TrialState.PRUNED))


def add_repeat(study: Study, record: Record, repeat: int, score: float) -> None:
    """Add a repeat of a trial as a search for the smallest network records it."""
    first = study.optuna.trials[record.number]
    study.optuna.add_trial(
        optuna.trial.create_trial(
            value=score,
            user_attrs={**first.user_attrs, "repeat_of": record.number, "repeat": repeat},
            intermediate_values=dict(enumerate((0.9,) * 4 + (score, score), start=1)),
        )
    )


def small_study(
    root: Path, name: str = "small", setup: StudySettings = SETUP, trained: int = 12
) -> Study:
    """Return a study with trained candidates, one stopped early, one failed and two over budget."""
    study = create_or_resume(name, root, setup)
    study.optuna.sampler = optuna.samplers.RandomSampler(seed=0)
    for n in range(trained):
        last = 0.99 + 0.0003 * (n * 5 % 12)
        add_trial(study, 6 + n, (0.9, 0.95, 0.97, 0.98, last + 0.001, last))
    add_trial(study, 7, (0.5, 0.6), "stopped early", f"can reach 0.6 at most {NASTY}")
    add_trial(study, 6, (0.5,), "failed", "the loss became NaN")
    for width in (90, 95):
        add_trial(study, width, outcome="over budget", reason="2 parameters over")
    study.record_environment(
        device="cpu", operators="torch", workers=1, command=f"search run --space {NASTY}"
    )
    return study


def example_confirmation(study: Study, final_runs: int = 5) -> Confirmation:
    """Return an invented confirmation of the study's best candidate."""
    draws = np.random.default_rng(0)
    top = study.ranking()[:4]
    racers = []
    for place, record in enumerate(top):
        assert record.consistency is not None
        count = (5, 5, 3, 2)[place]
        scores = tuple(
            (record.consistency - 0.0006 + 0.0004 * draws.standard_normal(count)).tolist()
        )
        racers.append(
            Racer(
                record.number,
                record.label,
                record.parameters,
                record.consistency,
                scores,
                float(np.mean(scores)),
                float(np.std(scores, ddof=1)),
                *((count, "its mean is 0.11 points behind") if place > 1 else (None, "")),
            )
        )
    race = RaceResult(
        tuple(racers),
        winner=top[0].number,
        rivals=(top[1].number,),
        test="paired t of means",
        level=0.95,
        images=10_000,
    )
    epochs = top[0].epochs
    runs = tuple(_run(number, epochs, study.setup.window, draws) for number in range(final_runs))
    reached = [run.consistency for run in runs]
    mean = float(np.mean(reached))
    median = sorted(runs, key=lambda run: run.consistency)[(final_runs - 1) // 2].number
    final = FinalResult(
        trial=top[0].number,
        runs=runs,
        median=median,
        mean=mean,
        worst=min(reached),
        spread=float(np.std(reached, ddof=1)),
        interval=Interval(mean - 0.0019, mean + 0.0014, 0.95),
        reach=TargetReach(0.994, 2, final_runs, Interval(0.12, 0.77, 0.95), 0.41),
        differences=tuple(
            Difference(bar, parameters=size, epochs=15, published=published,
                       difference=mean - published,
                       interval=Interval(mean - published - half, mean - published + half, 0.95),
)
            for bar, size, published, half in (
                ("most consistent below 10,000 parameters", 9_436, 0.9949, 0.0012),
                ("most consistent below 8,000 parameters", 7_496, 0.9947, 0.0013),
                ("fewest parameters that reach 99.40 %", 6_128, 0.9942, 0.0011),
            )
        ),
        images=10_000,
        train_examples=60_000,
        openings=7,
    )  # fmt: skip
    winner = racers[0]
    return Confirmation(
        study=study.name,
        window=study.setup.window,
        race=race,
        final=final,
        luck=SelectionBias(
            winner.selected - winner.mean, winner.mean - mean, 0.0007, len(study.ranking())
        ),
        command="python -m search confirm --top 4",
        device="cpu",
        versions="torch 2.15.0",
        time="2026-11-21T08:00:00+00:00",
        seconds=5_400.0,
        identity=study.identity,
        seed=study.setup.seed,
        candidate=top[0].candidate,
    )


def _run(number: int, epochs: int, window: int, draws: Any) -> FinalRun:
    rising = 0.9938 - 0.03 * np.exp(-np.arange(epochs) * 5 / epochs)
    curve = tuple((rising + 0.0003 * draws.standard_normal(epochs)).round(4).tolist())
    return FinalRun(number, 1000 + number, curve, min(curve[-window:]), 900.0)


def example_drilldown(study: Study, steps: int = 5) -> Drilldown:
    """Return an invented drill-down to the study's best candidate."""
    names = ("skeleton", "fewer parameters", "batch norm", "dropout", "schedule", "EMA")[:steps]
    best = study.best()
    assert best.candidate is not None
    drilldown_steps = []
    for number, name in enumerate(names):
        score = 0.975 + 0.003 * number
        drilldown_steps.append(
            Step(
                name=name,
                adds=f"{name} is added",
                target="a network that trains at all" if not number else f"see what {name} brings",
                analysis="Training is 0.31 points above validation: it overfits a little. "
                "The last epochs vary by 0.2 points: a schedule should calm them.",
                candidate=best.candidate,
                parameters=best.parameters * (2 if not number else 1),
                best_training=score + 0.006,
                best_validation=score + 0.002,
                consistency=score,
                scores=(score - 0.001, score, score + 0.001),
                curve=tuple(score - 0.02 / (epoch + 1) for epoch in range(best.epochs)),
            )
        )
    return Drilldown(
        study=study.name,
        trial=best.number,
        steps=tuple(drilldown_steps),
        window=study.setup.window,
        epochs=best.epochs,
        images=10_000,
        train_examples=50_000,
        seeds=3,
        device="cpu",
        versions="torch 2.15.0",
        time="2026-11-21T09:00:00+00:00",
        seconds=3_600.0,
        identity=study.identity,
        seed=study.setup.seed,
    )


def write_example_predictions(
    study: Study, images: np.ndarray, labels: np.ndarray, wrong: int = 40
) -> None:
    """Write predictions with errors on the first images.

    images: (N, C, H, W), uint8. labels: (N,). wrong: number of errors.
    """
    draws = np.random.default_rng(1)
    labels = np.resize(np.asarray(labels, dtype=np.int64), 10_000)
    guesses, places = labels.copy(), np.arange(wrong)
    guesses[:wrong] = (labels[:wrong] + draws.integers(1, 3, wrong)) % study.setup.classes
    predictions = Predictions(
        labels=labels,
        predicted=guesses,
        probability=draws.uniform(0.3, 1.0, len(labels)).astype(np.float32),
        places=places,
        images=np.asarray(images[:wrong]),
        run=np.array([study.best().number, 0]),
        identity=np.array(study.identity),
    )
    write_predictions(predictions, predictions_path(study.folder))


def write_example_samples(
    study: Study, images: np.ndarray, classes: tuple[str, ...] = tuple("0123456789")
) -> None:
    """Write sample images; the augmented ones are upside down."""
    plain = np.asarray(images[:10])
    np.savez_compressed(
        study.folder / SAMPLES,
        trial=np.array(study.best().number),
        plain=plain,
        augmented=np.stack([plain[:, :, ::-1]] * 3),
        classes=np.array(classes),
        train=np.array(50_000),
        identity=np.array(study.identity),
    )


def complete_study(root: Path, dataset: Dataset, **options: Any) -> Study:
    """Return a study with everything that a report can show."""
    study = small_study(root, **options)
    write_confirmation(example_confirmation(study), study.folder)
    write_drilldown(example_drilldown(study), study.folder)
    images, labels = dataset.validation.images.numpy(), dataset.validation.labels.numpy()
    write_example_predictions(study, images, labels)
    write_example_samples(study, images)
    return study


def with_data(setup: StudySettings, data: str) -> StudySettings:
    """Return the settings with another data name and digest."""
    return replace(setup, data=data, digest="0" * 32)
