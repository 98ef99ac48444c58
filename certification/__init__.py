"""Answering, reviewing, deciding."""
