"""What does the search itself cost, without training? Seconds of a run's own process per trial.

The real loop on the shipped space and objective, with the journal on disk, TPE and pruning, and 16
candidates under way: what it does for a trial is timed where it is done. Two things are not real:
the curves are drawn instead of trained (search/training/engines/simulated.py), and the trials that
a study already holds are written in bulk, their choices drawn at random, before 50 more are
measured.

Seconds are of the wall clock, and of the process's own CPU time beside them: on a busy machine the
first say what a run waits for, the second what it does.

propose: sample, describe and admit, the rejected proposals before it included. report: the epochs'
accuracies to the storage. verdict: whether to stop it early. close: write what is known, tell the
score, keep the weights. other: the rest of the loop, events and their readers.

    python benchmarks/overhead.py                      # 100, 1,000, 2,000 and 10,000; minutes
    python benchmarks/overhead.py --trials 100,1000    # prints; --write also keeps the figures
"""

import json
import platform
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import mean, median, quantiles
from typing import Any

import click
import optuna
from optuna.samplers import RandomSampler
from optuna.trial import FrozenTrial, TrialState, create_trial

from search.candidates.candidate import Candidate
from search.cli.run_log import RunTally, log_lines
from search.loop.admission import Admitted
from search.loop.events import Finished
from search.loop.run import CURVES, Run
from search.study.environment import versions
from search.study.records import candidate_attributes
from search.study.settings import StudySettings
from search.study.study import create_or_resume
from search.study.user_files import Objective, Space, load_objective, load_space
from search.training.engines.simulated import SimulatedPool, simulated_accuracy

ROOT = Path(__file__).parents[2]
RESULTS = Path(__file__).parents[1] / "results"
PHASES = ("propose", "report", "verdict", "close", "other")
MEASURED = 50  # trials at the end of each study
UNDER_WAY = 16  # candidates at a time
REJECTED = 4  # recorded trials for each rejected one among them: TPE's share on the shipped space
TOLD = 500  # asks of one study that draws choices; asking costs more the longer it is
PACE = 3_600 / 3_000  # seconds of wall time for a trial, at 3,000 an hour
EARLY = 5  # epochs of a candidate that was stopped early, among those written in bulk
Seconds = tuple[float, float]  # by the wall clock, of the process's CPU


def now() -> Seconds:
    """Both clocks."""
    return time.perf_counter(), time.process_time()


def since(begun: Seconds) -> Seconds:
    """Seconds since then by both."""
    wall, cpu = now()
    return wall - begun[0], cpu - begun[1]


def added(first: Seconds, second: Seconds) -> Seconds:
    """Their sum."""
    return first[0] + second[0], first[1] + second[1]


