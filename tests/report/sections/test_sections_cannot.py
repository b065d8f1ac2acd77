"""What a comparison of defences cannot tell."""

from page_of import kept, section

import example_defences
from remembrain.report.sections.cannot import CANNOT


def test_every_line_stands_as_a_sentence() -> None:
    items = [item.text() for item in section(kept(example_defences.few), "cannot").all("li")]
    assert [item.lower() for item in items] == [f"{line.lower()}." for line in CANNOT]
