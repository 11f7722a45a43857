"""Frugal searches for the best small network under a hard budget. A guided tour.

Sample a candidate; admit it if it keeps the budget; train it; score its last epochs; tell the
study. The modules in the order in which a candidate meets them:

    architecture  blocks, a head, and the one list of layers that they lower to
    recipe        epochs, batch, optimiser, schedule, augmentation
    candidate     both together, the task, and the budget
    userfiles     space.py and objective.py, the two files that a user edits
    samplers      who proposes; seen is what they are shown
    setup         what a study is made of
    study         a named folder of trials; storage, journal and presence keep it whole
    frontier      the smallest network that holds a target, where that is sought
    assignments   what is trained without being proposed: repeats, published networks
    admission     take up, assign or ask, admit or reject
    loop          the loop: admit, train, report, tell
    data          images as training sees them; sources finds them
    network       an architecture as a torch module
    training      one result per member and epoch; member is one of them, engines run them
    arithmetic    the sums of a step: torch's operators, or those of native on a CPU
    pruning       when a candidate can no longer matter
    record        a trial read back as a value; register has all of a study's
    estimate      how long a run still takes; outlook is what it supposes at first
    exporting     a trained network as one Python file
    api, cli      all of it as functions, and as commands

What makes a claim of it, in the order in which a study meets them:

    baselines     published networks with their facts; baselining trains them again
    frontier      the smallest network that holds a target
    repeats       trainings with fresh seeds, on a shelf; repeating trains them
    contest       the race on validation; racing says who cannot be best any more
    confirming    the race, then the winner on the test images; ledger counts the openings
    inference     intervals, chances and luck; verdict puts them into a confirmation
    drilldown     the way from a plain network to the best; ingredients, drilling, story
    reproduction  an exported network trained again
    report        all of it as one page; sections and charts are its parts
    claims        confirm and reproduce as functions

From Python: `search.run(trials=20)`, `search.load_study("mnist").trials`, `search.export("mnist")`,
`search.confirm("mnist")`, `search.reproduce("best.py")`.
"""

from typing import TYPE_CHECKING, Any

from search.candidates.architecture import Architecture, Block, Head
from search.candidates.candidate import Budget, Candidate, Task
from search.candidates.recipe import Augmentation, Recipe, Schedule

if TYPE_CHECKING:
    from search.api import confirm, export, load_study, reproduce, run

__all__ = [
    "Architecture",
    "Augmentation",
    "Block",
    "Budget",
    "Candidate",
    "Head",
    "Recipe",
    "Schedule",
    "Task",
    "confirm",
    "export",
    "load_study",
    "reproduce",
    "run",
]


def __getattr__(name: str) -> Any:
    """The functions that need torch, imported when first used: values come without it."""
    if name in __all__:
        from search import api

        return getattr(api, name)
    raise AttributeError(f"module 'search' has no attribute {name!r}")
