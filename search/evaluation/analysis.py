"""What a step's figures say, in words that are computed from them. Never imports torch.

Over- or underfitting, what the parameters were worth, how steady the last epochs are, and what
that calls for next. A difference smaller than noise is called so.
"""

from collections.abc import Sequence
from typing import Literal

from search.candidates.wording import counted, percent, sentence
from search.evaluation.step_analysis import Measures, change, noise, repeated

Need = Literal["training", "size", "fit", "overfitting", "steadiness"]
REMEDIES: dict[Need, str] = {
    "training": "something that makes it train",
    "size": "a smaller network",
    "fit": "a better fit",
    "overfitting": "regularisation",
    "steadiness": "steadier last epochs",
}


def analyse(now: Measures, before: Measures | None) -> list[str]:
    """The sentences about one step, in order. before: of the step before, None for the first."""
    if not now.learned:
        return [_not_learned(now)]
    told = [_failed_too(now)] if now.failures else []
    if before is not None and before.learned:
        told += [_change(now, before), _gap(now), _capacity(now, before)]
    else:
        told += [
            "The step before learned next to nothing: there is nothing to compare with."
        ] * bool(before)
        told += [_gap(now), _size(now)]
    return [*told, _steadiness(now)]


def needs(now: Measures, before: Measures | None = None) -> tuple[Need, ...]:
    """What the figures call for, most urgent first; none where nothing stands out.

    before: of the step before, whose consistency is to be won back where it was lost.
    """
    if not now.learned:
        return ("training",)
    compared = before if before is not None and before.learned else None
    lost = compared is not None and -change(now, compared) > noise(now, compared)
    unfit = now.climbing or lost or (not now.handicaps and now.gap <= now.gap_noise)
    found: list[tuple[Need, bool]] = [
        ("size", now.parameters > now.limit),
        ("overfitting", now.gap > now.gap_noise),
        ("fit", unfit),
        ("steadiness", now.unsteady and not now.climbing),
    ]
    return tuple(need for need, given in found if given)


def points(difference: float) -> str:
    """An amount of accuracy: 0.0052 is "0.52 points"."""
    return f"{100 * abs(difference):.2f} points"


def _not_learned(now: Measures) -> str:
    if now.curves:
        return (
            f"Learned next to nothing: {percent(now.best_validation)} at best, guessing one of "
            f"{now.classes} classes gives {percent(1 / now.classes)}."
        )
    reasons = "; ".join(dict.fromkeys(now.failures))
    return f"Did not train: {reasons} ({counted(len(now.failures), 'repeat')})."


def _failed_too(now: Measures) -> str:
    every = len(now.failures) + len(now.curves)
    reasons = "; ".join(dict.fromkeys(now.failures))
    return f"{len(now.failures)} of {every} repeats failed ({reasons}): figures are of the others."


def _change(now: Measures, before: Measures) -> str:
    rise, chance = change(now, before), noise(now, before)
    way = "above" if rise >= 0 else "below"
    told = f"Consistency {percent(now.consistency or 0.0)}, {points(rise)} {way} the step before"
    if abs(rise) <= chance:
        return f"{told}: within noise ({points(chance)})."
    alone = "" if repeated(now, before) else f" of {now.images:,} images alone"
    return f"{told}: more than the noise{alone} explains ({points(chance)})."


def _gap(now: Measures) -> str:
    figures = (
        f"best training accuracy {percent(now.best_training)}, {points(now.gap)} "
        f"{'above' if now.gap >= 0 else 'below'} the best validation accuracy "
        f"{percent(now.best_validation)}"
    )
    harder = f"although training is measured {joined(now.handicaps)}" if now.handicaps else ""
    if now.gap > now.gap_noise:
        return f"Overfits: {sentence([figures, harder])}."
    if now.handicaps:
        return (
            f"Not overfitting as far as can be seen: {figures}; training is measured "
            f"{joined(now.handicaps)}, so that it is expected to be lower."
        )
    if now.gap < -now.gap_noise:
        return (
            f"Underfits: {figures}; it is measured while the weights of an epoch still change, "
            "which alone makes it a little lower."
        )
    return f"Learns nothing by heart: {figures}, within noise ({points(now.gap_noise)})."


def _size(now: Measures) -> str:
    return f"Capacity: {counted(now.parameters, 'parameter')}, {_against_limit(now)}."


def _against_limit(now: Measures) -> str:
    over = now.parameters - now.limit
    if over > 0:
        return f"{over:,} over the {now.limit:,} allowed"
    return f"within the {now.limit:,} allowed"


def _capacity(now: Measures, before: Measures) -> str:
    more, rise = now.parameters - before.parameters, change(now, before)
    size = f"Capacity: {counted(now.parameters, 'parameter')}, {_against_limit(now)}"
    if not more:
        return f"{size}, as many as before."
    amount = f"{abs(more):,} {'more' if more > 0 else 'fewer'} than before"
    if abs(rise) <= noise(now, before):
        worth = "brought nothing" if more > 0 else "cost nothing"
        return f"{size}; {amount}, which {worth} that can be measured."
    worth = f"{'gained' if rise > 0 else 'lost'} {points(rise)}"
    rate = f"{100 * abs(rise) / abs(more) * 1_000:.2g} points per 1,000 parameters"
    return f"{size}; {amount}, which {worth}: {rate}."


def _steadiness(now: Measures) -> str:
    if now.window == 1:
        return "Only the last epoch counts: how steady the training is cannot be told."
    span = f"by {points(now.swing)} over the last {counted(now.window, 'epoch')}"
    if now.climbing:
        return f"Still climbing: validation accuracy rises {span}."
    if now.unsteady:
        return (
            f"Unsteady: validation accuracy varies {span}, more than {now.images:,} images "
            f"explain ({points(now.resolution)})."
        )
    return f"Steady: validation accuracy varies {span}."


def joined(handicaps: Sequence[str]) -> str:
    """How training is measured: "on augmented images and with dropout". At least one."""
    *others, last = handicaps
    return f"{', '.join(others)} and {last}" if others else last


def outlook(
    now: Measures, before: Measures | None, following: tuple[str, Sequence[Need]] | None
) -> str:
    """What the figures call for, and whether the next step is for that.

    before: of the step before, if any. following: the next step's name and what it serves, None
    after the last one.
    """
    found = needs(now, before)
    if not found:
        told = f"Nothing stands out in {now.images:,} images"
        return f"{told}; next comes {following[0]} all the same." if following else f"{told}."
    called = f"The figures call for {', then '.join(REMEDIES[need] for need in found)}"
    if following is None:
        return f"{called}: what a next step would have to address."
    name, serves = following
    if served := [need for need in found if need in serves]:
        which = "the first" if served[0] == found[0] else REMEDIES[served[0]]
        which = which if len(found) > 1 else "that"
        return f"{called}; next comes {name}, which is for {which}."
    return f"{called}; next comes {name}, which is for something else: {REMEDIES[serves[0]]}."


def verdict(reached: bool | None) -> str:
    """Whether a target was reached, None where noise does not let that be said."""
    if reached is None:
        return "Target neither reached nor missed: within noise."
    return f"Target {'reached' if reached else 'missed'}."
