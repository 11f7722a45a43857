"""The report of a study: one page that needs nothing else, and a summary in Markdown. No torch.

What it says comes from `evidence`; each section is made by its own module, in the order below.
"""

from search.evidence import Evidence
from search.pages import page
from search.sections.answer import answer, footer
from search.sections.candidates import candidates, learning, matters
from search.sections.confirmed import confirmation
from search.sections.mistakes import mistakes
from search.sections.network import network, training
from search.sections.provenance import provenance
from search.sections.published import published, steps

SECTIONS = (
    confirmation,
    network,
    training,
    learning,
    candidates,
    matters,
    mistakes,
    published,
    steps,
    provenance,
)


def html(found: Evidence) -> str:
    """The page: the answer first, then what it rests on."""
    sections = [section(found) for section in SECTIONS]
    return page(f"{found.name}: Frugal's report", answer(found), sections, footer(found))
