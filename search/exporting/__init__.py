"""Export of a trained network as a Python file or in other formats, and its reproduction."""
