from datetime import UTC, date, datetime, timedelta

import pytest
from django import forms
from django.core.paginator import Paginator
from django.utils import timezone

from core.calendars import WorkingCalendar
from tests.core.rendering import render

NASTY = "<script>alert(1)</script>"
NOW = datetime(2026, 5, 8, 14, 0, tzinfo=UTC)


class Filter(forms.Form):
    q = forms.CharField(label="City", required=False)


@pytest.mark.parametrize(
    "source",
    [
        "{% tag nasty %}",
        "{% tag nasty 'stage' stage=nasty %}",
        "{% step_indicator steps %}",
        "{% timeline entries %}",
        "{% empty_state nasty nasty nasty nasty %}",
        "{% figure nasty nasty nasty %}",
        "{% ball nasty nasty nasty label=nasty %}{{ nasty }}{% endball %}",
        "{% alert 'info' heading=nasty %}{{ nasty }}{% endalert %}",
        "{% page_header nasty nasty %}{{ nasty }}{% endpage_header %}",
        "{% trail nasty nasty nasty %}",
        "{% tabs steps nasty %}",
        "{% strip nasty %}{{ nasty }}{% endstrip %}",
        "{% table nasty stack=False %}<tr><td>{{ nasty }}</td></tr>{% endtable %}",
        "{% sort_header nasty nasty %}",
        "{% submit nasty nasty nasty nasty nasty %}",
        "{% confirm nasty action=nasty button=nasty consequence=nasty %}{{ nasty }}{% endconfirm %}",
        "{% file_link nasty nasty 12 %}",
        "{% bar 1 2 mark=1 mark_label=nasty %}",
    ],
)
def test_component_escapes_what_people_wrote(source):
    steps = [{"label": NASTY, "state": "now", "note": NASTY, "url": NASTY}]
    entries = [{"sentence": NASTY, "at": NOW, "actor_label": NASTY, "detail": NASTY}]

    html = render(source, nasty=NASTY, steps=steps, entries=entries)

    assert "<script" not in html
    assert "alert(1)" in html


def test_tag_shows_a_stages_color_beside_its_name():
    assert render("{% tag 'Review' stage='review' %}") == (
        '<span class="mp-tag mp-tag--stage" data-stage="review">Review</span>'
    )


def test_step_indicator_says_state_in_words():
    steps = [
        {"label": "Review", "state": "done"},
        {"label": "Coaching", "state": "now", "note": "day 17"},
        {"label": "Decision", "state": "todo"},
    ]

    html = render("{% step_indicator steps %}", steps=steps)

    assert 'Review</span><span class="usa-sr-only">done</span>' in html
    assert '<li class="mp-steps__now" aria-current="step">' in html
    assert html.count("aria-current") == 1


def test_timeline_gives_moment_and_actor():
    entries = [{"sentence": "Report released.", "at": NOW, "actor_label": "Ana Ruiz"}]

    with timezone.override("America/New_York"):
        html = render("{% timeline entries %}", entries=entries)

    assert "Report released." in html
    assert "Fri, May 8, 2026, 10:00 am EDT</time> · Ana Ruiz" in html


def test_due_gives_words_and_date_in_text():
    calendar = WorkingCalendar("US", "NJ", "America/New_York")

    html = render("{% due at now calendar %}", at=NOW - timedelta(days=4), now=NOW, calendar=calendar)

    assert '<span class="mp-tag mp-tag--late">4 working days late</span>' in html
    assert 'title="Mon, May 4, 2026, 10:00 am EDT">Mon, May 4, 2026</time>' in html


def test_due_takes_the_name_of_a_zone_or_the_readers():
    at = datetime(2026, 5, 9, 2, 0, tzinfo=UTC)

    named = render("{% due at now 'America/Los_Angeles' %}", at=at, now=NOW)
    with timezone.override("UTC"):
        readers = render("{% due at now %}", at=at, now=NOW)

    assert "today" in named
    assert "Fri, May 8, 2026" in named
    assert "tomorrow" in readers


def test_due_without_a_deadline_says_so():
    assert "no deadline" in render("{% due None now %}", now=NOW)


def test_moment_and_day_are_empty_without_one():
    assert render("[{% moment None %}{% day None %}]") == "[]"


def test_day_of_a_moment_is_the_readers():
    with timezone.override("Asia/Tokyo"):
        html = render("{% day at %} {% day on %}", at=NOW.replace(hour=20), on=date(2026, 5, 11))

    assert '<time datetime="2026-05-09">Sat, May 9, 2026</time>' in html
    assert '<time datetime="2026-05-11">Mon, May 11, 2026</time>' in html


def test_age_is_told_in_days():
    html = render("{% age since now 'UTC' %}", since=NOW - timedelta(days=12), now=NOW)

    assert html == "12 days"


@pytest.mark.parametrize(
    ("met", "of", "filled"), [(20, 43, "46.51"), (0, 0, "0"), (43, 43, "100.00"), (5, 4, "100.00")]
)
def test_bar_shows_share_and_denominator(met, of, filled):
    html = render("{% bar met of %}", met=met, of=of)

    assert f'class="mp-bar__fill" width="{filled}"' in html
    assert f"{met} of {of}" in html


