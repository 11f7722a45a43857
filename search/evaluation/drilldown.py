"""Drill-down: training and analysis of the steps from a plain network to the best one.

All steps are scored on the study's validation split, never on test images. Each repeat is written
to the study's repeat file as soon as it ends, so that no repeat is trained twice. `ingredients`
defines the steps, and `step_analysis` writes the analysis text.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from search.candidates.candidate import Candidate
from search.candidates.wording import counted, percent
from search.data.dataset import Dataset
from search.errors import FrugalError
from search.evaluation.ingredients import Variant, variants, with_epochs
from search.evaluation.intervals import FEWEST, mean_curve
from search.evaluation.repeats import Repeat, RepeatFile, drilldown_key, drilldown_seed
from search.evaluation.results import Drilldown, Step
from search.evaluation.retraining import (
    FixedPlan,
    RepeatEvent,
    RepeatJob,
    RepeatTraining,
    ScoredOn,
    load_study_data,
)
from search.evaluation.side_files import study_confirmation, study_repeats
from search.evaluation.step_analysis import (
    Situation,
    StepMeasures,
    analyse,
    next_step_sentence,
    percentage_points,
    target_sentence,
)
from search.study.locks import exclusive_lock
from search.study.records import Record
from search.study.settings import StudySettings
from search.study.study import Study
from search.study.user_files import saved_objective
from search.training.interrupts import Stopping, ending_on_interrupt
from search.training.pool import Pool

OpenPool = Callable[[Dataset], Pool]
Show = Callable[[RepeatEvent | Stopping], object]
Score = Callable[[Sequence[float]], float]


@dataclass(frozen=True)
class DrilldownRun:
    """A drill-down of a study.

    trial: the trial with the candidate of the last step; None for the confirmed winner or, without
    a confirmation, the best trial. seeds: number of repeats per step. epochs: per training run;
    None for those of the recipe. FrugalError if there is no such trial, or if `seeds` or `epochs`
    is below 1.
    """

    study: Study
    trial: int | None = None
    seeds: int = 1
    epochs: int | None = None

    def __post_init__(self) -> None:
        for name, value in (("seeds", self.seeds), ("epochs", self.epochs)):
            if value is not None and value < 1:
                raise FrugalError(f"--{name} {value}: must be at least 1")
        self.study.setup.check_trained(self.study.name, "drilldown")
        self.record  # noqa: B018 # raises before anything is trained
        saved_objective(self.study).score([0.5] * self.length)

    @cached_property
    def record(self) -> Record:
        """The trial with the candidate of the last step."""
        best = self.study.best()
        confirmed = study_confirmation(self.study)
        winner = confirmed.race.winner if confirmed else best.number
        number = winner if self.trial is None else self.trial
        for record in self.study.ranking():
            if record.number == number:
                return record
        raise FrugalError(
            f"study {self.study.name} has no trial {number} that was trained to the end: "
            f"choose one that {self.study.command('show')} lists"
        )

    @cached_property
    def candidate(self) -> Candidate:
        """The candidate of the last step: the trial's, with the requested number of epochs."""
        candidate = self.record.candidate
        assert candidate is not None  # a trained trial has one
        return with_epochs(candidate, self.epochs or candidate.recipe.epochs)

    @property
    def length(self) -> int:
        """The number of epochs per training run."""
        return self.candidate.recipe.epochs

    @cached_property
    def repeat_file(self) -> RepeatFile:
        """The study's repeat file."""
        return study_repeats(self.study)

    def missing(self) -> list[RepeatJob]:
        """The repeats not trained yet: the first ones of all steps, then the second ones etc."""
        steps, _ = variants(self.candidate)
        trained = {(repeat.key, repeat.number) for repeat in self.repeat_file.read()}
        jobs = [self._job(step, number) for number in range(self.seeds) for step in steps]
        return [job for job in jobs if (job.key, job.number) not in trained]

    def train(self, open_pool: OpenPool, show: Show | None = None, data: str | None = None) -> bool:
        """Train the missing repeats; return whether all repeats are complete now.

        The first Ctrl-C ends the training at the next epoch. data: new location of the study's
        data, None for the recorded one. FrugalError if the images there are not the study's, or if
        another process runs a drill-down of the study.
        """
        doing = f"a drill-down of study {self.study.name} is running"
        with exclusive_lock(self.study.folder / ".drilldown.lock", doing):
            jobs = self.missing()
            if not jobs:
                return True
            dataset = load_study_data(self.study, data)
            scored = ScoredOn("validation", len(dataset.validation), len(dataset.train))
            with open_pool(dataset) as pool:
                repeating = RepeatTraining(pool, FixedPlan(jobs), self.repeat_file, scored)
                with ending_on_interrupt(repeating, show):
                    for event in repeating.events():
                        if show:
                            show(event)
            return not self.missing()

    def result(self) -> Drilldown:
        """The result of the drill-down, once no repeat is missing."""
        steps, left_out = variants(self.candidate)
        repeats = [self._repeats(step) for step in steps]
        trained = [repeat for of_step in repeats for repeat in of_step]
        setup = self.study.setup
        window = min(setup.window, self.length)
        analysed = analysed_steps(steps, repeats, setup, saved_objective(self.study).score, window)
        if self.record.candidate == self.candidate:
            analysed = (*analysed[:-1], with_selected_run(analysed[-1], self.record))
        return Drilldown(
            study=self.study.name,
            trial=self.record.number,
            steps=analysed,
            window=window,
            epochs=self.length,
            images=trained[0].images,
            train_examples=trained[0].train_examples,
            seeds=self.seeds,
            device=", ".join(dict.fromkeys(repeat.device for repeat in trained)),
            versions="; ".join(dict.fromkeys(repeat.versions for repeat in trained)),
            time=max(repeat.time for repeat in trained),
            seconds=round(sum(repeat.seconds for repeat in trained), 3),
            caveats=(*setup.caveats, *self._caveats(left_out)),
            identity=self.study.identity,
            seed=setup.seed,
        )

    def _job(self, step: Variant, number: int) -> RepeatJob:
        seed, name = self.study.setup.seed, step.ingredient.name
        draws = drilldown_seed(seed, self.record.origin, name, number)
        return RepeatJob(self._key(step), number, step.candidate, draws, name)

    def _key(self, step: Variant) -> str:
        """The key of a step's repeats in the repeat file."""
        return drilldown_key(self.record.number, self.length, step.ingredient.name)

    def _repeats(self, step: Variant) -> tuple[Repeat, ...]:
        recorded = {
            repeat.number: repeat for repeat in self.repeat_file.of(self._key(step), "validation")
        }
        return tuple(recorded[number] for number in range(self.seeds))

    def _caveats(self, left_out: Sequence[str]) -> Iterator[str]:
        candidate = self.record.candidate
        if candidate is not None and candidate.recipe.epochs != self.length:
            own = counted(candidate.recipe.epochs, "epoch")
            yield f"trained for {counted(self.length, 'epoch')} instead of the recipe's {own}"
        if self.length < self.study.setup.window:
            yield (
                f"consistency covers {counted(self.length, 'epoch')}, fewer than the study's "
                f"window of {self.study.setup.window}"
            )
        if self.seeds < FEWEST:
            yield (
                "one repeat per step: noise and effect cannot be separated because the spread is "
                "unknown; use --seeds 3 to measure it"
            )
        if left_out:
            yield f"ingredients that trial {self.record.number} does not use: {', '.join(left_out)}"


