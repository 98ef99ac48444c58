"""City status for programs: what the pages show, as data."""
