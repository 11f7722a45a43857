"""The sections of a report. Each module creates one part of the page. No torch."""
