from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "cases"

    def ready(self) -> None:
        from cases import events  # noqa: F401 -- registers the audit events
        from cases.new_messages import register_kinds

        register_kinds()
