"""python -m search."""

from search.cli.main import main

if __name__ == "__main__":
    main()
