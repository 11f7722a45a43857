"""The report of a study: one page that needs nothing else, and a summary in Markdown. No torch.

What it says comes from `evidence`; each section is made by its own module, in the order below.
"""

from search.reporting.markup import page
from search.reporting.report_data import ReportData
from search.reporting.sections.answer import answer, footer
from search.reporting.sections.baselines import baselines
from search.reporting.sections.candidates import candidates, learning_curves, parameter_importance
from search.reporting.sections.confirmation import confirmation
from search.reporting.sections.drilldown import drilldown
from search.reporting.sections.how_it_was_run import how_it_was_run
from search.reporting.sections.mistakes import mistakes
from search.reporting.sections.network import network, training

SECTIONS = (
    confirmation,
    network,
    training,
    learning_curves,
    candidates,
    parameter_importance,
    mistakes,
    baselines,
    drilldown,
    how_it_was_run,
)


def report_html(found: ReportData) -> str:
    """The page: the answer first, then what it rests on."""
    sections = [section(found) for section in SECTIONS]
    return page(f"{found.name}: Frugal's report", answer(found), sections, footer(found))
