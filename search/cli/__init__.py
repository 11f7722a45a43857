"""The command line: `python -m search`. Commands parse, call `search.api` and print."""
