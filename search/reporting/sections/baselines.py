"""Published networks and public results beside ours. Never imports torch."""

from search.candidates.wording import percent
from search.evaluation.intervals import mean
from search.reporting.charts.baselines import lowest_scores
from search.reporting.markup import (
    Section,
    code,
    join,
    paragraph,
    table,
    tag,
)
from search.reporting.report_data import ReportData

HEAD = (*("", "step", "parameters", "epochs", "best", "lowest of 5"), *("ours", "n"))


def baselines(found: ReportData) -> Section:
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


def _ours(found: ReportData) -> tuple[str, ...]:
    best, score, runs = found.best, "not confirmed", ""
    if found.confirmation:
        final = found.confirmation.final
        score, runs = percent(final.mean), str(len(final.runs))
    size = f"{best.parameters:,}"
    return (tag("b", "this study"), f"trial {best.number}", size, str(best.epochs), "", "",
            tag("b", score), runs)  # fmt: skip


def _bars(found: ReportData) -> list[tuple[str, ...]]:
    return [
        ("public bars" * (not place), bar.name, f"{bar.parameters:,}", str(bar.epochs),
         percent(bar.best), percent(bar.lowest), "", "")
        for place, bar in enumerate(found.bars)
    ]  # fmt: skip


def _seeds(found: ReportData) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    before = ""
    for each in found.baselines:
        ours = lowest_scores((found.measured or {}).get(each.name, ()))
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
