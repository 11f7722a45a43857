"""One module per command: it parses options, calls `search.api` and prints."""
