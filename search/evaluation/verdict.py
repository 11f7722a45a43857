"""What a confirmation's repeats amount to: the race, the test figures, the luck. Trains nothing."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from search.candidates.baselines import bars
from search.data import test_ledger as ledger
from search.data.sources import EMBEDDED_DIGEST
from search.evaluation.confirm import Confirming, scores
from search.evaluation.intervals import difference, expectation, optimism, reach
from search.evaluation.race import key
from search.evaluation.repeats import Repeat, mean, nearest_median, spread
from search.evaluation.results import Confirmation, Difference, Final, FinalRun, Luck, Race
from search.study.records import Record
from search.study.user_files import Objective


def verdict(confirming: Confirming, target: float, command: str) -> Confirmation:
    """A complete confirmation as a value. target: accuracy that each last epoch is to reach."""
    study, setup, race = confirming.study, confirming.study.setup, confirming.race()
    repeats = confirming.finals(race.winner)
    opened = ledger.of(ledger.openings(study.folder.parent / ledger.LEDGER), setup.digest)
    final = _final(race.winner, repeats, confirming.objective, target, len(opened))
    if setup.digest == EMBEDDED_DIGEST:
        final = _compared(final)
    keys = {key(racer.trial) for racer in race.racers}
    raced = [r for r in confirming.shelf.read() if r.key in keys and r.split == "validation"]
    return Confirmation(
        study.name,
        setup.window,
        race,
        final,
        _luck(race, final, study.ranking()),
        command,
        repeats[-1].device,
        repeats[-1].versions,
        datetime.now(UTC).isoformat(timespec="seconds"),
        round(sum(repeat.seconds for repeat in [*raced, *repeats]), 1),
        (*setup.caveats, *_caveats(final, setup.train_examples)),
    )


def _final(
    trial: int, repeats: Sequence[Repeat], objective: Objective, target: float, openings: int
) -> Final:
    found = scores(objective, repeats)
    images = repeats[0].images
    return Final(
        trial,
        tuple(
            FinalRun(r.number, r.seed, r.accuracy, score, r.seconds)
            for r, score in zip(repeats, found, strict=True)
        ),
        repeats[nearest_median(found)].number,
        mean(found),
        min(found),
        spread(found) or 0.0,
        expectation(found, images),
        reach(found, target),
        (),
        images,
        repeats[0].train_examples,
        openings,
    )


def _compared(final: Final) -> Final:
    """With the differences from what others published for the same test images."""
    found = [run.consistency for run in final.runs]
    return replace(
        final,
        differences=tuple(
            Difference(
                bar.name,
                bar.parameters,
                bar.epochs,
                bar.lowest,
                final.mean - bar.lowest,
                difference(found, bar.lowest),
            )
            for bar in bars()
        ),
    )


def _luck(race: Race, final: Final, ranking: Sequence[Record]) -> Luck:
    """The noise of one run is the spread over the repeats, pooled over the racers."""
    winner = next(racer for racer in race.racers if racer.trial == race.winner)
    observed = [record.consistency or 0.0 for record in ranking]
    return Luck(
        winner.selected - winner.mean,
        winner.mean - final.mean,
        optimism(observed, _noise(race)),
        len(observed),
    )


def _noise(race: Race) -> float:
    """The standard deviation of one run's consistency, pooled over the racers' repeats."""
    squares = [
        (len(racer.scores) - 1, racer.spread**2)
        for racer in race.racers
        if racer.spread is not None
    ]
    freedom = sum(count for count, _ in squares)
    return (sum(count * square for count, square in squares) / freedom) ** 0.5 if freedom else 0.0


def _caveats(final: Final, train_examples: int | None) -> list[str]:
    if train_examples is None:
        return []
    return [f"final runs trained on {final.train_examples:,} images"]
