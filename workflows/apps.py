from django.apps import AppConfig


class WorkflowsConfig(AppConfig):
    name = "workflows"

    def ready(self) -> None:
        from cases.reminders import WORK_DUE
        from notifications import explaining
        from notifications.resolvers import register
        from workflows import events, wordings  # noqa: F401 -- registers the audit events
        from workflows.messages import register_topics, work_due
        from workflows.person_ledger import explain_work

        register(WORK_DUE, work_due)
        explaining.register(WORK_DUE, explain_work)
        register_topics()
        wordings.register()
