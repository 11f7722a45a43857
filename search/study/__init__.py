"""Studies: settings, records, storage, locks and the user's files. Does not import torch."""
