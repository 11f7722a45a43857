"""The command line: `python -m search`. Commands parse options, call `search.api` and print."""
