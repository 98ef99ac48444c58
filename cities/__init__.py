"""The cities and the awards that were on record before Milepost."""
