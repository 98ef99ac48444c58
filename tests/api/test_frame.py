"""What every address of the API keeps to: refusals, conditional answers, limits, the OpenAPI document."""

import json
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django.fixtures import Settings
from redis.exceptions import ConnectionError as NoConnection

from core.api.limits import CallerThrottle
from core.api.refusals import answer_refusal
from standards.fileformat import as_data, parse
from tests.api.callers import CITIES, as_person, with_key
from tests.cast import STANDARD
from tests.scenes import Scene

STANDARDS = "/api/v1/standards/"
ENGAGEMENTS = "/api/v1/engagements/"
REPORT = "/api/v1/engagements/{engagement_id}/observations/"
ADDRESSES = [
    CITIES,
    f"{CITIES}paterson-nj/",
    f"{CITIES}paterson-nj/timeline/",
    ENGAGEMENTS,
    STANDARDS,
    f"{STANDARDS}scene-v1/",
]


@pytest.fixture
def client(scene: Scene) -> Client:
    scene.open_case()
    return with_key(scene.partner.organization)


def problem_of(response: Any, status: int) -> dict[str, Any]:
    assert response.status_code == status
    assert response.headers["Content-Type"] == "application/problem+json"
    body = response.json()
    assert body["status"] == status
    assert all(isinstance(body[name], str) and body[name] for name in ("type", "title", "detail"))
    return body


@pytest.mark.parametrize("path", ADDRESSES)
def test_every_address_refuses_in_the_promised_form(client: Client, path: str) -> None:
    problem_of(Client().get(path), 401)
    for method in ("post", "put", "patch", "delete", "options"):
        answer = getattr(client, method)(path)
        problem_of(answer, 405)
        assert answer.headers["Allow"] == "GET, HEAD"
    problem_of(client.get(path, headers={"accept": "text/csv"}), 406)


@pytest.mark.parametrize("path", ["/api/", "/api/v1/", "/api/v1/nothing/", "/api/v2/cities/"])
def test_unknown_addresses_are_told_in_the_same_form(client: Client, path: str) -> None:
    problem_of(client.get(path), 404)
    problem_of(Client().get(path), 401)


def test_unknown_city_and_standard_are_not_found(client: Client) -> None:
    for path in (f"{CITIES}nowhere/", f"{STANDARDS}nothing/"):
        assert problem_of(client.get(path), 404)["title"] == "Not found"


def test_writing_with_a_session_asks_for_the_token(scene: Scene) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(scene.manager, backend="allauth.account.auth_backends.AuthenticationBackend")

    problem_of(client.post(CITIES), 403)
    assert client.get(CITIES).status_code == 200


def test_mistakes_of_ours_are_no_refusals() -> None:
    assert answer_refusal(ZeroDivisionError(), {}) is None


@pytest.mark.parametrize("path", ADDRESSES)
def test_answer_known_already_is_not_sent_again(client: Client, path: str) -> None:
    first = client.get(path)
    etag = first.headers["ETag"]

    for known in (etag, f'"other", W/{etag}', "*"):
        again = client.get(path, headers={"if-none-match": known})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["ETag"] == etag
    assert set(first.headers["Cache-Control"].split(", ")) == {"no-cache", "private"}
    assert {"Authorization", "Cookie"} <= {one.strip() for one in first.headers["Vary"].split(",")}
    assert client.get(path, headers={"if-none-match": '"other"'}).status_code == 200
    assert client.head(path).headers["ETag"] == etag


def test_changed_answer_is_sent(scene: Scene, client: Client) -> None:
    etag = client.get(CITIES).headers["ETag"]

    scene.do_step("apply")

    assert client.get(CITIES, headers={"if-none-match": etag}).status_code == 200


def test_too_many_requests_are_told_when_to_come_again(
    scene: Scene, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CallerThrottle, "rate", "2/min", raising=False)
    other = with_key(scene.other_partner.organization)

    codes = [client.get(STANDARDS).status_code for _n in range(2)]

    assert codes == [200, 200]
    refused = client.get(STANDARDS)
    problem_of(refused, 429)
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert other.get(STANDARDS).status_code == 200


