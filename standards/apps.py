from django.apps import AppConfig


class StandardsConfig(AppConfig):
    name = "standards"

    def ready(self) -> None:
        from standards import events  # noqa: F401 -- registers the audit events
