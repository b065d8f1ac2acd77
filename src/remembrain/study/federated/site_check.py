"""What a site would train on, and what its audit could see, before any work."""

from __future__ import annotations

from pathlib import Path

from remembrain.cohort.check import Roles
from remembrain.federation.flare.kit import SiteKit
from remembrain.federation.flare.site_people import drawn_split, foreseen
from remembrain.study.central.check import check_data
from remembrain.study.federated.site_people import Site, read_site


def check_site(kit: Path) -> tuple[list[str], bool]:
    """Return what a site's own file says, whom it would train on, and what its audit of the model could see.

    Raises
    ------
    DataError
        Where this is no site's kit, or its file is wrong, naming the key.
    """
    own = read_site(SiteKit.open(kit).site_file)
    # the seed of a federation decides who, not how many
    roles = Roles(lambda scans, _: drawn_split(scans, own.unseen, 0))
    lines, usable = check_data(own.source, own.data, roles=roles, foresee=lambda *split: foreseen(*split)[0])
    return [*lines, _meter_line(own)], usable


def _meter_line(own: Site) -> str:
    """Say whether community models are measured, and where it stops."""
    if own.meter is None:
        return "meter: none ([meter] in local/remembrain.toml has every community model measured here)"
    limit = "without a limit" if own.meter.stop_above is None else f"stops above an AUC of {own.meter.stop_above:g}"
    return f"meter: {', '.join(own.meter.attacks)}; {limit}"
