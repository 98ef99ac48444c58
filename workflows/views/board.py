"""The partner lead's board: offered, accepted, active, closing, and each coach's load above."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from workflows.board import Card, cards_of, columns_of, give_steps, loads_of
from workflows.forms.board import BoardFilter
from workflows.views.partners import PartnerPage

# In each column, before the link to all of it.
MOST = 12
PAGE_SIZE = 60


class PartnerBoard(PartnerPage):
    """Read by the partner's people and the program; what may be done from a card depends on who reads it."""

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        now, partner = timezone.now(), self.profile.organization
        cards = cards_of(partner, now=now)
        loads = loads_of(partner, cards, now=now)
        form = BoardFilter(request.GET, loads=loads)
        context = {
            "profile": self.profile,
            "back_url": self.page_of_the_partner,
            "form": form,
            "loads": loads,
            "assigns": self.assigns,
            "total": len(cards),
        } | self._shown(form, form.narrow(cards))
        return render(request, "workflows/partners/board.html", context)

    def _shown(self, form: BoardFilter, cards: list[Card]) -> dict[str, object]:
        """Every column with its first cards, or one column page by page."""
        status = form.chosen("column")
        if not status:
            columns = columns_of(cards, most=MOST)
            give_steps([card for column in columns for card in column.cards], self.reader)
            return {"columns": columns}
        rows = [card for card in cards if card.engagement.status == status]
        page = Paginator(rows, PAGE_SIZE).get_page(self.request.GET.get("page"))
        give_steps(list(page.object_list), self.reader)
        return {"page": page}
