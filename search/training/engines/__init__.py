"""Implementations of the pool. Private; use `search.training.device.open_pool`."""
