from typing import Any

from django.db.backends.postgresql import base

from config import local


class DatabaseWrapper(base.DatabaseWrapper):
    """PostgreSQL that is started, or found running, when the first connection is asked for."""

    def get_connection_params(self) -> dict[str, Any]:
        postgres = local.services().start().postgres
        params: dict[str, Any] = super().get_connection_params()
        return params | {"host": "127.0.0.1", "port": postgres.port, "password": postgres.password}
