"""Search for the best small image classifier under a hard budget. An overview of the package.

Sample a candidate; accept it if it fits the budget; train it; score its last epochs; record the
trial. The packages:

    candidates  architectures (blocks, a head, and the list of layers derived from them), recipes,
                the budget, and published baselines
    loop        the search: a sampler proposes candidates, which are accepted or rejected, trained,
                and pruned if they are inferior; every step is reported as an event
    data        images: sources, the train and validation split, and the test set, of which every
                use is logged in the ledger
    training    trains a pool of candidates and yields one result per candidate and epoch;
                engines/ contains the implementations, native/ the C++ engine for CPUs
    study       a named folder of trials: settings, records, storage, locks, and the user's two
                files, space.py and objective.py; the smallest network that reaches a target
    evaluation  statistics of results: repeats with new seeds, the race on validation,
                confirmation on the test set, intervals, and the drill-down
    exporting   a trained network as one Python file or in other formats, and its reproduction
    reporting   the report as one HTML page, its Markdown summary, and the dashboard
    api         every command as a function
    cli         the commands: they parse options, call api and print

All of them use `errors`, `files` (JSON values), `seeds` and `randomness`. Imports point one way:
from cli through api down to these four.

Each command is also a function (see docs/python.md):

    run(trials=100)             search until the study has this many trained candidates
    load_study("mnist")         an existing study: its trials, its ranking and its best
    list_studies()              all studies of a folder
    confirm("mnist")            retrain the best candidates and evaluate the winner on the test set
    export("mnist")             write the best network as one Python file
    reproduce("best.py")        train an exported network again and compare
    drilldown("mnist")          what each ingredient of the best network adds
    report("mnist")             write a report of the study as one HTML page
    open_dashboard("mnist")     serve Optuna's dashboard for the study
    baselines()                 published networks with published and measured results
    space_preview(samples=1000) random candidates of a space, without training
    describe_data("mnist")      the images that a study would use
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
