"""The sections of a report: each makes one part of the page from the evidence. No torch."""
