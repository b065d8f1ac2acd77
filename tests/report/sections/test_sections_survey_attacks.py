"""The table of attacks on published tables: the model's, with other words."""

from page_of import kept, section, table, words

import example_surveys


def test_rows_are_those_of_any_attack_and_words_those_of_tables() -> None:
    found = section(kept(example_surveys.recognised), "run1-attacks")
    rows = table(found, "Means over repeats of what the adversary knows")
    assert rows[0].startswith("1 Inner product published tables; some members 151 + 152 5 repeats 0.68 0.64 to 0.72")
    assert rows[2].startswith("Blind baseline: answers alone, never a table nothing; some members 151 + 152")
    assert "Tested: took part + others" in words(found)
    assert "UK Biobank" not in words(found)
    assert [each.attributes["id"] for each in found.all("figure")] == ["run1-figure-forest", "run1-figure-roc"]
