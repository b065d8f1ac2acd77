"""How published tables were audited, with the papers of what ran."""

from page_of import kept, section, words

import example_surveys


def test_attacks_that_ran_are_named_with_their_papers() -> None:
    found = section(kept(example_surveys.recognised), "run1-methods")
    text = words(found)
    assert "Inner product: Homer et al. 2008, PLoS Genet. 4:e1000167. Logistic regression over tables: this" in text
    assert "takes a p-value below 0.05 of all attacks together" in text
    assert found.all("li")[0].text() == "Homer et al. 2008, PLoS Genet. 4:e1000167"
    assert [heading.text() for heading in found.all("h3")] == ["References"]
