"""What is known of a run before it has measured anything: how large candidates are, how many stop.

From this its time is told at the start. Never imports torch.
"""

from statistics import fmean

import optuna
from optuna.samplers import RandomSampler

from search.errors import FrugalError
from search.loop.pruning import KEPT
from search.loop.time_left import Outlook
from search.study.settings import Setup
from search.study.user_files import Space

DRAWN = 40  # random candidates: their mean of MACs is then known to a tenth; 0.2 s

# Of the epochs of candidates that come when KEPT are trained to the end, the share that is trained
# in a study of 100. The shipped run of 2026-11-21 on 2 cores: 0.60 of candidates 7 to 20, 0.52 of
# those to 40, 0.45 of those to 61; replays (benchmarks/estimate.py), whose later candidates do not
# get better any more: 0.37.
EXPECTED = 0.5

# Of the epochs of a search for the smallest network, the share that is trained: the middle of what
# benchmarks/target.py gives before and after there is an answer (0.65 to 0.82), 21 candidates
EXPECTED_OF_SMALLEST = 0.75


def outlook(space: Space, setup: Setup, trained: int, *, prune: bool) -> Outlook:
    """The outlook of a run on a study. trained: its candidates that were trained to the end."""
    macs = typical_macs(space, setup)
    if not prune:
        return Outlook(macs=macs)
    expected = EXPECTED if setup.target is None else EXPECTED_OF_SMALLEST
    return Outlook(expected, max(0, KEPT - trained), macs)


def typical_macs(space: Space, setup: Setup) -> float | None:
    """Mean MACs of candidates drawn at random, as far as they keep the budget; None if none does.

    A space that raises is told of when it is asked in earnest.
    """
    aside = optuna.create_study(sampler=RandomSampler(seed=setup.seed))
    try:
        drawn = [space.sample(aside.ask(), setup.task) for _ in range(DRAWN)]
    except FrugalError:
        return None
    kept = [c.architecture.macs for c in drawn if not setup.budget.violations(c)]
    return fmean(kept) if kept else None
