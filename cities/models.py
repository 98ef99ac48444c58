from django.db import models
from django.db.models import Q

from cities.querysets import CityQuerySet, HistoricAwardQuerySet
from core.models import UUIDModel
from people.models import Organization


class City(UUIDModel):
    """A city government's facts; its name, slug, country, state and time zone stand with its organization."""

    organization = models.OneToOneField(Organization, on_delete=models.PROTECT, related_name="city")
    kind = models.CharField(max_length=60, blank=True)
    population = models.PositiveIntegerField(null=True, blank=True)
    population_year = models.PositiveSmallIntegerField(null=True, blank=True)
    latitude = models.DecimalField(max_digits=7, decimal_places=5, null=True, blank=True)
    longitude = models.DecimalField(max_digits=8, decimal_places=5, null=True, blank=True)

    objects = CityQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "cities"
        constraints = [
            models.CheckConstraint(
                condition=Q(population__isnull=True, population_year__isnull=True)
                | Q(population__isnull=False, population_year__isnull=False),
                name="city_population_with_its_year",
            ),
            models.CheckConstraint(
                condition=Q(latitude__isnull=True) | Q(latitude__range=(-90, 90)),
                name="city_latitude_on_earth",
            ),
            models.CheckConstraint(
                condition=Q(longitude__isnull=True) | Q(longitude__range=(-180, 180)),
                name="city_longitude_on_earth",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.organization.name

    @property
    def slug(self) -> str:
        return self.organization.slug

    @property
    def country(self) -> str:
        return self.organization.country

    @property
    def state(self) -> str:
        return self.organization.state

    @property
    def time_zone(self) -> str:
        return self.organization.time_zone


class HistoricAward(models.Model):
    """A certification on record from before Milepost: its level and year as far as documented."""

    city = models.ForeignKey(City, on_delete=models.CASCADE, related_name="historic_awards")
    level = models.CharField(max_length=40, blank=True)
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    source = models.CharField(max_length=500, blank=True)

    objects = HistoricAwardQuerySet.as_manager()

    class Meta:
        ordering = ["year", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["city", "level", "year"], nulls_distinct=False, name="historic_award_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.level or '?'} {self.year or '?'}"
