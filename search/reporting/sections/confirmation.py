"""Confirmation: race, test results, selection bias, public results, ledger. No torch."""

from search.candidates.wording import counted, duration, percent, whole_percent
from search.evaluation.results import Confirmation, FinalResult, RaceResult
from search.reporting.charts.confirmation import (
    draw_published_differences,
    draw_race,
    draw_runs,
    draw_selection_to_test,
    published_differences,
    race_rows,
    selection_to_test,
)
from search.reporting.markup import Html, Section, chart, command, join, paragraph, table, tag
from search.reporting.report_data import ReportData


def confirmation_section(report: ReportData) -> Section:
    """Return the result of `confirm`, or the command to run if there is none."""
    confirmation = report.confirmation
    if confirmation is None:
        content = join(
            [
                paragraph(
                    "The study is not confirmed yet. A confirmation retrains the best candidates "
                    "with new random seeds, compares them on the validation set, retrains the "
                    "winner on all training images and evaluates only the winner on the test set:"
                ),
                command(f"python -m search confirm{report.options}"),
            ]
        )
        return Section("confirmation", "Confirmation", content)
    parts = [
        *_race(confirmation.race),
        *_test(confirmation),
        *_selection_bias(confirmation),
        *_differences(confirmation.final),
        _ledger(report),
    ]
    return Section("confirmation", "Confirmation", join(parts))


def _race(race: RaceResult) -> list[Html]:
    racers = race_rows(race)
    outcomes = {racer.name: racer.outcome for racer in racers}
    figure = draw_race(racers, race)
    alternative = f"Repeats of {len(racers)} candidates; winner: trial {race.winner}"
    rivals = ", ".join(str(trial) for trial in race.rivals)
    summary = (
        f"The best {counted(len(race.racers), 'candidate')} of the search were trained again "
        "with new random seeds. A candidate was dropped as soon as it was clearly inferior. The "
        f"runs of the search are not used here. The winner is trial {race.winner}"
    )
    summary += (
        f". Not significantly different from it: trial {rivals}."
        if rivals
        else "; no other candidate is statistically comparable."
    )
    rows = [
        (
            str(racer.trial),
            f"{racer.parameters:,}",
            percent(racer.selected),
            percent(racer.mean) if racer.scores else "",
            "" if racer.spread is None else f"{100 * racer.spread:.3f}",
            f"{len(racer.scores)}",
            racer.why or outcomes[f"trial {racer.trial}"],
        )
        for racer in race.racers
    ]
    head = ("trial", "parameters", "in the search", "mean", "spread", "n", "outcome")
    caption = (
        f"Validation consistency on {race.images:,} images. In the search: the run by which the "
        "candidate was selected. Mean, spread: of the n repeats, the spread being the standard "
        "deviation in percentage points."
    )
    return [
        paragraph(summary),
        chart(figure, "race", alternative),
        table(head, rows, caption=caption, words=(6,)),
    ]


def _test(confirmation: Confirmation) -> list[Html]:
    final, reach = confirmation.final, confirmation.final.reach
    rows = [
        (
            f"{run.number}" + " (exported)" * (run.number == final.median),
            percent(run.consistency),
            percent(max(run.accuracy)),
            percent(run.accuracy[-1]),
            str(run.seed),
            duration(run.seconds),
        )
        for run in final.runs
    ]
    foot = ("mean", percent(final.mean), "", "", "", "")
    head = ("run", "consistency", "best epoch", "last epoch", "seed", "time")
    caption = (
        f"Test accuracy, n = {final.images:,} test images, after training on "
        f"{final.train_examples:,} images. Exported: the run with the median consistency."
    )
    chance = "" if reach.probability is None else (
        " Estimated from the mean and spread of the runs, a new run does so with a probability of "
        f"{whole_percent(reach.probability)}."
    )  # fmt: skip
    level, low, high = map(
        whole_percent, (reach.interval.level, reach.interval.low, reach.interval.high)
    )
    return [
        paragraph(
            f"Only trial {final.trial} was then trained on all training images and evaluated on "
            f"the test set. {reach.hits} of {counted(reach.runs, 'run')} reached "
            f"{percent(reach.target)} in all of the last {confirmation.window} epochs "
            f"({level} interval for this proportion: {low} to {high})." + chance
        ),
        chart(
            draw_runs(final, confirmation.window, reach.target),
            "runs",
            f"Test accuracy per epoch of {len(final.runs)} runs; mean consistency "
            f"{percent(final.mean)}, lowest {percent(final.worst)}",
        ),
        table(head, rows, caption=caption, words=(0,), foot=foot),
    ]


def _selection_bias(confirmation: Confirmation) -> list[Html]:
    bias = confirmation.luck
    stages = selection_to_test(confirmation)
    alternative = "; ".join(f"{stage.name}: {percent(stage.consistency)}" for stage in stages)
    return [
        tag("h3", "Selection bias"),
        paragraph(
            "From the run in the search to the mean of the repeats, the validation consistency "
            f"{_moved(bias.to_repeats)}. From there to the test set, after training on all "
            f"training images, it {_moved(bias.to_test)}. Selecting the best of "
            f"{bias.candidates:,} candidates by one run each is expected to overestimate its "
            f"score by {100 * bias.expected:.2f} percentage points."
        ),
        chart(draw_selection_to_test(stages, confirmation.final.interval), "luck", alternative),
    ]


def _moved(drop: float) -> str:
    points = f"{100 * abs(drop):.2f} percentage points"
    return f"fell by {points}" if drop >= 0 else f"rose by {points}"


def _differences(final: FinalResult) -> list[Html]:
    differences = published_differences(final)
    if not differences:
        return []
    above = sum(difference.low > 0 for difference in differences)
    below = sum(difference.high < 0 for difference in differences)
    undecided = len(differences) - above - below
    parts = [f"significantly above {above}"] * bool(above)
    parts += [f"significantly below {below}"] * bool(below)
    parts += [f"not significantly different from {undecided}"] * bool(undecided)
    level = whole_percent(final.differences[0].interval.level)
    alternative = "; ".join(
        f"{difference.name}: {difference.points:+.2f} points" for difference in differences
    )
    return [
        tag("h3", "Comparison with public results"),
        paragraph(
            f"The mean test consistency is {', '.join(parts)} of "
            f"{counted(len(differences), 'public result')} ({level} intervals). The public "
            "networks differ in size; the number of parameters is given for each."
        ),
        chart(draw_published_differences(differences, final), "bars", alternative, broad=True),
    ]


def _ledger(report: ReportData) -> Html:
    rows = [
        (opening.time.replace("T", " ")[:16], opening.candidate or "", opening.reason)
        for opening in report.openings
    ]
    head = ("time (UTC)", "candidate", "reason")
    caption = f"{counted(len(rows), 'evaluation')} on the test set of this data, from `ledger`."
    openings = table(head, rows, caption=caption, words=(0, 1, 2))
    return tag("details", tag("summary", "Log of test-set evaluations"), openings)
