"""The search loop: admission, samplers, early stopping, runs and the estimate of the time left."""
