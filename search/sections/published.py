"""Seeds and public bars beside ours, and the way there step by step. Never imports torch."""

from search.baselines import Baseline
from search.charts.ladder import draw_ladder, ladder
from search.charts.rivals import scores
from search.drilldown import Drilldown, Step
from search.evidence import Evidence
from search.pages import Html, Section, chart, command, join, paragraph, table, tag
from search.repeats import mean
from search.words import counted, percent

HEAD = ("", "parameters", "epochs", "best", "lowest of last 5", "ours, by its recipe", "n")


def comparison(found: Evidence) -> Section:
    """A table of figures on test: ours, the bars, the seeds."""
    if not found.bars:
        told = paragraph(
            f"The published networks were made for MNIST; none is for {found.setup.data}."
        )
        return Section("rivals", "Seeds and public bars", told, "Seeds, bars")
    rows = [_ours(found), *_bars(found), *(_seed(found, each) for each in found.baselines)]
    caption = (
        "Accuracy in % on the 10,000 test images of MNIST. Best and lowest as published: single "
        "runs, chosen by their makers on the same test images. Ours, by its recipe: the mean over "
        "n repeats of the lowest of the last epochs, all training images, nothing chosen on test."
    )
    return Section(
        "rivals",
        "Seeds and public bars",
        table(HEAD, rows, caption=caption, words=(0,)),
        "Seeds, bars",
    )


def _ours(found: Evidence) -> tuple[str, ...]:
    best = found.best
    name, size = tag("b", f"this study, trial {best.number}"), f"{best.parameters:,}"
    if found.confirmation is None:
        return (name, size, str(best.epochs), "", "", "not confirmed", "")
    final = found.confirmation.final
    return (name, size, str(best.epochs), "", "", percent(final.mean), str(len(final.runs)))


def _bars(found: Evidence) -> list[tuple[str, ...]]:
    return [
        (bar.name, f"{bar.parameters:,}", str(bar.epochs), percent(bar.best), percent(bar.lowest),
         "", "")
        for bar in found.bars
    ]  # fmt: skip


def _seed(found: Evidence, each: Baseline) -> tuple[str, ...]:
    ours = scores((found.measured or {}).get(each.name, ()))
    return (
        join([f"{each.system}, {each.step} ", tag("span", each.name, class_="faint")]),
        f"{each.parameters:,}",
        str(each.candidate.recipe.epochs) if each.candidate else "",
        _percent(each.published.best),
        _percent(each.published.lowest),
        percent(mean(ours)) if ours else "",
        str(len(ours)) if ours else "",
    )


def _percent(accuracy: float | None) -> str:
    return "" if accuracy is None else percent(accuracy)


def steps(found: Evidence) -> Section:
    """The drill-down, or how to make one."""
    told = found.drilldown
    if told is None:
        content = join(
            [
                paragraph("From a plain network to the best one, an ingredient at a time:"),
                command(f"python -m search drilldown{found.study_option}"),
            ]
        )
        return Section("drilldown", "The way there", content)
    parts = [_introduction(told)]
    drawn = ladder(told)
    alternative = "; ".join(f"{r.name}: {percent(r.consistency or 0.0)}" for r in drawn)
    parts.append(chart(draw_ladder(drawn, told), "drilldown-figure", alternative))
    parts += [_step(number, step) for number, step in enumerate(told.steps, start=1)]
    return Section("drilldown", "The way there", join(parts))


def _introduction(told: Drilldown) -> Html:
    return paragraph(
        f"From a plain network to the candidate of trial {told.trial} in "
        f"{counted(len(told.steps), 'step')}: each takes one ingredient more, is trained on "
        f"{told.train_examples:,} images over {counted(told.seeds, 'seed')}, and says what the "
        "next should address."
    )


def _step(number: int, step: Step) -> Html:
    score = percent(step.consistency) if step.consistency is not None else "every repeat failed"
    result = (
        f"{step.parameters:,} parameters; best training {percent(step.best_training)}, best "
        f"validation {percent(step.best_validation)}, consistency {score} "
        f"(n = {counted(len(step.scores), 'repeat')})"
    )
    told = (
        ("adds", step.adds),
        ("target", step.target),
        ("result", result),
        ("analysis", step.analysis),
    )
    lines = (tag("div", tag("dt", name), tag("dd", text)) for name, text in told if text)
    return tag("article", tag("h3", f"{number}. {step.name}"), tag("dl", *lines), class_="step")
