from django.apps import AppConfig


class CitiesConfig(AppConfig):
    name = "cities"

    def ready(self) -> None:
        from cities import events  # noqa: F401 -- registers the audit events
