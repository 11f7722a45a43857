"""The figures of a report. Each is computed as a named tuple, then drawn. No torch."""
