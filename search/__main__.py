"""python -m search."""

import sys

if __name__ == "__main__":
    try:
        from search.cli.main import main

        main()
    except KeyboardInterrupt:  # while the modules are imported
        sys.exit(130)
