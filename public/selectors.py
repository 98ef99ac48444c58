from cities.models import City


def count_cities_on_record() -> int:
    """Cities with at least one certification from before Milepost, whatever its level."""
    return City.objects.filter(historic_awards__isnull=False).distinct().count()
