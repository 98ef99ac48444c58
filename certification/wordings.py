"""What is said about answers while they are written."""

from django.utils.translation import gettext_lazy as _

from cases.wordings import CITY, MESSAGES, WHO
from notifications.wordings import Wording

DRAFT_SHARED = Wording(
    "certification.draft_shared",
    "certification.draft_shared",
    MESSAGES,
    _("A draft is shared with the program"),
    _("%(city)s shares the draft of its assessment"),
    _("%(who)s asks you to look at the unfinished draft of %(city)s."),
    (CITY, WHO),
)
COMMENTED = Wording(
    "certification.comment_written",
    "certification.comment_written",
    MESSAGES,
    _("Comments on an assessment"),
    _("New comments on the assessment of %(city)s"),
    _("There are comments on the assessment of %(city)s for you to read."),
    (CITY,),
)
ALL = [DRAFT_SHARED, COMMENTED]
