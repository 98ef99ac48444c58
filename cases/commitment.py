"""What a sponsor signs for a city. New words get a new number: a signature under another counts no more."""

from django.utils.translation import gettext as _

WORDING = 1


def commitment_text(*, city: str, standard: str) -> str:
    """The commitment of a city under a standard, as paragraphs."""
    return _(
        "On behalf of %(city)s I commit to the certification under the standard “%(standard)s”.\n\n"
        "We assess our practice honestly against every criterion, and show evidence for what we claim.\n\n"
        "We name a lead and give them the standing to work with every department that holds the proof.\n\n"
        "We use data and evidence in our decisions, and accept help where the assessment finds gaps.\n\n"
        "When a certification is announced, its level may be published."
    ) % {"city": city, "standard": standard}
