"""Whether TPE proposes equally good candidates if it is given only part of a long study.

Searches the shipped space with simulated learning curves (`search/training/engines/simulated.py`),
once with all trials given to TPE and once with the view that a study uses (`SamplerView` in
`search/loop/samplers.py`), with the same seeds. Nothing is trained. Candidates that are not in the
best third after the second epoch are stopped.

Prints errors without noise, in percent of the images: the error of the best candidate, as the
median over the seeds, and the mean error of the accepted candidates in the last third of the
proposals, for each seed.

    python -m benchmarks.search_overhead.tpe_view    # 1,000 proposals, 6 seeds: 15 minutes
    python -m benchmarks.search_overhead.tpe_view --asks 400 --seeds 2 --recent 75
"""

import json
import time
from bisect import bisect, insort
from statistics import mean, median
from typing import Any, NamedTuple
from unittest.mock import patch

import click
import optuna
from optuna.trial import TrialState

from benchmarks.environment import describe_cpu_result, result_file
from benchmarks.shipped_study import load_shipped_files, mnist_settings
from search.loop.samplers import BEST, RECENT, STARTUP, SamplerView, sampler
from search.seeds import derive
from search.study.user_files import Objective, Space
from search.training.engines.simulated import simulated_accuracy, simulated_error

ALL = 1_000_000  # trials given to TPE: more than a study has
LOOKED_AT = 2  # epochs after which a candidate is compared with the others
MARKS = 5  # number of evenly spaced moments at which the best error is recorded


class Search(NamedTuple):
    """The results of one search.

    best: error of the best candidate so far at each mark. late: mean error of the accepted
    candidates in the last third of the proposals. admitted: share of accepted proposals. seconds:
    mean CPU time per proposal in the last tenth.
    """

    best: list[float]
    late: float
    admitted: float
    seconds: float


def search(space: Space, objective: Objective, seed: int, recent: int, asks: int) -> Search:
    """Run one search sequentially: each proposal is evaluated before the next one."""
    setup = mnist_settings(space, objective)
    study = optuna.create_study(direction="maximize")
    view = SamplerView(study.study_name, study._storage)  # noqa: SLF001 # no public API in Optuna
    compared: list[float] = []
    best, admitted, marks, spent = 1.0, 0, [], 0.0
    late: list[float] = []
    with patch("search.loop.samplers.RECENT", recent):
        for order in range(asks):
            begun = time.process_time()
            view.sampler = sampler("tpe", seed, order, admitted)
            trial = view.ask()
            candidate = space.sample(trial, setup.task)
            spent += (time.process_time() - begun) * (order >= 0.9 * asks)
            if setup.budget.violations(candidate):
                study.tell(trial, state=TrialState.PRUNED)
            else:
                admitted += 1
                late += [simulated_error(candidate)] * (order >= asks * 2 / 3)
                draws = derive(seed, "draws", order)
                curve = [
                    simulated_accuracy(candidate, draws, n + 1)
                    for n in range(candidate.recipe.epochs)
                ]
                insort(compared, curve[LOOKED_AT - 1])
                place = len(compared) - bisect(compared, curve[LOOKED_AT - 1])
                stopped = admitted > STARTUP and place > len(compared) / 3
                for epoch, reached in enumerate(curve[: LOOKED_AT if stopped else None], start=1):
                    trial.report(reached, epoch)
                if stopped:
                    study.tell(trial, state=TrialState.PRUNED)
                else:
                    study.tell(trial, objective.score(curve))
                    best = min(best, simulated_error(candidate))
            if (order + 1) % (asks // MARKS) == 0:
                marks.append(best)
    return Search(marks, mean(late), admitted / asks, spent / (asks / 10))


def compare(searches: dict[int, list[Search]], asks: int) -> dict[str, Any]:
    """Return results by number of latest trials given to TPE; searches[ALL] is the reference."""
    moments = [(mark + 1) * (asks // MARKS) for mark in range(MARKS)]
    rows = []
    for recent, runs in searches.items():
        pairs = [(run.late, full.late) for run, full in zip(runs, searches[ALL], strict=True)]
        rows.append(
            {
                "shown": "all" if recent == ALL else BEST + recent,
                "best_error_percent": {
                    str(moment): round(100 * median(run.best[mark] for run in runs), 4)
                    for mark, moment in enumerate(moments)
                },
                "late_error_percent": [round(100 * own, 4) for own, _ in pairs],
                "late_better_equal_worse_than_all": [
                    sum(own < other for own, other in pairs),
                    sum(own == other for own, other in pairs),
                    sum(own > other for own, other in pairs),
                ],
                "admitted": round(mean(run.admitted for run in runs), 3),
                "cpu_seconds_per_late_proposal": round(median(run.seconds for run in runs), 4),
            }
        )
    return {"asks": asks, "seeds": len(searches[ALL]), "rows": rows}


@click.command()
@click.option("--asks", default=1000, show_default=True, help="Proposals per search.")
@click.option("--seeds", default=6, show_default=True, help="Searches of each kind.")
@click.option(
    "--recent",
    default=str(RECENT),
    show_default=True,
    help="Numbers of latest trials given to TPE, separated by commas.",
)
@click.option("--write", is_flag=True, help="Also write the JSON to results/.")
def main(asks: int, seeds: int, recent: str, write: bool) -> None:
    """Compare searches by TPE with all trials and with a bounded view of a study's trials."""
    files = load_shipped_files()
    shown = (ALL, *map(int, recent.split(",")))
    searches: dict[int, list[Search]] = {number: [] for number in shown}
    for seed in range(seeds):
        for number, runs in searches.items():
            runs.append(search(*files, seed=seed, recent=number, asks=asks))
        errors = ", ".join(f"{100 * runs[-1].late:.4f} %" for runs in searches.values())
        click.echo(f"seed {seed}: mean errors of late proposals {errors}", err=True)
    question = "errors found if TPE is given all trials and if it is given a bounded view"
    facts = describe_cpu_result(question) | {"not_real": "curves are simulated"}
    text = json.dumps({**facts, **compare(searches, asks)}, indent=1)
    click.echo(text)
    if write:
        result_file("view", "cpu").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
