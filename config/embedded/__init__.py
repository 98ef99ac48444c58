"""PostgreSQL and Valkey from wheels, for machines that bring neither."""
