"""The report of a study: one self-contained HTML file. No torch.

`report_data` provides the content; each section has its own module. SECTIONS sets their order.
"""

from search.reporting.markup import page
from search.reporting.report_data import ReportData
from search.reporting.sections.answer import answer, footer
from search.reporting.sections.baselines import baselines_section
from search.reporting.sections.candidates import (
    candidates_section,
    importance_section,
    learning_curves_section,
)
from search.reporting.sections.confirmation import confirmation_section
from search.reporting.sections.drilldown import drilldown_section
from search.reporting.sections.how_it_was_run import how_it_was_run_section
from search.reporting.sections.mistakes import mistakes_section
from search.reporting.sections.network import network_section, training_section

SECTIONS = (
    confirmation_section,
    network_section,
    training_section,
    learning_curves_section,
    candidates_section,
    importance_section,
    mistakes_section,
    baselines_section,
    drilldown_section,
    how_it_was_run_section,
)


def report_html(report: ReportData) -> str:
    """Return the page: the result first, then the sections that support it."""
    sections = [section(report) for section in SECTIONS]
    return page(f"{report.name}: Frugal report", answer(report), sections, footer(report))
