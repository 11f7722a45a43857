"""The sections of a report: each makes one part of the page from its data. No torch."""
