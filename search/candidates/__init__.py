"""Architectures, recipes, candidates, budgets and published networks.

Immutable values that can be written as JSON and read back. Imports neither torch nor Optuna.
"""
