"""The steps of a drill-down told from their repeats: target, result, analysis. No torch."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from search.candidates.candidate import Candidate
from search.candidates.wording import percent
from search.evaluation.analysis import analyse, outlook, points, verdict
from search.evaluation.drilldown_values import Step
from search.evaluation.ingredients import Variant
from search.evaluation.repeats import Repeat
from search.evaluation.step_analysis import Measures, mean_curve
from search.evaluation.targets import Situation
from search.study.records import Record
from search.study.settings import Setup

Score = Callable[[Sequence[float]], float]


def tell(
    variants: Sequence[Variant],
    repeats: Sequence[Sequence[Repeat]],
    setup: Setup,
    score: Score,
    window: int,
) -> tuple[Step, ...]:
    """The steps. repeats: of each variant, at least one, failed or not. window: last epochs."""
    told: list[Step] = []
    before: Measures | None = None
    coming = [(each.ingredient.name, each.ingredient.serves) for each in variants[1:]]
    for variant, its, following in zip(variants, repeats, [*coming, None], strict=True):
        now = measured(variant.candidate, its, setup, score, window)
        target = variant.ingredient.target(Situation(before, now.limit))
        sentences = (
            verdict(target.reached(now)),
            *analyse(now, before),
            outlook(now, before, following),
        )
        told.append(_step(variant, now, target.words, " ".join(sentences)))
        before = now
    return tuple(told)


def beside(step: Step, chosen: Record) -> Step:
    """The last step, with how it fared beside the run that its candidate was chosen by."""
    if step.consistency is None or chosen.consistency is None:
        return step
    fall = chosen.consistency - step.consistency
    told = (
        f"The run that trial {chosen.number} was chosen by reached {percent(chosen.consistency)}, "
        f"{points(fall)} {'above' if fall >= 0 else 'below'} these fresh draws."
    )
    return replace(step, analysis=f"{step.analysis} {told}")


def measured(
    candidate: Candidate, repeats: Sequence[Repeat], setup: Setup, score: Score, window: int
) -> Measures:
    """What the repeats of a variant measured."""
    ended = [repeat for repeat in repeats if not repeat.failure]
    return Measures(
        candidate.architecture.parameters,
        tuple(repeat.accuracy for repeat in ended),
        tuple(repeat.training_accuracy for repeat in ended),
        tuple(score(repeat.accuracy) for repeat in ended),
        repeats[0].images,
        repeats[0].train_examples,
        window,
        setup.classes,
        setup.budget.parameters,
        handicaps(candidate),
        tuple(repeat.failure for repeat in repeats if repeat.failure),
    )


def handicaps(candidate: Candidate) -> tuple[str, ...]:
    """What makes a training accuracy lower than the same network's on unseen images."""
    augmentation = candidate.recipe.augmentation
    dropped = any(layer.kind == "dropout" for layer in candidate.architecture.layers)
    given = (
        ("on augmented images", augmentation.moves or augmentation.jitter),
        ("with dropout", dropped),
        ("before the weights are averaged", candidate.recipe.ema),
    )
    return tuple(words for words, present in given if present)


def _step(variant: Variant, now: Measures, target: str, analysis: str) -> Step:
    return Step(
        variant.ingredient.name,
        variant.adds,
        target,
        analysis,
        variant.candidate,
        now.parameters,
        now.best_training,
        now.best_validation,
        now.consistency,
        now.scores,
        mean_curve(now.curves),
        mean_curve(now.training),
        now.failures,
    )
