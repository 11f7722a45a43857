"""Images: sources, splits, the sealed test set and its ledger. No Optuna."""
