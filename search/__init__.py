"""Frugal searches for the best small image classifier within a fixed budget.

Each trial samples a candidate, checks it against the budget, trains it, scores its last epochs and
records the result. The packages, in the order in which a candidate passes through them:

    candidates  the searched values: architecture (blocks, a head, and the list of layers that they
                expand to), recipe, budget, and published baselines
    loop        the search: a sampler proposes a candidate, admission accepts or rejects it, and
                pruning stops it once it cannot become one of the best; every step is an event
    data        the images: sources, the split into training and validation, and the test set, which
                is accessible only through `open_test`; evaluations on it are logged in a ledger
    training    trains candidates and returns one result per candidate and epoch; engines/ holds
                the implementations for several devices, native/ the C++ engine for CPUs
    study       a named folder of trials: settings, records, storage, locks, and the user's two
                files, space.py and objective.py; the smallest network that reaches a target
    evaluation  repeats with new seeds, the race on the validation set, confirmation on the test
                set, intervals, and the drill-down
    exporting   export of a trained network as one Python file or in other formats, and its
                reproduction
    reporting   the report as one HTML page, its Markdown summary, and the dashboard
    api         every command as a function
    cli         the commands: they parse options, call api and print

All of them may use `errors`, `files` (JSON values), `seeds` and `randomness`. Imports go in one
direction: from cli through api down to these four modules.

Functions for Python, each equivalent to one command (see docs/python.md):

    run(trials=100)             search until the study has this many trained candidates
    load_study("mnist")         return an existing study: trials, ranking and best candidate
    list_studies()              return all studies of a folder
    confirm("mnist")            retrain the best candidates and test the winner
    export("mnist")             write the best network as one Python file
    reproduce("best.py")        retrain an exported network and compare
    drilldown("mnist")          show what each ingredient of the best network adds
    report("mnist")             write a report of the study as one HTML page
    open_dashboard("mnist")     serve Optuna's dashboard for the study
    baselines()                 return published networks with measured results
    space_preview(samples=1000) preview a search space without training
    describe_data("mnist")      describe a data set as a study would use it
"""

from typing import TYPE_CHECKING, Any

from search.candidates.architecture import Architecture, Head
from search.candidates.blocks import (
    Activation,
    Block,
    Dense,
    Dropout,
    Norm,
    Parallel,
    Pool,
    Repeat,
    Residual,
    Separable,
    SqueezeExcite,
)
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
    "Activation",
    "Architecture",
    "Augmentation",
    "Block",
    "Budget",
    "Candidate",
    "Dense",
    "Dropout",
    "Head",
    "Norm",
    "Parallel",
    "Pool",
    "Recipe",
    "Repeat",
    "Residual",
    "Schedule",
    "Separable",
    "SqueezeExcite",
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
    """Import a function on first use, so that space.py can import the values without Optuna."""
    if name in __all__:
        from search import api

        return getattr(api, name)
    raise AttributeError(f"module 'search' has no attribute {name!r}")
