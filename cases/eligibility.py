"""Which rules of eligibility a city passes, fails, or leaves unknown."""

from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from cases.models import Application, SignatureRequest
from core.errors import Text


class Verdict(TextChoices):
    PASSED = "passed", _("passed")
    FAILED = "failed", _("failed")
    UNKNOWN = "unknown", _("unknown")


TITLES: dict[str, Text] = {
    "country": _("Country"),
    "population": _("Population"),
    "commitment": _("Signed commitment"),
}


@dataclass(frozen=True)
class RuleResult:
    """`rule` is the code under which an application is declined."""

    rule: str
    verdict: Verdict
    explanation: Text

    @property
    def title(self) -> Text:
        return TITLES[self.rule]


def eligibility(application: Application) -> list[RuleResult]:
    """Every rule of the standard, in its order: country, population, commitment."""
    return [_country(application), _population(application), _commitment(application)]


def unmet(results: list[RuleResult]) -> list[RuleResult]:
    """What a person must settle with a reason: failed and unknown rules."""
    return [result for result in results if result.verdict is not Verdict.PASSED]


def _country(application: Application) -> RuleResult:
    case = application.case
    allowed = case.standard.countries
    country = case.city.organization.country
    values = {"country": country, "allowed": ", ".join(allowed)}
    if country in allowed:
        return RuleResult("country", Verdict.PASSED, _("%(country)s is an eligible country.") % values)
    return RuleResult("country", Verdict.FAILED, _("%(country)s is not among %(allowed)s.") % values)


def _population(application: Application) -> RuleResult:
    population, minimum = application.case.city.population, application.case.standard.min_population
    if population is None:
        text = _("The population is not on record; the standard asks for %(minimum)s residents.")
        return RuleResult("population", Verdict.UNKNOWN, text % {"minimum": f"{minimum:,}"})
    values = {"population": f"{population:,}", "minimum": f"{minimum:,}"}
    if population >= minimum:
        return RuleResult(
            "population", Verdict.PASSED, _("%(population)s residents; %(minimum)s needed.") % values
        )
    text = _("%(population)s residents; the standard asks for at least %(minimum)s.")
    return RuleResult("population", Verdict.FAILED, text % values)


def _commitment(application: Application) -> RuleResult:
    """Signed by the link that the sponsor got, or on the paper that the city uploaded."""
    by_link = application.signature
    if by_link and by_link.counts and by_link.expected:
        return _signed_by_another(by_link)
    if by_link and by_link.counts:
        return _signed(by_link.signed_name, by_link.signed_title)
    on_paper = application.signer_name and application.signer_title and application.signed_on
    if on_paper and application.paper_id:
        return _signed(application.signer_name, application.signer_title)
    text = _(
        "The commitment needs the sponsor's signature by mail, or signer, title, date and the signed paper."
    )
    return RuleResult("commitment", Verdict.FAILED, text)


def _signed_by_another(signature: SignatureRequest) -> RuleResult:
    text = _("Signed by %(signer)s, asked was %(asked)s: the program decides.") % {
        "signer": f"{signature.signed_name}, {signature.signed_title}",
        "asked": signature.expected,
    }
    return RuleResult("commitment", Verdict.UNKNOWN, text)


def _signed(name: str, title: str) -> RuleResult:
    text = _("Signed by %(name)s, %(title)s.") % {"name": name, "title": title}
    return RuleResult("commitment", Verdict.PASSED, text)
