"""The words of every message as Milepost brings them, by subject; the program may set others."""

from notifications.wordings import register_wordings
from workflows.wordings import access, coaching, expiries, handing, happening, reminders


def register() -> None:
    for module in (reminders, expiries, happening, coaching, handing, access):
        register_wordings(module.ALL)
