from django.apps import AppConfig


class WorkflowsConfig(AppConfig):
    name = "workflows"

    def ready(self) -> None:
        from cases.reminders import WORK_DUE
        from notifications.resolvers import register
        from workflows import events, wordings  # noqa: F401 -- registers the audit events
        from workflows.messages import register_topics, work_due

        register(WORK_DUE, work_due)
        register_topics()
        wordings.register()
