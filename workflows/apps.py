from django.apps import AppConfig


class WorkflowsConfig(AppConfig):
    name = "workflows"

    def ready(self) -> None:
        from cases.reminders import WORK_DUE
        from certification.services.expiries import EXPIRY
        from notifications import explaining
        from notifications.resolvers import register
        from workflows import events, wordings  # noqa: F401 -- registers the audit events
        from workflows.expiring import expiring
        from workflows.messages import register_topics, work_due
        from workflows.person_ledger import explain_expiry, explain_work

        register(WORK_DUE, work_due)
        explaining.register(WORK_DUE, explain_work)
        register(EXPIRY, expiring)
        explaining.register(EXPIRY, explain_expiry)
        register_topics()
        wordings.register()
