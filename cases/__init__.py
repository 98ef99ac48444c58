"""The kernel of case management: who takes part, and what is owed by whom until when."""
