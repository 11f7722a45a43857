"""Seconds that the search itself costs per trial, without training, in the process of a run.

The real loop runs on the shipped space and objective, with a journal on disk, TPE, pruning and 16
candidates at a time. Each part of its work is timed. Two parts are not real: learning curves are
simulated (`search/training/engines/simulated.py`), and the existing trials of the study are written
in bulk with random choices. The 50 trials after them are measured.

Both wall-clock time and CPU time of the process are measured. On a busy machine, wall-clock time is
how long a run waits, and CPU time is how long it works.

The parts of a trial:

- propose: sample, describe and accept a candidate, including rejected proposals before it
- report: write the accuracies of the epochs to the storage
- verdict: decide whether to stop the candidate early
- close: record the trial, report its score and store the weights
- other: the rest of the loop, its events and their display

    python -m benchmarks.search_overhead.overhead                      # minutes
    python -m benchmarks.search_overhead.overhead --trials 100,1000    # --write keeps the results
"""

import json
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import mean, median, quantiles
from typing import Any

import click
import optuna
from optuna.samplers import RandomSampler
from optuna.trial import FrozenTrial, TrialState, create_trial

from benchmarks.environment import describe_cpu_result, result_file
from benchmarks.shipped_study import load_shipped_files, mnist_settings
from search.candidates.candidate import Candidate
from search.cli.run_log import RunTally, log_lines
from search.loop.admission import Admitted
from search.loop.events import Finished
from search.loop.run import CURVES, Run
from search.study.environment import versions
from search.study.records import candidate_attributes
from search.study.settings import StudySettings
from search.study.study import create_or_resume
from search.study.user_files import Objective, Space
from search.training.engines.simulated import SimulatedPool, simulated_accuracy

PHASES = ("propose", "report", "verdict", "close", "other")
MEASURED = 50  # trials at the end of each study
UNDER_WAY = 16  # candidates at a time
REJECTED = 4  # recorded trials per rejected trial: as with TPE on the shipped space
MOST_ASKS = 500  # choices drawn from one random study, because asking a long study takes longer
PACE = 3_600 / 3_000  # seconds per trial at 3,000 trials per hour
EARLY = 5  # epochs of a stopped candidate in the trials that are written in bulk
MARGIN = 0.001  # candidates this close to the best score are trained to the end
Seconds = tuple[float, float]  # wall clock, CPU time of the process


def now() -> Seconds:
    """Read both clocks."""
    return time.perf_counter(), time.process_time()


def since(begun: Seconds) -> Seconds:
    """Return the seconds since an earlier reading, by both clocks."""
    wall, cpu = now()
    return wall - begun[0], cpu - begun[1]


def added(first: Seconds, second: Seconds) -> Seconds:
    """Return the sum of two durations."""
    return first[0] + second[0], first[1] + second[1]


