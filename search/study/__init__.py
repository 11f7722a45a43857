"""A named folder of trials: settings, records, storage, locks, the user's two files. No torch."""
