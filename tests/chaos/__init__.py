"""`make chaos`: reminders fall due while who sends them is killed and the servers are restarted."""
