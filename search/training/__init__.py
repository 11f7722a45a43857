"""Trains candidates: one result per candidate and epoch. No Optuna.

`pool` holds the interface, the engines implement it, and `device` chooses one of them.
"""
