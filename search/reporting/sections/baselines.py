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


def baselines_section(report: ReportData) -> Section:
    """A table of figures on test: ours, the public results, the baselines."""
    title, short = "Seeds and public bars", "Seeds and bars"
    if not report.public_results:
        reason = f"The published networks were made for MNIST; none is for {report.setup.data}."
        return Section("rivals", title, paragraph(reason), short)
    rows = [_ours(report), *_public_results(report), *_baselines(report)]
    caption = (
        "Accuracy on the 10,000 test images of MNIST. Best and lowest of the last 5 epochs as "
        "published: single runs, chosen by their makers on the same test images. Ours: the mean "
        "over n repeats by the published recipe of the lowest of the last 5 epochs, trained on all "
        "training images, nothing chosen on test. What is odd about a seed, or was not published, "
        "tells "
    )
    linked = join([caption, code("python -m search baselines"), "."])
    content = table(HEAD, rows, caption=linked, words=(0, 1), kind="groups")
    return Section("rivals", title, content, short)


def _ours(report: ReportData) -> tuple[str, ...]:
    best, score, runs = report.best, "not confirmed", ""
    if report.confirmation:
        final = report.confirmation.final
        score, runs = percent(final.mean), str(len(final.runs))
    size = f"{best.parameters:,}"
    return (tag("b", "this study"), f"trial {best.number}", size, str(best.epochs), "", "",
            tag("b", score), runs)  # fmt: skip


def _public_results(report: ReportData) -> list[tuple[str, ...]]:
    return [
        ("public bars" * (not place), result.name, f"{result.parameters:,}", str(result.epochs),
         percent(result.best), percent(result.lowest), "", "")
        for place, result in enumerate(report.public_results)
    ]  # fmt: skip


def _baselines(report: ReportData) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    last_system = ""
    for baseline in report.baselines:
        ours = lowest_scores((report.baseline_repeats or {}).get(baseline.name, ()))
        rows.append(
            (
                baseline.system if baseline.system != last_system else "",
                join([f"{baseline.step} ", tag("span", baseline.name, class_="faint")]),
                f"{baseline.parameters:,}",
                str(baseline.candidate.recipe.epochs) if baseline.candidate else "",
                _percent(baseline.published.best),
                _percent(baseline.published.lowest),
                percent(mean(ours)) if ours else "",
                str(len(ours)) if ours else "",
            )
        )
        last_system = baseline.system
    return rows


def _percent(accuracy: float | None) -> str:
    return "" if accuracy is None else percent(accuracy)
