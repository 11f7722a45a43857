"""The answer: the selected candidate, its score and the uncertainty. Never imports torch."""

from search.candidates.wording import comma_separated, counted, percent, whole_percent
from search.evaluation.intervals import expected_optimism, standard_error, wilson_interval
from search.reporting.markup import Html, bullet_list, code, join, paragraph, tag
from search.reporting.report_data import ReportData
from search.study.smallest import RUNS, frontier


def answer(report: ReportData) -> Html:
    """The head of the page."""
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
        parts.append(
            tag("div", tag("b", "Beware."), bullet_list(report.caveats), class_="notice warn")
        )
    return tag("header", *parts)


def _smallest(report: ReportData, target: float) -> list[Html]:
    """The answer of a study that searches for the smallest network."""
    smallest, size = frontier(report.records, target), report.setup.validation_images
    images = f"n = {size:,} validation images" if size else "the validation split"
    holding = f"that hold {percent(target)}"
    title = ["No answer yet", tag("span", f" among the networks {holding}")]
    if smallest.answer:
        title = [f"{smallest.answer.parameters:,}", tag("span", f" parameters {holding}")]
    trained = counted(len(report.ranking), "candidate")
    return [
        tag("h1", *title),
        paragraph(
            f"Sought: {report.setup.goal}, over the last {counted(report.setup.window, 'epoch')} "
            f"on {images}; {'; '.join(smallest.summary)}. {trained} trained to the end within "
            f"{report.setup.budget}.",
            class_="lead",
        ),
        tag(
            "div",
            tag("b", "Held on validation, not confirmed."),
            f" {RUNS} runs must reach the target before a candidate is believed, but they are "
            "measured on the images that the search chose by. What it is worth on images that the "
            "search never saw, over several seeds, is found by ",
            code(f"python -m search confirm{report.options}"),
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
    luck = ""
    if images:
        error = 100 * standard_error(score, images)
        low, high = wilson_interval(score, images)
        luck = (
            f" From n alone the 95 % interval is {percent(low)} to {percent(high)}, standard error "
            f"{error:.2f} points."
        )
    trained = counted(len(report.ranking), "candidate")
    return [
        tag("h1", percent(score), tag("span", f" with {best.parameters:,} parameters")),
        paragraph(
            f"Validation consistency {span} of trial {best.number}, {size}, the best of {trained} "
            f"trained to the end within {report.setup.budget}.",
            class_="lead",
        ),
        tag(
            "div",
            tag("b", "Selected, not confirmed."),
            " This is the figure that the search chose by, so luck is in it: the best of "
            f"{trained} on the same images.{luck} Another seed may do worse. What it is worth on "
            "images that the search never saw, over several seeds, is found by ",
            code(f"python -m search confirm{report.options}"),
            class_="notice warn",
        ),
    ]


def _confirmed(report: ReportData) -> list[Html]:
    assert report.confirmation is not None
    final, best = report.confirmation.final, report.best
    span = f"the last {report.confirmation.window} of {counted(best.epochs, 'epoch')}"
    interval = f"{percent(final.interval.low)} to {percent(final.interval.high)}"
    overtaken = report.ranking[0].number != best.number
    ahead = f" By selection alone trial {report.ranking[0].number} stands ahead of it."
    return [
        tag("h1", percent(final.mean), tag("span", f" with {best.parameters:,} parameters")),
        paragraph(
            f"Test consistency of trial {best.number}: the lowest accuracy over {span}, mean of "
            f"{counted(len(final.runs), 'run')} on all {final.train_examples:,} training images, "
            f"n = {final.images:,} test images.",
            class_="lead",
        ),
        tag(
            "div",
            tag("b", "Confirmed"),
            " on images that the search never saw. The "
            f"{whole_percent(final.interval.level)} interval for a new run on new images is "
            f"{interval}; it accounts for both seeds and the size of the test set. Worst run "
            f"{percent(final.worst)}, spread {100 * final.spread:.3f} points." + ahead * overtaken,
            class_="notice good",
        ),
    ]


def _key_figures(report: ReportData) -> Html:
    best, setup = report.best, report.setup
    share = best.parameters / setup.budget.parameters
    trained = sum(record.counts for record in report.records)
    over = sum(record.outcome == "over budget" for record in report.records)
    figures = [
        (
            f"{best.parameters:,}",
            f"parameters, {whole_percent(share)} of the {setup.budget.parameters:,} allowed",
        ),
        (f"{best.macs:,}", "multiply-accumulates per image"),
        *_accuracy_figures(report),
        (f"{trained:,}", f"candidates trained; {over:,} over budget, at no cost"),
        (f"{len(report.openings):,}", "openings of these test images so far, by the ledger"),
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
    chance = comma_separated(
        [
            f"chance that a new run holds {percent(reach.target)} for the whole window",
            f"{reach.hits} of {reach.runs} did",
        ]
    )
    probability = "?" if reach.probability is None else whole_percent(reach.probability)
    return [
        (percent(report.confirmation.final.worst), "consistency of the worst run, test"),
        (probability, chance),
    ]


def _expected_optimism(report: ReportData) -> list[tuple[str, str]]:
    """The optimism to expect in the best score, had each candidate had images of its own.

    They share the images, so it is less. The spread over seeds is not known before a confirmation.
    """
    images = report.setup.validation_images
    scores = [record.consistency or 0.0 for record in report.ranking]
    if not images or len(scores) < 2:
        return []
    luck = expected_optimism(scores, standard_error(scores[0], images))
    meaning = f"points of luck at most to expect in the best of {len(scores):,}, from n alone"
    return [(f"{100 * luck:.2f}", meaning)]


def footer(report: ReportData) -> Html:
    """The end of the page."""
    times = counted(len(report.openings), "time")
    return tag(
        "footer",
        join(
            [
                paragraph(
                    f"The test images of these data were opened {times} so far; the ledger of the "
                    "studies folder says when, by which command and for which candidate. "
                    "The search itself never sees them."
                ),
                paragraph("Written by ", code(f"python -m search report{report.options}"), "."),
            ]
        ),
    )
