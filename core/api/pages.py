from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy
from rest_framework import exceptions, serializers
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request


class PageQuery(serializers.Serializer[Any]):
    """What every list understands."""

    cursor = serializers.CharField(
        required=False, help_text="Where a page begins; take it from `next` or `previous`."
    )
    page_size = serializers.IntegerField(
        required=False, min_value=1, help_text="Rows a page: 50 unless told, 200 at most."
    )


class KeysetPagination(CursorPagination):
    """Pages by a unique key: as quick at the end as at the start, and steady while rows come and go."""

    page_size = 50
    max_page_size = 200
    page_size_query_param = "page_size"
    wrong_cursor = gettext_lazy("This is no cursor of this list. Begin without one.")

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any] | None:
        try:
            return super().paginate_queryset(queryset, request, view)
        except (exceptions.NotFound, ValidationError, ValueError) as error:
            raise exceptions.ValidationError({"cursor": [self.wrong_cursor]}) from error


def asked(request: Request, query: type[serializers.Serializer[Any]]) -> dict[str, Any]:
    """The values of the address, checked; what is empty counts as not given. Raises a 400 by field."""
    given = {name: value for name, value in request.query_params.items() if value != ""}
    form = query(data=given)
    form.is_valid(raise_exception=True)
    return dict(form.validated_data)
