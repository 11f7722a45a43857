"""The search: admission, samplers, early stopping, the run itself and the time it still takes."""
