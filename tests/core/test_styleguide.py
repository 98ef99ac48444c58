import pytest
from django.test import Client
from playwright.sync_api import Browser, Page
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer


@pytest.mark.parametrize(
    ("debug", "demo", "status"), [(True, False, 200), (False, True, 200), (False, False, 404)]
)
def test_styleguide_is_for_developers_and_the_demonstration(
    client: Client, settings: Settings, debug, demo, status
):
    settings.DEBUG, settings.DEMO = debug, demo

    assert client.get("/styleguide/").status_code == status


@pytest.mark.parametrize("demo", [True, False])
def test_demonstration_is_announced_on_every_page(client: Client, settings: Settings, demo):
    settings.DEBUG, settings.DEMO = True, demo

    html = client.get("/styleguide/").content.decode()

    assert ("Demonstration: real cities, invented progress." in html) is demo


def test_navigation_marks_where_the_reader_is(client: Client, settings: Settings):
    settings.DEMO = True

    html = client.get("/styleguide/").content.decode()

    assert '<li><a href="#" aria-current="page">Cases</a></li>' in html
    assert html.count("<h1>") == 1


COUNT_SUBMISSIONS = """document.addEventListener("submit", event => {
    window.sent = (window.sent || 0) + !event.defaultPrevented;
    event.preventDefault();
})"""
ADDRESSES = [
    "/styleguide/",
    "/accounts/login/",
    "/accounts/signup/",
    "/accounts/password/reset/",
    "/nowhere/",
]
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture
def page(
    browser: Browser, live_server: LiveServer, settings: Settings, request: pytest.FixtureRequest
) -> Page:
    settings.DEMO = True
    context = browser.new_context(base_url=live_server.url, viewport={"width": request.param, "height": 844})
    yield context.new_page()
    context.close()


@pytest.mark.journey
@pytest.mark.slow
@pytest.mark.parametrize("page", [1280, 390], indirect=True)
@pytest.mark.parametrize("address", ADDRESSES)
def test_page_is_accessible_and_never_scrolls_sideways(page: Page, axe_script: str, address: str):
    complaints: list[str] = []
    page.on(
        "console",
        lambda message: complaints.append(message.text) if "Content Security" in message.text else None,
    )
    page.goto(address)

    page.evaluate(axe_script)
    found = page.evaluate("tags => axe.run({runOnly: tags})", TAGS)

    assert [(rule["id"], rule["nodes"][0]["html"]) for rule in found["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    assert complaints == []


@pytest.mark.journey
@pytest.mark.parametrize("page", [1280], indirect=True)
def test_second_click_on_a_button_is_spared(page: Page):
    page.goto("/styleguide/")
    page.get_by_text("Put on hold…").last.click()
    page.evaluate(COUNT_SUBMISSIONS)

    button = page.get_by_role("button", name="Put on hold")
    button.dblclick()

    assert page.evaluate("window.sent") == 1
    assert button.get_attribute("aria-disabled") == "true"


@pytest.mark.journey
@pytest.mark.parametrize("page", [1280], indirect=True)
def test_long_text_counts_down(page: Page):
    page.goto("/styleguide/")

    page.locator("#id_reason").fill("x" * 1990)
    near = page.locator("#id_reason_limit").inner_text()

    assert near == "10 characters left"
