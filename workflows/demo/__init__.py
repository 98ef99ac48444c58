"""The demonstration: its people, and the journey of one city. Never to be used on a real installation."""
