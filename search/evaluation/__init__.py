"""Evaluation of results: repeats, race, confirmation, intervals and drill-down."""
