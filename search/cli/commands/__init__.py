"""The commands of python -m search that do not stand in `cli`, a module each."""
