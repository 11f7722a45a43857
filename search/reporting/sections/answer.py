"""The head of the report: the best candidate, its score and uncertainty. Never imports torch."""

from collections import Counter

from search.candidates.wording import counted, frozen_words, percent, whole_percent
from search.evaluation.intervals import expected_optimism, standard_error, wilson_interval
from search.reporting.markup import Html, bullet_list, code, join, paragraph, tag
from search.reporting.report_data import ReportData
from search.study.records import rejected_words
from search.study.smallest import RUNS, frontier


def answer(report: ReportData) -> Html:
    """Return the head of the page."""
    parts = [
        tag(
            "p",
            "Frugal",
            " · study ",
            tag("b", report.name),
            " · data ",
            report.setup.data,
            class_="kicker",
        ),
        *(_confirmed(report) if report.confirmation else _selected(report)),
        _key_figures(report),
    ]
    if report.caveats:
        title = tag("b", "Limitations")
        parts.append(tag("div", title, bullet_list(report.caveats), class_="notice warn"))
    return tag("header", *parts)


def _smallest(report: ReportData, target: float) -> list[Html]:
    """Return the result of a study that searches for the smallest network."""
    smallest, size = frontier(report.records, target), report.setup.validation_images
    images = f"n = {size:,} validation images" if size else "the validation split"
    title = ["No result yet", tag("span", f": no network verified to reach {percent(target)}")]
    verified = "Verified" if smallest.answer else "Not verified"
    if smallest.answer:
        reaching = f" parameters reach {percent(target)}"
        title = [f"{smallest.answer.parameters:,}", tag("span", reaching)]
    trained = counted(len(report.ranking), "candidate")
    return [
        tag("h1", *title),
        paragraph(
            f"Goal: {report.setup.goal}, over the last {counted(report.setup.window, 'epoch')} "
            f"on {images}; {'; '.join(smallest.summary)}. {trained} trained to the end within "
            f"the budget of {report.setup.budget}.",
            class_="lead",
        ),
        tag(
            "div",
            tag("b", f"{verified} on the validation set, not confirmed on the test set."),
            f" A candidate is verified if {RUNS} runs with different random seeds reach the "
            "target. These runs are scored on the images used for selection. To measure the "
            "candidate on the test set, which the search does not use, run ",
            code(f"python -m search confirm{report.options}"),
            ".",
            class_="notice warn",
        ),
    ]


def _selected(report: ReportData) -> list[Html]:
    if report.setup.target is not None:
        return _smallest(report, report.setup.target)
    best, images = report.best, report.setup.validation_images
    score = best.consistency or 0.0
    size = f"n = {images:,} validation images" if images else "the validation split"
    span = f"over the last {report.setup.window} of {counted(best.epochs, 'epoch')}"
    uncertainty = ""
    if images:
        error = 100 * standard_error(score, images)
        low, high = wilson_interval(score, images)
        uncertainty = (
            f" Considering only n, the 95 % interval is {percent(low)} to {percent(high)} "
            f"(standard error {error:.2f} percentage points)."
        )
    trained = counted(len(report.ranking), "candidate")
    return [
        tag("h1", percent(score), tag("span", f" with {best.parameters:,} parameters")),
        paragraph(
            f"Validation consistency of trial {best.number} {span}, {size}: the best of {trained} "
            f"trained to the end within the budget of {report.setup.budget}.",
            class_="lead",
        ),
        tag(
            "div",
            tag("b", "Selected, not confirmed."),
            " The candidate was selected by this score, the best of "
            f"{trained} on the same images, so the score is biased by selection.{uncertainty} "
            "Another random seed may give a lower score. To measure the candidate over several "
            "seeds and on the test set, which the search does not use, run ",
            code(f"python -m search confirm{report.options}"),
            ".",
            class_="notice warn",
        ),
    ]


