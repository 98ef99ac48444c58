from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"

    def ready(self) -> None:
        """Listen to the sweeps in whatever process runs them."""
        from reports import tasks  # noqa: F401 -- its listeners
