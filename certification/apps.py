from django.apps import AppConfig


class CertificationConfig(AppConfig):
    name = "certification"

    def ready(self) -> None:
        from certification import events, wordings  # noqa: F401 -- registers the audit events
        from notifications.wordings import register_wordings

        register_wordings(wordings.ALL)
