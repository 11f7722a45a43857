"""Seeds and public bars beside ours, and the way there step by step. Never imports torch."""

from search.candidates.wording import counted, percent
from search.evaluation.drilldown_values import Drilldown, Step
from search.evaluation.repeats import mean
from search.reporting.charts.baselines import scores
from search.reporting.charts.drilldown import draw_ladder, ladder
from search.reporting.markup import (
    Html,
    Section,
    chart,
    code,
    command,
    facts,
    join,
    paragraph,
    table,
    tag,
)
from search.reporting.report_data import Evidence

HEAD = (*("", "step", "parameters", "epochs", "best", "lowest of 5"), *("ours", "n"))


def published(found: Evidence) -> Section:
    """A table of figures on test: ours, the bars, the seeds."""
    title, short = "Seeds and public bars", "Seeds and bars"
    if not found.bars:
        told = f"The published networks were made for MNIST; none is for {found.setup.data}."
        return Section("rivals", title, paragraph(told), short)
    rows = [_ours(found), *_bars(found), *_seeds(found)]
    caption = (
        "Accuracy on the 10,000 test images of MNIST. Best and lowest of the last 5 epochs as "
        "published: single runs, chosen by their makers on the same test images. Ours: the mean "
        "over n repeats by the published recipe of the lowest of the last 5 epochs, trained on all "
        "training images, nothing chosen on test. What is odd about a seed, or was not published, "
        "tells "
    )
    told = join([caption, code("python -m search baselines"), "."])
    content = table(HEAD, rows, caption=told, words=(0, 1), kind="groups")
    return Section("rivals", title, content, short)


def _ours(found: Evidence) -> tuple[str, ...]:
    best, score, runs = found.best, "not confirmed", ""
    if found.confirmation:
        final = found.confirmation.final
        score, runs = percent(final.mean), str(len(final.runs))
    size = f"{best.parameters:,}"
    return (tag("b", "this study"), f"trial {best.number}", size, str(best.epochs), "", "",
            tag("b", score), runs)  # fmt: skip


def _bars(found: Evidence) -> list[tuple[str, ...]]:
    return [
        ("public bars" * (not place), bar.name, f"{bar.parameters:,}", str(bar.epochs),
         percent(bar.best), percent(bar.lowest), "", "")
        for place, bar in enumerate(found.bars)
    ]  # fmt: skip


def _seeds(found: Evidence) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    before = ""
    for each in found.baselines:
        ours = scores((found.measured or {}).get(each.name, ()))
        rows.append(
            (
                each.system if each.system != before else "",
                join([f"{each.step} ", tag("span", each.name, class_="faint")]),
                f"{each.parameters:,}",
                str(each.candidate.recipe.epochs) if each.candidate else "",
                _percent(each.published.best),
                _percent(each.published.lowest),
                percent(mean(ours)) if ours else "",
                str(len(ours)) if ours else "",
            )
        )
        before = each.system
    return rows


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
    alternative = "; ".join(f"{r.name}: {_percent(r.consistency) or 'failed'}" for r in drawn)
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
    failures = f"; failed: {'; '.join(step.failures)}" if step.failures else ""
    result = f"{step.parameters:,} parameters; every repeat failed"
    if step.consistency is not None:
        result = (
            f"{step.parameters:,} parameters; best training {percent(step.best_training)}, best "
            f"validation {percent(step.best_validation)}, consistency {percent(step.consistency)} "
            f"(n = {counted(len(step.scores), 'repeat')})"
        )
    told = (
        ("adds", step.adds),
        ("target", step.target),
        ("result", result + failures),
        ("analysis", step.analysis),
    )
    return tag(
        "article",
        tag("h3", f"{number}. {step.name}"),
        facts((name, text) for name, text in told if text),
        class_="step",
    )
