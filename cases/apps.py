from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "cases"

    def ready(self) -> None:
        from cases import events, wordings  # noqa: F401 -- registers the audit events
        from cases.new_messages import register_kinds
        from notifications.wordings import register_wordings

        register_kinds()
        register_wordings(wordings.ALL)