def test_requests_go_on_uncounted_while_the_cache_is_away(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_args: Any) -> None:
        raise NoConnection

    monkeypatch.setattr(CallerThrottle, "rate", "1/min", raising=False)
    monkeypatch.setattr(CallerThrottle, "cache", type("Away", (), {"get": away, "set": away})())

    assert [client.get(STANDARDS).status_code for _n in range(3)] == [200, 200, 200]


def test_strangers_are_counted_by_their_address(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CallerThrottle, "rate", "1/min", raising=False)
    cache.clear()

    codes = [
        Client().get("/api/schema/", headers={"x-forwarded-for": f"10.0.0.{n}"}).status_code for n in range(2)
    ]

    assert codes == [200, 429]


def test_standards_are_told_in_their_load_format(scene: Scene) -> None:
    client = as_person(scene.nobody)

    page, one = client.get(STANDARDS).json(), client.get(f"{STANDARDS}scene-v1/").json()

    assert one == as_data(parse(STANDARD))
    assert page == {"next": None, "previous": None, "results": [one]}
    problem_of(client.get(f"{STANDARDS}?cursor=x"), 400)


def test_standards_ask_the_same_for_many(scene: Scene, django_assert_num_queries: Any) -> None:
    from standards.services import load_standard

    client = as_person(scene.lead)

    for count in (1, 3):
        for n in range(2, count + 1):
            source = STANDARD.replace(b"scene-v1", f"scene-v{n}".encode())
            load_standard(source=source, by=scene.system, now=scene.now)
        with django_assert_num_queries(7):
            assert len(client.get(STANDARDS).json()["results"]) == count


def schema() -> dict[str, Any]:
    response = Client().get("/api/schema/?format=json")
    assert response.status_code == 200
    return json.loads(response.content)


@pytest.mark.django_db
def test_document_names_every_address_and_every_status() -> None:
    paths = schema()["paths"]

    assert set(paths) == {
        "/api/v1/cities/",
        "/api/v1/cities/{slug}/",
        "/api/v1/cities/{slug}/timeline/",
        "/api/v1/engagements/",
        "/api/v1/engagements/{engagement_id}/",
        REPORT,
        "/api/v1/standards/",
        "/api/v1/standards/{slug}/",
    }
    written = paths.pop(REPORT)
    assert set(written) == {"post"}
    wrong = {"400", "401", "403", "404", "405", "406", "409", "413", "415", "422", "429"}
    assert set(written["post"]["responses"]) == {"200"} | wrong
    assert "Idempotency-Key" in {one["name"] for one in written["post"]["parameters"]}
    always = {"200", "304", "401", "403", "405", "406", "429"}
    for path, methods in paths.items():
        assert set(methods) == {"get"}
        answers = methods["get"]["responses"]
        assert set(answers) == always | ({"404"} if "{" in path else {"400"})
        for status in set(answers) - {"200", "304"}:
            assert set(answers[status]["content"]) == {"application/problem+json"}
        assert {"key": []} in methods["get"]["security"]


@pytest.mark.django_db
def test_document_names_every_filter_and_every_field(scene: Scene) -> None:
    document = schema()
    scene.engagements = 1
    scene.walk_to("work")

    parameters = {one["name"] for one in document["paths"]["/api/v1/cities/"]["get"]["parameters"]}
    status = as_person(scene.manager).get(f"{CITIES}paterson-nj/").json()

    filters = {"stage", "level", "state", "partner", "waiting_on", "overdue", "on_hold", "updated_since", "q"}
    assert parameters == filters | {"cursor", "page_size"}
    assert set(document["components"]["schemas"]["CityStatus"]["properties"]) == set(status)
    assert document["openapi"].startswith("3.")


@pytest.mark.django_db
def test_document_can_be_read_under_the_strict_policy(settings: Settings) -> None:
    page = Client().get("/api/docs/")

    words = page.content.decode()
    assert page.status_code == 200
    assert "<style" not in words
    assert "<script>" not in words
    assert "drf_spectacular_sidecar/swagger-ui-dist/swagger-ui-bundle.js" in words
    policy = page.headers["Content-Security-Policy"]
    assert "script-src 'self';" in f"{policy};"
    assert "img-src 'self' data:" in policy
    script = Client().get("/api/docs/?script=")
    assert script.headers["Content-Type"].startswith("application/javascript")
    assert "/api/schema/" in script.content.decode().replace("\\u002D", "-").replace("..", "/api")
