"""Who could run what settings are judged by."""

from page_of import kept, section, table

import example_defences


def test_every_attack_says_who_can_run_it_and_which_settings_it_judges() -> None:
    rows = table(section(kept(example_defences.compared), "threat"), "The threat model")
    assert rows[0].startswith(
        "Neural network on gradient of the output layer Anyone who holds a copy of the model’s weights and already "
        "knows of some people whether their scans trained it weights 1 2 3"
    )
    assert any(row.endswith("outputs 14 15 16") or row.endswith("outputs none") for row in rows[1:])
