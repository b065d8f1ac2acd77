"""What attacks and people's data are called."""

from remembrain.record.naming import data_word, with_titles


def test_whole_names_alone_become_titles_and_longer_ones_first():
    titles = {"lira": "LiRA", "lira-offline": "LiRA, offline", "shadow:lira": "On a shadow"}
    assert with_titles("lira, lira-offline and shadow:lira", titles) == "“LiRA”, “LiRA, offline” and “On a shadow”"
    assert with_titles("liras and my-lira", titles) == "liras and my-lira"
    assert with_titles("lira", {}) == "lira"
    assert with_titles("a.b beat axb", {"a.b": "Dot"}) == "“Dot” beat axb"


def test_a_table_has_records_and_all_else_scans():
    assert data_word("table of predictions") == "records"
    assert data_word("BIDS folder") == "scans"
