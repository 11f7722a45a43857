"""The figures of a report: each is computed first, a named tuple, and drawn second. No torch."""