def analysed_steps(
    variants: Sequence[Variant],
    repeats: Sequence[Sequence[Repeat]],
    setup: StudySettings,
    score: Score,
    window: int,
) -> tuple[Step, ...]:
    """The measured and analysed steps.

    repeats: at least one per variant, including failed ones. window: number of last epochs that
    the consistency covers.
    """
    steps: list[Step] = []
    before: StepMeasures | None = None
    later = [(variant.ingredient.name, variant.ingredient.serves) for variant in variants[1:]]
    for variant, of_step, following in zip(variants, repeats, [*later, None], strict=True):
        now = measured_step(variant.candidate, of_step, setup, score, window)
        target = variant.ingredient.target(Situation(before, now.limit))
        sentences = (
            target_sentence(target.reached(now)),
            *analyse(now, before),
            next_step_sentence(now, before, following),
        )
        steps.append(_step(variant, now, target.words, " ".join(sentences)))
        before = now
    return tuple(steps)


def with_selected_run(step: Step, chosen: Record) -> Step:
    """The last step with a comparison to the run by which its candidate was selected."""
    if step.consistency is None or chosen.consistency is None:
        return step
    fall = chosen.consistency - step.consistency
    comparison = (
        f"In the search, trial {chosen.number} was selected with {percent(chosen.consistency)}, "
        f"{percentage_points(fall)} {'above' if fall >= 0 else 'below'} the result with new seeds."
    )
    return replace(step, analysis=f"{step.analysis} {comparison}")


def measured_step(
    candidate: Candidate, repeats: Sequence[Repeat], setup: StudySettings, score: Score, window: int
) -> StepMeasures:
    """The measurements of a step, from the repeats of its candidate."""
    ended = [repeat for repeat in repeats if not repeat.failure]
    return StepMeasures(
        parameters=candidate.architecture.parameters,
        curves=tuple(repeat.accuracy for repeat in ended),
        training=tuple(repeat.training_accuracy for repeat in ended),
        scores=tuple(score(repeat.accuracy) for repeat in ended),
        images=repeats[0].images,
        train_examples=repeats[0].train_examples,
        window=window,
        classes=setup.classes,
        limit=setup.budget.parameters,
        handicaps=training_handicaps(candidate),
        failures=tuple(repeat.failure for repeat in repeats if repeat.failure),
    )


def training_handicaps(candidate: Candidate) -> tuple[str, ...]:
    """Reasons why the training accuracy may be below the accuracy on unseen images, in words."""
    augmentation = candidate.recipe.augmentation
    dropped = any(layer.kind == "dropout" for layer in candidate.architecture.layers)
    handicaps = (
        ("on augmented images", augmentation.changes),
        ("with dropout", dropped),
        ("before the weights are averaged", candidate.recipe.ema),
    )
    return tuple(words for words, present in handicaps if present)


def _step(variant: Variant, now: StepMeasures, target: str, analysis: str) -> Step:
    return Step(
        name=variant.ingredient.name,
        adds=variant.adds,
        target=target,
        analysis=analysis,
        candidate=variant.candidate,
        parameters=now.parameters,
        best_training=now.best_training,
        best_validation=now.best_validation,
        consistency=now.consistency,
        scores=now.scores,
        curve=mean_curve(now.curves),
        training=mean_curve(now.training),
        failures=now.failures,
    )
