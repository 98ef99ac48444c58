"""The words of every message as Milepost brings them, by subject; the program may set others."""

from notifications.wordings import register_wordings
from workflows.wordings import expiries, reminders


def register() -> None:
    register_wordings([*reminders.ALL, *expiries.ALL])
