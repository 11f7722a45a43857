"""One module per command: parses the options, calls `search.api` and prints the result."""
