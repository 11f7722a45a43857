"""Comparison with published networks and public results. Never imports torch."""

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

HEAD = (*("", "network", "parameters", "epochs", "best", "lowest"), *("measured", "n"))


def baselines_section(report: ReportData) -> Section:
    """Return a table of test accuracies: this study, the public results, published networks."""
    title, short = "Published networks and public results", "Published results"
    if not report.public_results:
        reason = f"The published networks are for MNIST. There are none for {report.setup.data}."
        return Section("rivals", title, paragraph(reason), short)
    rows = [_ours(report), *_public_results(report), *_baselines(report)]
    caption = (
        "Accuracy on the 10,000 test images of MNIST. Best, lowest: published accuracy of the best "
        "epoch, and the lowest of the last 5 epochs, of single runs that their authors selected on "
        "the same test images. Measured: the lowest accuracy of the last epochs, mean over n runs "
        "trained on all training images, with nothing selected on the test set; the published "
        "networks were retrained with their published recipes. For irregularities and missing "
        "details of the published networks, run "
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
        ("public results" * (not place), result.name, f"{result.parameters:,}", str(result.epochs),
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
