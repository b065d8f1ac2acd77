"""What a site would train on, and what its audit could see, before any work."""

from __future__ import annotations

from pathlib import Path

from remembrain.cohort.check import Roles
from remembrain.config.site import read_site
from remembrain.federation.flare.kit import SiteKit
from remembrain.federation.flare.site_people import drawn_split, foreseen
from remembrain.federation.metering import line_of_meter
from remembrain.study.central.check import check_data


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
    return [*lines, line_of_meter(own.meter)], usable
