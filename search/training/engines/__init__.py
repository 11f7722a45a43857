"""Implementations of the pool. Private; use `training.device.open_pool`."""
