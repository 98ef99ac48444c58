from django.utils.translation import gettext_lazy as _

from core.audit import Audience, register

register("standards.standard_published", _("A standard was published."), audience=Audience.PROGRAM)
register("standards.figures_imported", _("Published figures were imported."), audience=Audience.PROGRAM)
