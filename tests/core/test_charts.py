from xml.etree import ElementTree

from core.charts import Share, Threshold, share_bars, threshold_bar

SVG = "{http://www.w3.org/2000/svg}"
NASTY = '<script>alert("x")</script> & “more”'


def texts(svg: str) -> list[str]:
    return ["".join(one.itertext()) for one in ElementTree.fromstring(svg).iter(f"{SVG}text")]  # noqa: S314 -- our own


def test_share_bars_say_their_numbers_in_words_and_picture() -> None:
    chart = share_bars([Share(NASTY, 4, 9, mark=5), Share("None", 0, 0)], title="Result", mark_label="median")

    assert texts(chart.svg) == [NASTY, "4 of 9", "None", "0 of 0", "median"]
    assert chart.alt == f"Result. {NASTY}: 4 of 9 (median: 5); None: 0 of 0."
    root = ElementTree.fromstring(chart.svg)  # noqa: S314 -- our own
    assert (root.get("role"), root.get("aria-label")) == ("img", chart.alt)
    assert root.find(f".//{SVG}script") is None


def test_bars_are_as_long_as_their_shares() -> None:
    root = ElementTree.fromstring(share_bars([Share("A", 3, 4)], title="Result").svg)  # noqa: S314 -- our own

    track, bar = [float(one.get("width", "")) for one in root.iter(f"{SVG}rect")]
    assert bar / track == 0.75


def test_threshold_bar_names_each_level_on_a_line_of_its_own() -> None:
    thresholds = [Threshold("Silver", 22), Threshold("Gold", 30), Threshold("Platinum", 99)]

    chart = threshold_bar(Share("Criteria", 20, 43), thresholds, title="Levels")

    root = ElementTree.fromstring(chart.svg)  # noqa: S314 -- our own
    heights = [one.get("y") for one in root.iter(f"{SVG}text")]
    assert len(set(heights)) == len(heights) == 4
    assert chart.alt == "Levels. Criteria: 20 of 43; Silver: 22; Gold: 30; Platinum: 99."


def test_charts_carry_no_style_that_the_content_policy_forbids() -> None:
    chart = threshold_bar(Share("Criteria", 20, 43), [Threshold("Silver", 22)], title="Levels")

    assert "style" not in chart.svg
