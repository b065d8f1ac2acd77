"""What each setting gives away, and what it costs."""

from __future__ import annotations

from page_of import kept, table, words

import example_defences


def test_what_is_missing_says_why():
    found = kept(example_defences.few)
    text = words(found.all("main")[0])
    assert "not assessed for: every setting: 80 non-members cannot resolve 1 %" in text
    assert "dp=1: Epsilon 1 is out of reach for 500 steps." in text
    assert "a line takes at least three settings" in text
    assert "Under differential privacy" not in text
    assert [figure.attributes["id"] for figure in found.all("figure")] == ["all-figure-tradeoff"]
    rows = table(kept(example_defences.nothing_assessed), "still gives away")
    assert rows[0].count("not assessed a") == 3
