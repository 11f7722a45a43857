"""Training of candidates: one result per candidate and epoch. Does not import Optuna.

`pool` defines the interface, `engines` implements it, and `device` selects an engine.
"""