def _confirmed(report: ReportData) -> list[Html]:
    assert report.confirmation is not None
    final, best = report.confirmation.final, report.best
    span = f"the last {report.confirmation.window} of {counted(best.epochs, 'epoch')}"
    interval = f"{percent(final.interval.low)} to {percent(final.interval.high)}"
    overtaken = report.ranking[0].number != best.number
    ahead = f" Trial {report.ranking[0].number} now ranks first on the validation set."
    return [
        tag("h1", percent(final.mean), tag("span", f" with {best.parameters:,} parameters")),
        paragraph(
            f"Test consistency of trial {best.number}: the lowest accuracy over {span}, mean of "
            f"{counted(len(final.runs), 'run')} trained on all {final.train_examples:,} training "
            f"images, n = {final.images:,} test images.",
            class_="lead",
        ),
        tag(
            "div",
            tag("b", "Confirmed"),
            " on test images that the search does not use. The "
            f"{whole_percent(final.interval.level)} interval for the expected consistency is "
            f"{interval}; it accounts for random seeds and for the size of the test set. Worst "
            f"run: {percent(final.worst)}; standard deviation over the runs: "
            f"{100 * final.spread:.3f} percentage points." + ahead * overtaken,
            class_="notice good",
        ),
    ]


def _key_figures(report: ReportData) -> Html:
    best, setup = report.best, report.setup
    frozen = frozen_words(best.candidate.architecture.frozen) if best.candidate else ""
    share = best.parameters / setup.budget.parameters
    trained = sum(record.counts for record in report.records)
    rejected = rejected_words(Counter(r.outcome for r in report.records)) or "none"
    figures = [
        (
            f"{best.parameters:,}",
            f"parameters, {whole_percent(share)} of the budget of "
            f"{setup.budget.parameters:,}{frozen}",
        ),
        (f"{best.macs:,}", "multiply-accumulates per image"),
        *_accuracy_figures(report),
        (f"{trained:,}", f"candidates trained; rejected without training: {rejected}"),
        (f"{len(report.openings):,}", "evaluations on the test set so far"),
    ]
    return tag(
        "dl", *(tag("div", tag("dd", n), tag("dt", text)) for n, text in figures), class_="tiles"
    )


def _accuracy_figures(report: ReportData) -> list[tuple[str, str]]:
    if report.confirmation is None:
        best = report.best
        last = best.validation_accuracy[-1] if best.validation_accuracy else 0.0
        return [
            (percent(last), "validation accuracy after the last epoch"),
            *_expected_optimism(report),
        ]
    reach = report.confirmation.final.reach
    chance = (
        f"estimated probability that a new run reaches {percent(reach.target)} in every epoch of "
        f"the window; {reach.hits} of {reach.runs} did"
    )
    probability = "?" if reach.probability is None else whole_percent(reach.probability)
    return [
        (percent(report.confirmation.final.worst), "test consistency of the worst run"),
        (probability, chance),
    ]


def _expected_optimism(report: ReportData) -> list[tuple[str, str]]:
    """Return an upper estimate of the selection bias of the best score, from n alone.

    It assumes that each candidate is scored on its own images. The candidates share the images, so
    the bias is smaller. The spread over seeds is unknown before a confirmation.
    """
    images = report.setup.validation_images
    scores = [record.consistency or 0.0 for record in report.ranking]
    if not images or len(scores) < 2:
        return []
    bias = expected_optimism(scores, standard_error(scores[0], images))
    meaning = (
        f"percentage points: upper estimate of the selection bias of the best of {len(scores):,}, "
        "considering only n"
    )
    return [(f"{100 * bias:.2f}", meaning)]


def footer(report: ReportData) -> Html:
    """Return the end of the page."""
    return tag(
        "footer",
        join(
            [
                paragraph(
                    "Evaluations on the test set of this data so far: "
                    f"{len(report.openings):,}. The file ",
                    code("ledger"),
                    " in the studies folder records the time, command and candidate of each "
                    "evaluation. The search itself does not use test images.",
                ),
                paragraph("Generated by ", code(f"python -m search report{report.options}"), "."),
            ]
        ),
    )
