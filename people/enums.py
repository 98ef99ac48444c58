from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class UserKind(TextChoices):
    PERSON = "person", _("Person")
    SERVICE = "service", _("Service")
    SYSTEM = "system", _("System")


class OrganizationKind(TextChoices):
    PROGRAM = "program", _("Program office")
    PARTNER = "partner", _("Partner")
    CITY = "city", _("City")


class Role(TextChoices):
    """What someone is within an organization."""

    CITY_LEAD = "city_lead", _("City lead")
    CITY_CONTRIBUTOR = "city_contributor", _("City contributor")
    CITY_SPONSOR = "city_sponsor", _("Sponsor")
    PARTNER_LEAD = "partner_lead", _("Partner lead")
    COACH = "coach", _("Coach")
    PROGRAM_MANAGER = "program_manager", _("Program manager")
    PROGRAM_DIRECTOR = "program_director", _("Program director")
    ASSESSOR = "assessor", _("Assessor")
    COMMITTEE_MEMBER = "committee_member", _("Committee member")
    CITY_SYSTEM = "city_system", _("City system")
    PARTNER_SYSTEM = "partner_system", _("Partner system")


class Scope(TextChoices):
    """What an API key may be used for, within what its organization may see."""

    READ = "read", _("Read")
    WRITE = "write", _("Write: enter figures of measures")


class InvitationState(TextChoices):
    OPEN = "open", _("Open")
    ACCEPTED = "accepted", _("Accepted")
    EXPIRED = "expired", _("Expired")
    REVOKED = "revoked", _("Revoked")
