"""The charts of a report. Each computes its data as a named tuple, then draws it. No torch."""
