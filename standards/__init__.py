"""What is asked of a city: published standards, their file format, the level arithmetic. Knows no cases."""
