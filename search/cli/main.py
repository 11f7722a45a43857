"""The command group `python -m search`.

Commands import torch inside their functions, so that help and errors appear without delay.
"""

import click

from search.cli.commands.baselines import baselines
from search.cli.commands.confirm import confirm
from search.cli.commands.dashboard import dashboard
from search.cli.commands.data import data
from search.cli.commands.drilldown import drilldown
from search.cli.commands.export import export
from search.cli.commands.report import report
from search.cli.commands.reproduce import reproduce
from search.cli.commands.run import run
from search.cli.commands.show import show
from search.cli.commands.space import space
from search.cli.commands.studies import studies
from search.cli.options import Commands


@click.group(cls=Commands, context_settings={"max_content_width": 100})
@click.version_option(package_name="frugal-search", prog_name="frugal")
def main() -> None:
    """Search for the best small image classifier within a fixed budget.

    Each trial samples a candidate, checks it against the budget, trains it, scores its last epochs
    and records the result in the study. Edit space.py to change the search space and objective.py
    to change the budget and the score.
    """


for command in (
    baselines,
    confirm,
    dashboard,
    data,
    drilldown,
    export,
    report,
    reproduce,
    run,
    show,
    space,
    studies,
):
    main.add_command(command)
