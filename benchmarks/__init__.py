"""What is measured, against which floor: `python -m benchmarks`. See README.md beside this file."""
