"""Does TPE propose as well when it is shown a bounded part of a long study? Without training.

A search over the shipped space with drawn curves (search/training/engines/simulated.py), once with
all trials shown and once with the view that a study shows (search/seen.py), from the same seeds.
Stopped after the second epoch is what is not in the better third of all so far. Printed are errors
without noise, in percent of the images: of the best candidate, the median over the seeds, and the
mean of all that were admitted among the last third of the proposals, seed by seed.

    python benchmarks/view.py                  # 1,000 proposals, 6 seeds: a quarter of an hour
    python benchmarks/view.py --asks 400 --seeds 2 --recent 75
"""

import json
import time
from bisect import bisect, insort
from datetime import UTC, datetime
from pathlib import Path
from statistics import mean, median
from typing import Any, NamedTuple
from unittest.mock import patch

import click
import optuna
from optuna.trial import TrialState

from benchmarks.search_overhead.overhead import RESULTS, ROOT, about, setup_of
from search.loop.samplers import BEST, RECENT, STARTUP, SamplerView, sampler
from search.seeds import derive
from search.study.user_files import Objective, Space, load_objective, load_space
from search.training.engines.simulated import simulated_accuracy, simulated_error

ALL = 1_000_000  # trials shown: every one
LOOKED_AT = 2  # epochs after which a candidate is compared
MARKS = 5  # moments at which the best is noted, at equal distances


class Search(NamedTuple):
    """One search. best: error of the best so far at each mark. admitted: share of the proposals.

    late: mean error of the admitted candidates of the last third. seconds: CPU time of each of the
    last tenth of the proposals.
    """

    best: list[float]
    late: float
    admitted: float
    seconds: float


def search(space: Space, objective: Objective, seed: int, recent: int, asks: int) -> Search:
    """Proposals one after another, each told before the next."""
    setup = setup_of(space, objective)
    study = optuna.create_study(direction="maximize")
    seen = SamplerView(study.study_name, study._storage)  # noqa: SLF001 # Optuna has no public way
    compared: list[float] = []
    best, taught, marks, spent = 1.0, 0, [], 0.0
    late: list[float] = []
    with patch("search.loop.samplers.RECENT", recent):
        for order in range(asks):
            begun = time.process_time()
            seen.sampler = sampler("tpe", seed, order, taught)
            trial = seen.ask()
            candidate = space.sample(trial, setup.task)
            spent += (time.process_time() - begun) * (order >= 0.9 * asks)
            if setup.budget.violations(candidate):
                study.tell(trial, state=TrialState.PRUNED)
            else:
                taught += 1
                late += [simulated_error(candidate)] * (order >= asks * 2 / 3)
                draws = derive(seed, "draws", order)
                curve = [
                    simulated_accuracy(candidate, draws, n + 1)
                    for n in range(candidate.recipe.epochs)
                ]
                insort(compared, curve[LOOKED_AT - 1])
                place = len(compared) - bisect(compared, curve[LOOKED_AT - 1])
                stopped = taught > STARTUP and place > len(compared) / 3
                for epoch, reached in enumerate(curve[: LOOKED_AT if stopped else None], start=1):
                    trial.report(reached, epoch)
                if stopped:
                    study.tell(trial, state=TrialState.PRUNED)
                else:
                    study.tell(trial, objective.score(curve))
                    best = min(best, simulated_error(candidate))
            if (order + 1) % (asks // MARKS) == 0:
                marks.append(best)
    return Search(marks, mean(late), taught / asks, spent / (asks / 10))


def compare(found: dict[int, list[Search]], asks: int) -> dict[str, Any]:
    """By the number of the latest trials that were shown: medians, and the seeds one by one."""
    moments = [(mark + 1) * (asks // MARKS) for mark in range(MARKS)]
    rows = []
    for recent, runs in found.items():
        pairs = [(run.late, full.late) for run, full in zip(runs, found[ALL], strict=True)]
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
    return {"asks": asks, "seeds": len(found[ALL]), "rows": rows}


@click.command()
@click.option("--asks", default=1000, show_default=True, help="Proposals of a search.")
@click.option("--seeds", default=6, show_default=True)
@click.option("--recent", default=str(RECENT), show_default=True, help="Latest trials shown.")
@click.option("--write", is_flag=True, help="Keep the figures in results/.")
def main(asks: int, seeds: int, recent: str, write: bool) -> None:
    """The best candidate with all trials shown and with a bounded view."""
    files = load_space(ROOT / "space.py"), load_objective(ROOT / "objective.py")
    found: dict[int, list[Search]] = {ALL: [], **{int(number): [] for number in recent.split(",")}}
    for seed in range(seeds):
        for number, runs in found.items():
            runs.append(search(*files, seed, number, asks))
        click.echo(f"seed {seed}: {[runs[-1].late for runs in found.values()]}", err=True)
    question = "the best found with all trials shown to TPE and with a bounded view"
    told = {**about(), "question": question, **compare(found, asks)}
    told.pop("under_way")
    text = json.dumps(told, indent=1)
    click.echo(text)
    if write:
        path: Path = RESULTS / f"view-cpu-{datetime.now(UTC):%Y%m}.json"
        path.write_text(text + "\n")


if __name__ == "__main__":
    main()
