"""Training of candidates: one result per candidate and epoch. No Optuna.

`pool` holds the interface, `engines` implements it, and `device` chooses an engine.
"""
