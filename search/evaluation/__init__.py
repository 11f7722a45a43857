"""What a result is worth: repeats, race, confirmation, intervals, drill-down."""
