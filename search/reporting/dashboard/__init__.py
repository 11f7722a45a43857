"""Optuna's dashboard with our figures, notes and files. No torch."""
