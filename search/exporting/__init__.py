"""A trained network as one Python file or in other formats, and its reproduction."""
