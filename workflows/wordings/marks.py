"""Placeholders that several messages share."""

from django.utils.translation import gettext_lazy as _

from notifications.wordings import Placeholder

CITY = Placeholder("city", _("the city's name"), "Paterson")
TITLE = Placeholder("title", _("what is to be done"), _("Complete the self-assessment"))
DAY = Placeholder("day", _("the day in words"), _("Mon, May 11, 2026"))