def test_bar_marks_where_a_level_begins():
    html = render("{% bar 20 43 mark=22 mark_label='Silver' wide=True %}")

    assert 'class="mp-bar__mark" x="51.16"' in html
    assert "(Silver 22)" in html


def test_sort_header_turns_the_order_round():
    fresh = render("{% sort_header 'due' 'Due' default='due' %}", "/?page=3&q=new")
    turned = render("{% sort_header 'due' 'Due' default='due' %}", "/?sort=-due")
    other = render("{% sort_header 'city' 'City' default='due' number=True %}")

    assert 'aria-sort="ascending"' in fresh
    assert 'href="?q=new&amp;sort=-due"' in fresh
    assert 'aria-sort="descending"' in turned
    assert 'href="?sort=due"' in turned
    assert "aria-sort" not in other
    assert 'href="?sort=city"' in other


def test_pagination_keeps_the_filter():
    page = Paginator(range(120), 50).page(2)

    html = render("{% pagination page %}", "/?q=new&page=2", page=page)

    assert "Showing 51–100 of 120" in html
    assert 'href="?q=new&amp;page=1" rel="prev"' in html
    assert 'href="?q=new&amp;page=3" rel="next"' in html


def test_pagination_of_one_page_only_counts():
    page = Paginator(range(3), 50).page(1)

    html = render("{% pagination page %}", page=page)

    assert "Showing 1–3 of 3" in html
    assert "<nav" not in html


def test_pagination_of_nothing_says_so():
    assert "Nothing found" in render("{% pagination page %}", page=Paginator([], 50).page(1))


def test_filter_form_offers_the_way_back_when_it_filters():
    active = render("{% filter_form form %}", "/?q=new&sort=-due", form=Filter({"q": "new"}))
    idle = render("{% filter_form form %}", form=Filter())

    assert '<input type="hidden" name="sort" value="-due">' in active
    assert '<a href="?sort=-due">Show all</a>' in active
    assert "Show all" not in idle


def test_confirm_asks_before_it_posts():
    html = render(
        "{% confirm 'Withdraw…' action='/x/' button='Withdraw' consequence='The case ends.' tone='danger' %}"
        "<b>field</b>{% endconfirm %}",
        csrf_token="token-of-the-session",
    )

    assert '<details class="mp-confirm mp-confirm--danger">' in html
    assert '<form class="mp-confirm__body" method="post" action="/x/">' in html
    assert "token-of-the-session" in html
    assert "<p>The case ends.</p> <b>field</b>" in html


def test_confirm_stays_open_after_a_mistake_and_takes_files():
    html = render("{% confirm 'a' 'b' 'c' 'd' opened=True upload=True %}{% endconfirm %}")

    assert '<details class="mp-confirm" open>' in html
    assert 'enctype="multipart/form-data"' in html


def test_table_names_itself():
    stacked = render("{% table 'Overdue' hide_caption=True %}<tr></tr>{% endtable %}")
    scrolled = render("{% table 'Overdue' stack=False %}<tr></tr>{% endtable %}")

    assert '<caption class="usa-sr-only">Overdue</caption>' in stacked
    assert "mp-table--stack" in stacked
    assert 'role="region" tabindex="0" aria-label="Overdue"' in scrolled


def test_ball_without_a_button_has_no_place_for_one():
    bare = render("{% ball 'Done:' 'Certified.' %} {% endball %}")
    acting = render("{% ball 'Waiting:' 'Answer.' %}<a>Answer</a>{% endball %}")

    assert "mp-ball__action" not in bare
    assert '<div class="mp-ball__action"><a>Answer</a></div>' in acting


def test_trail_links_all_but_the_last():
    html = render("{% trail 'Cases' '/cases/' 'Paterson, NJ' %}")

    assert '<a href="/cases/">Cases</a>' in html
    assert '<li aria-current="page">Paterson, NJ</li>' in html


def test_tabs_mark_the_current_one_and_count():
    entries = [
        {"label": "Overview", "url": "/a/", "current": True},
        {"label": "Notes", "url": "/b/", "count": 2},
    ]

    html = render("{% tabs entries 'Case' %}", entries=entries)

    assert '<a href="/a/" aria-current="page">Overview</a>' in html
    assert '<a href="/b/">Notes (2)</a>' in html


def test_figure_opens_where_it_can():
    assert '<a class="mp-card mp-figure" href="/x/">' in render("{% figure 9 'overdue' '/x/' %}")
    assert '<div class="mp-card mp-figure">' in render("{% figure 9 'overdue' %}")


def test_submit_says_the_consequence_and_the_way_out():
    html = render("{% submit 'Submit' note='Answers freeze.' cancel='/x/' name='outcome' value='yes' %}")

    assert '<button class="usa-button" type="submit" name="outcome" value="yes">Submit</button>' in html
    assert '<a href="/x/">Cancel</a>' in html
    assert "Answers freeze." in html


def test_file_link_tells_the_size():
    assert "(1.2\xa0MB)" in render("{% file_link 'a.pdf' '/f/' 1234567 %}").replace(" MB", "\xa0MB")
    assert "mp-small" not in render("{% file_link 'a.pdf' '/f/' %}")
