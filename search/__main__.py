"""The entry point of `python -m search`."""

import sys

if __name__ == "__main__":
    try:
        from search.cli.main import main

        main()
    except KeyboardInterrupt:  # during the imports
        sys.exit(130)
