from django.utils.translation import gettext_lazy as _

from core.audit import Audience, register

register("cities.cities_imported", _("Cities were imported from a file."), audience=Audience.PROGRAM)
register("cities.certificates_imported", _("Historic awards were imported."), audience=Audience.PROGRAM)
