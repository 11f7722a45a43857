"""Evaluates results: repeats, race, confirmation, intervals, drill-down."""
