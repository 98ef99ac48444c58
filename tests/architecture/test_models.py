"""Conventions of the models, swept over all of them."""

from io import StringIO

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import models
from django.urls import URLPattern, URLResolver, get_resolver

from people.models import User
from tests.architecture.test_imports import ROOMS

OURS = [model for model in apps.get_models() if model._meta.app_label in ROOMS]


def fields_of(model: type[models.Model]) -> dict[str, models.Field]:
    return {field.name: field for field in model._meta.get_fields() if isinstance(field, models.Field)}


def people_of(model: type[models.Model]) -> list[str]:
    """The stems of the fields that say by whom something was done."""
    return [
        name.removesuffix("_by")
        for name, field in fields_of(model).items()
        if name.endswith("_by") and field.related_model is User
    ]


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_who_did_something_stands_beside_when_and_the_database_keeps_them_together(
    model: type[models.Model],
) -> None:
    fields = fields_of(model)
    guarded = {constraint.name for constraint in model._meta.constraints}

    for stem in people_of(model):
        at, by = fields.get(f"{stem}_at"), fields[f"{stem}_by"]
        assert at is not None, f"{stem}_by has no {stem}_at"
        always_there = not at.null and not by.null
        pair = f"{model._meta.app_label}_{model._meta.model_name}_{stem}_pair"
        assert always_there or pair in guarded, f"{stem}_at and {stem}_by may come apart"


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_model_says_what_a_row_is(model: type[models.Model]) -> None:
    assert model.__doc__
    assert not model.__doc__.startswith(f"{model.__name__}("), "its sentence is Django's own"


def test_models_with_an_address_have_a_key_that_nobody_can_guess() -> None:
    with_an_address = [model for model in OURS if hasattr(model, "get_absolute_url")]

    assert with_an_address
    assert [model for model in with_an_address if not isinstance(model._meta.pk, models.UUIDField)] == []


def patterns(resolver: URLResolver) -> list[URLPattern]:
    found: list[URLPattern] = []
    for one in resolver.url_patterns:
        found += patterns(one) if isinstance(one, URLResolver) else [one]
    return found


def test_no_address_counts_rows() -> None:
    counted = [str(one.pattern) for one in patterns(get_resolver()) if "<int:" in str(one.pattern)]

    assert counted == []


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    out = StringIO()

    call_command("makemigrations", check=True, dry_run=True, stdout=out)

    assert "No changes detected" in out.getvalue()