@dataclass
class Timed(Run):
    """A run that records the seconds of each part of its work, by trial."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.costs: dict[int, dict[str, Seconds]] = defaultdict(
            lambda: dict.fromkeys(PHASES, (0.0, 0.0))
        )

    def _search(self, admission: Any) -> Iterator[Any]:
        propose, waiting = admission.propose, (0.0, 0.0)

        def timed() -> Any:
            nonlocal waiting
            begun = now()
            proposed = propose()
            waiting = added(waiting, since(begun))
            if isinstance(proposed, Admitted):
                self._add("propose", proposed.trial.number, waiting)
                waiting = (0.0, 0.0)
            return proposed

        admission.propose = timed
        return super()._search(admission)

    def _advance(self, member: int, result: Any) -> Iterator[Any]:
        number, advance = self._under_way[member].number, super()._advance
        yield from self._timed("report", number, lambda: list(advance(member, result)))

    def _score_or_stop(self, progress: Any) -> Any:
        return self._timed("verdict", progress.number, partial(super()._score_or_stop, progress))

    def _finish_trial(self, member: int, end: Any) -> Iterator[Any]:
        number, finish = self._under_way[member].number, super()._finish_trial
        yield from self._timed("close", number, lambda: list(finish(member, end)))

    def _timed(self, phase: str, number: int, part: Callable[[], Any]) -> Any:
        begun = now()
        result = part()
        self._add(phase, number, since(begun))
        return result

    def _add(self, phase: str, number: int, seconds: Seconds) -> None:
        self.costs[number][phase] = added(self.costs[number][phase], seconds)


def measure(trials: int) -> dict[str, Any]:
    """Measure the last MEASURED trials of a study of that size; return plain data."""
    files = load_shipped_files()
    with tempfile.TemporaryDirectory() as folder:
        fill(Path(folder), *files, trials - MEASURED)
        begun = now()
        study = create_or_resume("study", Path(folder), mnist_settings(*files))
        pool, tally = SimulatedPool(UNDER_WAY), RunTally()
        run = Timed(study, *files, pool, trials + UNDER_WAY)
        events = run.events()
        assert isinstance(events, Generator)  # so that it can be closed
        tally.take(next(events))
        opening, _ = since(begun)
        begun = now()
        ended: list[int] = []
        while len(ended) < MEASURED:
            event = next(events)
            tally.take(event)
            log_lines(event, tally)
            if isinstance(event, Finished):
                ended.append(event.record.number)
        whole = since(begun)
        events.close()
        recorded = len(study.records())
    return {
        "trials": trials,
        "recorded": recorded,
        "n": len(ended),
        "stopped_early": tally.outcomes["stopped early"],
        "rejected": tally.outcomes["over budget"] + tally.outcomes["duplicate"],
        "seconds_to_open": round(opening, 3),
    } | summarise(run.costs, ended, whole, pool.drawing_seconds)


def summarise(
    costs: dict[int, dict[str, Seconds]], ended: list[int], whole: Seconds, drawing: float
) -> dict[str, Any]:
    """Return seconds per trial by part and clock, and their share at 3,000 trials per hour."""
    figures: dict[str, Any] = {}
    for index, clock in enumerate(("wall", "cpu")):
        parts = {phase: [costs[number][phase][index] for number in ended] for phase in PHASES}
        known = sum(seconds[index] for cost in costs.values() for seconds in cost.values())
        rest = max(0.0, whole[index] - known - drawing)  # not measured per trial
        parts["other"] = [rest / len(ended)] * len(ended)
        parts["all"] = [sum(trial) for trial in zip(*parts.values(), strict=True)]
        figures[f"{clock}_seconds_per_trial"] = {name: spread(of) for name, of in parts.items()}
        figures[f"{clock}_share_at_3000_an_hour"] = round(mean(parts["all"]) / PACE, 4)
    return figures


def spread(values: list[float]) -> dict[str, float]:
    """Return median, mean and 90th percentile."""
    tenth = quantiles(values, n=10)[-1]
    figures = {"median": median(values), "mean": mean(values), "p90": tenth}
    return {name: round(value, 5) for name, value in figures.items()}


def fill(root: Path, space: Space, objective: Objective, trained: int) -> None:
    """Write a study with that many trained or stopped candidates, and rejected ones in between."""
    study = create_or_resume("study", root, mnist_settings(space, objective))
    admitted, rejected, bar = 0, 0, 0.0
    for choices, candidate in random_candidates(space, study.setup):
        if admitted == trained:
            return
        number = admitted + rejected
        curve: tuple[float, ...] = ()
        if objective.budget.violations(candidate):
            if number < REJECTED * rejected:
                continue
            rejected += 1
        else:
            admitted += 1
            curve = curve_of(candidate, number, objective, bar)
        if len(curve) == candidate.recipe.epochs:
            bar = max(bar, objective.score(curve) - MARGIN)
        study.optuna.add_trial(recorded_trial(number, choices, candidate, curve, objective))


def random_candidates(
    space: Space, setup: StudySettings
) -> Iterator[tuple[FrozenTrial, Candidate]]:
    """Yield random choices and the resulting candidates, endlessly."""
    sampler = RandomSampler(seed=0)
    while True:
        study = optuna.create_study(sampler=sampler)
        for _ in range(MOST_ASKS):
            trial = study.ask()
            candidate = space.sample(trial, setup.task)
            yield study.get_trials(deepcopy=False)[-1], candidate


def curve_of(
    candidate: Candidate, number: int, objective: Objective, bar: float
) -> tuple[float, ...]:
    """Return the whole curve if its score reaches the bar, else its first EARLY epochs."""
    epochs = candidate.recipe.epochs
    curve = tuple(simulated_accuracy(candidate, number, epoch) for epoch in range(1, epochs + 1))
    return curve if objective.score(curve) >= bar else curve[:EARLY]


def recorded_trial(
    number: int,
    choices: FrozenTrial,
    candidate: Candidate,
    curve: tuple[float, ...],
    objective: Objective,
) -> FrozenTrial:
    """Return the trial in the form in which a run records it."""
    full = len(curve) == candidate.recipe.epochs
    outcome = "trained" if full else "stopped early" if curve else "over budget"
    attributes: dict[str, Any] = {
        **candidate_attributes(candidate),
        "origin": number,
        "runner": "",
        "reason": "",
    }
    if curve:
        attributes |= {name: list(curve) for name in CURVES}
        attributes |= {"seconds": 1.5, "device": "cpu", "versions": versions()}
    return create_trial(
        state=TrialState.COMPLETE if full else TrialState.PRUNED,
        value=objective.score(curve) if full else None,
        params=choices.params,
        distributions=choices.distributions,
        user_attrs={**attributes, "outcome": outcome},
        intermediate_values=dict(enumerate(curve, start=1)),
    )


def about() -> dict[str, Any]:
    """Return the conditions of the measurement."""
    return {
        **describe_cpu_result("seconds per trial outside training, in the process of a run"),
        "under_way": UNDER_WAY,
        "not_real": "curves are simulated; trials before the measured ones are written in bulk",
    }


def show(row: dict[str, Any]) -> None:
    """Print the results of one study."""
    click.echo(f"{row['trials']:,} trials, {row['recorded']:,} recorded, {row['n']} measured")
    for clock in ("wall", "cpu"):
        seconds, share = row[f"{clock}_seconds_per_trial"], row[f"{clock}_share_at_3000_an_hour"]
        parts = ", ".join(f"{name} {1000 * seconds[name]['mean']:.1f}" for name in PHASES)
        click.echo(
            f"  {clock:4} median {1000 * seconds['all']['median']:6.1f} ms per trial, "
            f"90th percentile {1000 * seconds['all']['p90']:6.1f} (means: {parts}); "
            f"{100 * share:.1f} % of the time at 3,000 trials per hour"
        )


@click.command()
@click.option(
    "--trials",
    default="100,1000,2000,10000",
    show_default=True,
    help="Study sizes in trials, separated by commas.",
)
@click.option("--write", is_flag=True, help="Also write the JSON to results/.")
@click.option(
    "--label", default="now", show_default=True, help="Key of these results in the JSON of --write."
)
def main(trials: str, write: bool, label: str) -> None:
    """Measure the seconds per trial outside training, for several sizes of a study."""
    rows = []
    for size in trials.split(","):
        rows.append(measure(int(size)))
        show(rows[-1])
    if write:
        path = result_file("overhead", "cpu")
        earlier = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        results = {**earlier, label: {**about(), "rows": rows}}
        path.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
