"""Frugal searches for the best small image classifier under a hard budget. A guided tour.

Sample a candidate; admit it if it fits the budget; train it; score its last epochs; record the
trial. The packages, in the order in which a candidate meets them:

    candidates  what is searched: architecture (blocks, a head, and the one list of layers that
                they lower to), recipe, the budget, and published baselines
    loop        the search: a sampler proposes a candidate, admission accepts it or rejects it,
                pruning stops it once it can no longer matter; every step is an event
    data        the images: sources, the train and validation split, and the sealed test set,
                whose every opening is written to a ledger
    training    candidates in, one result per candidate and epoch out; engines/ are the ways to
                run a pool of them, native/ is the C++ engine for CPUs
    study       a named folder of trials: settings, records, storage, locks, and the user's two
                files, space.py and objective.py; the smallest network that reaches a target
    evaluation  what a result is worth: repeats with fresh seeds, the race on validation,
                confirmation on the test images, intervals, and the drill-down
    exporting   a trained network as one Python file or in other formats, and its reproduction
    reporting   the report as one HTML page, its Markdown summary, and the dashboard
    api         every command as a function
    cli         the commands: they parse options, call api and print

Below all of them lie `errors`, `files` (JSON values), `seeds` and `randomness`. Imports run one
way: from cli through api down to these four.

From Python, each of these functions does what one command does (see docs/python.md):

    run(trials=100)             search until the study holds this many trained candidates
    load_study("mnist")         an existing study: its trials, its ranking and its best
    list_studies()              all studies of a folder
    confirm("mnist")            race the best on validation, then score the winner on test
    export("mnist")             write the best network as one Python file
    reproduce("best.py")        train an exported network again and compare
    drilldown("mnist")          what each ingredient of the best network adds
    report("mnist")             write the study as one HTML page
    open_dashboard("mnist")     serve Optuna's dashboard for the study
    baselines()                 published networks with what was measured of them here
    space_preview(samples=1000) what a space proposes, without training
    describe_data("mnist")      the images that a study would train on
"""

from typing import TYPE_CHECKING, Any

from search.candidates.architecture import Architecture, Block, Head
from search.candidates.candidate import Budget, Candidate, Task
from search.candidates.recipe import Augmentation, Recipe, Schedule

if TYPE_CHECKING:
    from search.api import (
        baselines,
        confirm,
        describe_data,
        drilldown,
        export,
        list_studies,
        load_study,
        open_dashboard,
        report,
        reproduce,
        run,
        space_preview,
    )

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
    "baselines",
    "confirm",
    "describe_data",
    "drilldown",
    "export",
    "list_studies",
    "load_study",
    "open_dashboard",
    "report",
    "reproduce",
    "run",
    "space_preview",
]


def __getattr__(name: str) -> Any:
    """The functions, imported when first used: space.py imports the values without Optuna."""
    if name in __all__:
        from search import api

        return getattr(api, name)
    raise AttributeError(f"module 'search' has no attribute {name!r}")
