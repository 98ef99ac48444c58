"""What is said of certificates and evidence that run out, before the day and after it."""

from django.utils.translation import gettext_lazy as _

from cases.wordings import CITY
from certification.services.expiries import EXPIRY
from notifications.wordings import Placeholder, Wording

NUMBER = Placeholder("number", _("the certificate's number"), "MP-2026-0001")
LEVEL = Placeholder("level", _("the level that it says"), _("Gold"))
CASE = Placeholder("case", _("a sentence on the case that is open, or that none is"), _("No case is open."))
CODES = Placeholder("codes", _("the codes of the criteria"), "DM1, OD3", is_needed=True)
DAY = Placeholder("day", _("the day in words"), _("Mon, May 11, 2026"))

_OF_CERTIFICATES, _OF_EVIDENCE = _("Certificates that expire"), _("Evidence that runs out")

CERTIFICATE_ENDS = Wording(
    "certification.certificate_ends",
    EXPIRY,
    _OF_CERTIFICATES,
    _("Up to the day"),
    _("Certificate of %(city)s: valid until %(day)s"),
    _(
        "The certificate %(number)s (%(level)s) of %(city)s is valid until %(day)s. %(case)s The way from an "
        "application to a decision takes months: begin in time."
    ),
    (NUMBER, LEVEL, CITY, DAY, CASE),
)
CERTIFICATE_ENDED = Wording(
    "certification.certificate_ended",
    EXPIRY,
    _OF_CERTIFICATES,
    _("After it"),
    _("Certificate of %(city)s: expired on %(day)s"),
    _(
        "The certificate %(number)s (%(level)s) of %(city)s expired on %(day)s, and %(city)s is not shown as "
        "certified any more. %(case)s"
    ),
    (NUMBER, LEVEL, CITY, DAY, CASE),
)
EVIDENCE_ENDS = Wording(
    "certification.evidence_ends",
    EXPIRY,
    _OF_EVIDENCE,
    _("Up to the day"),
    _("Evidence of %(city)s: holds until %(day)s"),
    _(
        "What %(city)s showed for %(codes)s holds until %(day)s. A re-assessment that begins later asks for "
        "it anew: have newer evidence ready."
    ),
    (CODES, CITY, DAY),
)
EVIDENCE_ENDED = Wording(
    "certification.evidence_ended",
    EXPIRY,
    _OF_EVIDENCE,
    _("After it"),
    _("Evidence of %(city)s: held until %(day)s"),
    _(
        "What %(city)s showed for %(codes)s held until %(day)s. The next re-assessment asks for it anew: "
        "have newer evidence ready."
    ),
    (CODES, CITY, DAY),
)
ALL = [CERTIFICATE_ENDS, CERTIFICATE_ENDED, EVIDENCE_ENDS, EVIDENCE_ENDED]


def wording_of(*, is_of_certificate: bool, is_over: bool) -> Wording:
    ends, ended = ALL[:2] if is_of_certificate else ALL[2:]
    return ended if is_over else ends
