"""Images: sources, splits, the test set and the log of its evaluations. Does not import Optuna."""
