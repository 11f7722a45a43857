"""The report of a study: one page that needs nothing else, and a summary in Markdown. No torch.

What it says comes from `evidence`; each section is made by its own module, in the order below.
"""

from search.reporting.markup import page
from search.reporting.report_data import Evidence
from search.reporting.sections.answer import answer, footer
from search.reporting.sections.baselines import baselines
from search.reporting.sections.candidates import candidates, learning, matters
from search.reporting.sections.confirmation import confirmation
from search.reporting.sections.drilldown import drilldown
from search.reporting.sections.how_it_was_run import provenance
from search.reporting.sections.mistakes import mistakes
from search.reporting.sections.network import network, training

SECTIONS = (
    confirmation,
    network,
    training,
    learning,
    candidates,
    matters,
    mistakes,
    baselines,
    drilldown,
    provenance,
)


def html(found: Evidence) -> str:
    """The page: the answer first, then what it rests on."""
    sections = [section(found) for section in SECTIONS]
    return page(f"{found.name}: Frugal's report", answer(found), sections, footer(found))
