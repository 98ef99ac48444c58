import pytest
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer


@pytest.mark.journey
@pytest.mark.slow
def test_document_opens_in_a_browser_without_breaking_the_policy(
    browser: Browser, live_server: LiveServer, transactional_db: None
) -> None:
    page = browser.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))

    page.goto(f"{live_server.url}/api/docs/")

    expect(page.get_by_text("/api/v1/cities/{slug}/timeline/")).to_be_visible(timeout=30_000)
    assert [text for text in said if "policy" in text.lower() or "error" in text.lower()] == []
    page.close()
