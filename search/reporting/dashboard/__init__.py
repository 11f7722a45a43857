"""Optuna's dashboard with additional charts, notes and files. No torch."""
