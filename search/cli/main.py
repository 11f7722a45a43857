"""The group of all commands.

What needs torch is imported inside the commands, so that help and errors come at once.
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
    """Search for the best small network under a hard budget.

    Sample a candidate; admit it if it keeps the budget; train it; score its last epochs; tell the
    study. The space of candidates is space.py, what "good" means is objective.py: edit them.
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
