"""The confirmation: race, test figures, selection bias, public results and ledger. No torch."""

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
    """The result of `confirm`, or the command that produces it."""
    confirmation = report.confirmation
    if confirmation is None:
        content = join(
            [
                paragraph(
                    "There is none yet. It retrains the best candidates over fresh seeds, lets "
                    "them race on validation, retrains the winner on all training images and then "
                    "opens the test images for it alone:"
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
    figure = draw_race(racers, race)
    alternative = f"Repeats of {len(racers)} candidates; trial {race.winner} wins"
    rivals = ", ".join(str(trial) for trial in race.rivals)
    summary = (
        f"The best {counted(len(race.racers), 'candidate')} of the search were trained again over "
        "fresh seeds; a candidate left as soon as it could not be best any more. The selected run "
        f"counts for nothing here. Trial {race.winner} wins"
    )
    summary += f"; not told apart from it: trial {rivals}." if rivals else ", and stands alone."
    rows = [
        (
            str(racer.trial),
            f"{racer.parameters:,}",
            percent(racer.selected),
            percent(racer.mean) if racer.scores else "",
            "" if racer.spread is None else f"{100 * racer.spread:.3f}",
            f"{len(racer.scores)}",
            racer.why or ("winner" if racer.trial == race.winner else "stayed to the end"),
        )
        for racer in race.racers
    ]
    head = ("trial", "parameters", "selected", "mean", "spread", "n", "what became of it")
    caption = (
        f"Validation consistency, n = {race.images:,} images; n: repeats; spread: standard "
        "deviation over them, in points."
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
    caption = f"On n = {final.images:,} test images, {final.train_examples:,} images learned from."
    chance = "" if reach.probability is None else (
        " By mean and spread, a new run does so with a probability of "
        f"{whole_percent(reach.probability)}."
    )  # fmt: skip
    level, low, high = map(
        whole_percent, (reach.interval.level, reach.interval.low, reach.interval.high)
    )
    return [
        paragraph(
            f"Then trial {final.trial} alone was trained on all training images, and the test "
            "images were opened for it. All of the last "
            f"{confirmation.window} epochs reached {percent(reach.target)} in {reach.hits} of "
            f"{counted(reach.runs, 'run')} ({level} interval for the share of runs that do: {low} "
            f"to {high})." + chance
        ),
        chart(
            draw_runs(final, confirmation.window, reach.target),
            "runs",
            f"Test accuracy of {len(final.runs)} runs per epoch; mean consistency "
            f"{percent(final.mean)}, worst {percent(final.worst)}",
        ),
        table(head, rows, caption=caption, words=(0,), foot=foot),
    ]


def _selection_bias(confirmation: Confirmation) -> list[Html]:
    bias = confirmation.luck
    stages = selection_to_test(confirmation)
    alternative = "; ".join(f"{stage.name}: {percent(stage.consistency)}" for stage in stages)
    return [
        tag("h3", "How much was luck"),
        paragraph(
            "From the selected run to the mean of its repeats the score "
            f"{_moved(bias.to_repeats)}, and from there to the test, with all training images, it "
            f"{_moved(bias.to_test)}. "
            f"Taking the best of {bias.candidates:,} candidates by one run each is expected to "
            f"flatter by {100 * bias.expected:.2f} points."
        ),
        chart(draw_selection_to_test(stages, confirmation.final.interval), "luck", alternative),
    ]


def _moved(drop: float) -> str:
    points = f"{100 * abs(drop):.2f} points"
    return f"fell by {points}" if drop >= 0 else f"rose by {points}"


def _differences(final: FinalResult) -> list[Html]:
    differences = published_differences(final)
    if not differences:
        return []
    above = sum(difference.low > 0 for difference in differences)
    below = sum(difference.high < 0 for difference in differences)
    undecided = len(differences) - above - below
    parts = [f"surely above {above}"] * bool(above)
    parts += [f"surely below {below}"] * bool(below)
    parts += [f"not to be told apart from {undecided} at this n"] * bool(undecided)
    alternative = "; ".join(
        f"{difference.name}: {difference.points:+.2f} points" for difference in differences
    )
    return [
        tag("h3", "Against the public bars"),
        paragraph(
            f"Of {counted(len(differences), 'bar')}, ours is {', '.join(parts)}. The bars have "
            "other sizes: each is named with its parameters."
        ),
        chart(draw_published_differences(differences, final), "bars", alternative, broad=True),
    ]


def _ledger(report: ReportData) -> Html:
    rows = [
        (opening.time.replace("T", " ")[:16], opening.candidate or "", opening.reason)
        for opening in report.openings
    ]
    head = ("time (UTC)", "candidate", "reason")
    caption = f"The ledger: these test images were opened {counted(len(rows), 'time')}."
    openings = table(head, rows, caption=caption, words=(0, 1, 2))
    return tag("details", tag("summary", "The ledger of test openings"), openings)