@dataclass
class Timed(Run):
    """A run that keeps what each of its parts cost, by trial."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.costs: dict[int, dict[str, Seconds]] = defaultdict(
            lambda: dict.fromkeys(PHASES, (0.0, 0.0))
        )

    def _search(self, admission: Any, started: float) -> Iterator[Any]:
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
        return super()._search(admission, started)

    def _advance(self, progress: Any, result: Any) -> Any:
        return self._timed("report", progress.number, partial(super()._advance, progress, result))

    def _verdict(self, progress: Any) -> Any:
        return self._timed("verdict", progress.number, partial(super()._verdict, progress))

    def _close(self, member: int, *ended: Any) -> Any:
        number = self._under_way[member].number
        return self._timed("close", number, partial(super()._close, member, *ended))

    def _timed(self, phase: str, number: int, part: Callable[[], Any]) -> Any:
        begun = now()
        told = part()
        self._add(phase, number, since(begun))
        return told

    def _add(self, phase: str, number: int, seconds: Seconds) -> None:
        self.costs[number][phase] = added(self.costs[number][phase], seconds)


def measure(trials: int) -> dict[str, Any]:
    """The costs of the last trials of a study of that size, as plain data."""
    files = load_space(ROOT / "space.py"), load_objective(ROOT / "objective.py")
    with tempfile.TemporaryDirectory() as folder:
        fill(Path(folder), *files, trials - MEASURED)
        begun = now()
        study = create_or_resume("study", Path(folder), setup_of(*files))
        pool, tally = SimulatedPool(UNDER_WAY), RunTally()
        run = Timed(study, *files, pool, trials + UNDER_WAY)
        events = run.events()
        tally.take(next(events))
        opening, _ = since(begun)
        begun, ended = now(), []
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
    } | told(run.costs, ended, whole, pool.drawing_seconds)


def told(
    costs: dict[int, dict[str, Seconds]], ended: list[int], whole: Seconds, drawing: float
) -> dict[str, Any]:
    """Seconds per trial by part and clock, and the share of the wall time at 3,000 an hour."""
    figures: dict[str, Any] = {}
    for index, clock in enumerate(("wall", "cpu")):
        parts = {phase: [costs[number][phase][index] for number in ended] for phase in PHASES}
        known = sum(seconds[index] for cost in costs.values() for seconds in cost.values())
        rest = max(0.0, whole[index] - known - drawing)  # not told apart by trial
        parts["other"] = [rest / len(ended)] * len(ended)
        parts["all"] = [sum(trial) for trial in zip(*parts.values(), strict=True)]
        figures[f"{clock}_seconds_per_trial"] = {name: spread(of) for name, of in parts.items()}
        figures[f"{clock}_share_at_3000_an_hour"] = round(mean(parts["all"]) / PACE, 4)
    return figures


def spread(values: list[float]) -> dict[str, float]:
    """Median, mean and 90th percentile."""
    tenth = quantiles(values, n=10)[-1]
    figures = {"median": median(values), "mean": mean(values), "p90": tenth}
    return {name: round(value, 5) for name, value in figures.items()}


# the trials that a study already holds
def fill(root: Path, space: Space, objective: Objective, trained: int) -> None:
    """Writes a study that holds so many trained candidates, and rejected ones among them."""
    study = create_or_resume("study", root, setup_of(space, objective))
    made, over, bar = 0, 0, 0.0
    for choices, candidate in drawn(space, study.setup):
        if made == trained:
            return
        rejected = bool(objective.budget.violations(candidate))
        if rejected and (made + over) < REJECTED * over:
            continue
        number = made + over
        made, over = made + (not rejected), over + rejected
        curve = () if rejected else curve_of(candidate, number, objective, bar)
        if len(curve) == candidate.recipe.epochs:
            bar = max(bar, objective.score(curve) - 0.001)
        study.optuna.add_trial(recorded(number, choices, candidate, curve, objective))


def drawn(space: Space, setup: StudySettings) -> Iterator[tuple[FrozenTrial, Candidate]]:
    """Choices at random and the candidates that they make."""
    sampler = RandomSampler(seed=0)
    while True:
        aside = optuna.create_study(sampler=sampler)
        for _ in range(TOLD):
            trial = aside.ask()
            candidate = space.sample(trial, setup.task)
            yield aside.get_trials(deepcopy=False)[-1], candidate


def curve_of(
    candidate: Candidate, number: int, objective: Objective, bar: float
) -> tuple[float, ...]:
    """As it would be trained: to the end where its score comes near the best, else not."""
    epochs = candidate.recipe.epochs
    curve = tuple(simulated_accuracy(candidate, number, epoch) for epoch in range(1, epochs + 1))
    return curve if objective.score(curve) >= bar else curve[:EARLY]


def recorded(
    number: int,
    choices: FrozenTrial,
    candidate: Candidate,
    curve: tuple[float, ...],
    objective: Objective,
) -> FrozenTrial:
    """The trial as a run leaves it."""
    full = len(curve) == candidate.recipe.epochs
    outcome = "trained" if full else "stopped early" if curve else "over budget"
    known: dict[str, Any] = {
        **candidate_attributes(candidate),
        "origin": number,
        "runner": "",
        "reason": "",
    }
    if curve:
        known |= {**{name: list(curve) for name in CURVES}, "seconds": 1.5, "device": "cpu"}
        known["versions"] = versions()
    return create_trial(
        state=TrialState.COMPLETE if full else TrialState.PRUNED,
        value=objective.score(curve) if full else None,
        params=choices.params,
        distributions=choices.distributions,
        user_attrs={**known, "outcome": outcome},
        intermediate_values=dict(enumerate(curve, start=1)),
    )


def setup_of(space: Space, objective: Objective) -> StudySettings:
    """What a study of MNIST by the shipped files is made of."""
    return StudySettings(
        data="mnist",
        digest="0123456789",
        image=(1, 28, 28),
        classes=10,
        budget=objective.budget,
        window=objective.window,
        seed=0,
        space=space.source,
        objective=objective.source,
        validation_images=10_000,
    )


def about() -> dict[str, Any]:
    """What the figures belong to."""
    facts = Path("/proc/cpuinfo")  # Linux
    found = facts.read_text().splitlines() if facts.exists() else []
    names = [line.partition(":")[2].strip() for line in found if line.startswith("model name")]
    return {
        "question": "seconds outside training, per trial, of a run's own process",
        "date": datetime.now(UTC).date().isoformat(),
        "device": names[0] if names else platform.processor(),
        "python": platform.python_version(),
        **versions(),
        "under_way": UNDER_WAY,
        "not_real": "curves are drawn; trials before the measured ones are written in bulk",
    }


def show(row: dict[str, Any]) -> None:
    """One study in a few lines."""
    click.echo(f"{row['trials']:,} trials, {row['recorded']:,} recorded, {row['n']} measured")
    for clock in ("wall", "cpu"):
        seconds, share = row[f"{clock}_seconds_per_trial"], row[f"{clock}_share_at_3000_an_hour"]
        parts = ", ".join(f"{name} {1000 * seconds[name]['mean']:.1f}" for name in PHASES)
        click.echo(
            f"  {clock:4} {1000 * seconds['all']['median']:6.1f} ms a trial, 90th percentile "
            f"{1000 * seconds['all']['p90']:6.1f} (mean {parts}); "
            f"{100 * share:.1f} % of the time at 3,000 trials an hour"
        )


@click.command()
@click.option("--trials", default="100,1000,2000,10000", show_default=True, help="Study sizes.")
@click.option("--write", is_flag=True, help="Keep the figures in results/.")
@click.option("--label", default="now", show_default=True, help="Under which name to keep them.")
def main(trials: str, write: bool, label: str) -> None:
    """Seconds outside training, per trial, at several sizes of a study."""
    rows = []
    for size in trials.split(","):
        rows.append(measure(int(size)))
        show(rows[-1])
    if write:
        path = RESULTS / f"overhead-cpu-{datetime.now(UTC):%Y%m}.json"
        kept = json.loads(path.read_text()) if path.exists() else {}
        path.write_text(json.dumps({**kept, label: {**about(), "rows": rows}}, indent=1) + "\n")


if __name__ == "__main__":
    main()
