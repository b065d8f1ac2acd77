"""A real site on FLARE: it reads its own people, and nothing of them leaves. The server is named here by its jobs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from nvflare.apis.event_type import EventType
from nvflare.apis.fl_context import FLContext
from torch import Tensor

from remembrain.cohort.material import Material
from remembrain.config import GridName
from remembrain.config.site import read_site, site_config, site_roles
from remembrain.errors import DataError, RemembrainError
from remembrain.federation.flare.kit import SiteKit
from remembrain.federation.flare.learner import FlareLearner
from remembrain.federation.flare.ledger import charge, insist_on_limit
from remembrain.federation.flare.own import own_key, word_of
from remembrain.federation.flare.server import ServerRounds
from remembrain.federation.flare.site_people import audited, foreseen, in_kept_order, keep_split, line_of_kept
from remembrain.federation.learner import Local
from remembrain.federation.metering import BY_LEARNER, Meter
from remembrain.study.federated.metering import audit_at_site
from remembrain.study.people import gather

__all__ = ["ServerRounds", "SiteLearner"]


class SiteLearner(FlareLearner):
    """A real site: ``local/remembrain.toml`` of its start-up kit says where its people are, and what may be spent.

    Who is trained on and who is left out stays in the kit, and so does the final model, for an audit of the site's own.
    """

    def __init__(self, plan: str, grid: GridName) -> None:
        super().__init__(plan)
        self.grid = grid
        self._material: Material | None = None
        self._can_audit = True

    def handle_event(self, event_type: str, fl_ctx: FLContext) -> None:
        """Say that this job's models are looked at here, where there is a meter."""
        if event_type == EventType.START_RUN:
            fl_ctx.set_prop(BY_LEARNER, value=True, private=True, sticky=True)

    def kept(self, site: str, fl_ctx: FLContext) -> Path:
        """Return where this site's mean age stays, as it told it: a file a federation."""
        return _kit(fl_ctx).federations / f"{self.plan.identity}-{site}.json"

    def allow(self, site: str, fl_ctx: FLContext, people: int) -> None:  # noqa: ARG002
        """Refuse a plan that would spend more on this site's people than the site allows, or promises nothing."""
        insist_on_limit(read_site(_kit(fl_ctx).site_file).most_epsilon, self.plan.recipe, people)

    def spend(self, site: str, fl_ctx: FLContext, people: int, epochs: int) -> None:  # noqa: ARG002
        """Put down what is about to be spent of this site's people, over all federations, or refuse it."""
        kit, plan = _kit(fl_ctx), self.plan
        if plan.recipe.privacy is not None:
            most = read_site(kit.site_file).most_epsilon
            charge(kit.federations / "spent.json", plan.identity, plan.recipe, people, most, epochs)

    def same(self, local: Local, fl_ctx: FLContext) -> str:
        """Return a hash of this site's scans and ages under a key that never leaves the kit, and of the plan."""
        key = own_key(_kit(fl_ctx).federations / "site.key")
        return word_of(key, self.plan.identity, local.inputs.keys(), local.age)

    def local(self, site: str, fl_ctx: FLContext) -> Local:  # noqa: ARG002
        """Return the people of this site whom it trains on."""
        kit, plan = _kit(fl_ctx), self.plan
        own, federation = read_site(kit.site_file), kit.federation(plan.identity)
        roles = site_roles(federation, own.unseen, plan.seed)
        material = gather(site_config(own, plan, self.grid), roles, protected=plan.recipe.privacy is not None)
        for line in filter(
            None, [*material.lines(), line_of_kept(federation, material.scans, material.split, own.unseen)]
        ):
            self.log_info(fl_ctx, line)
        if federation.split.is_file():
            material = in_kept_order(material, federation)
        members = material.of("member")
        if not len(members.scans):
            raise DataError("nobody is left to train on", where=kit.site_file)
        split = audited(material.split) if federation.split.is_file() else keep_split(federation, material, plan.seed)
        federation.begin(plan, self.grid, material.inputs.shape)
        self._foresee(material, fl_ctx)
        self._material = replace(material, split=split).of("member", "nonmember")
        return Local(members.inputs, members.scans.age, members.scans.participant_id)

    def told(self) -> dict[str, Any]:
        """Return whether this site will be able to audit the model that comes out."""
        return {"can_audit": self._can_audit}

    def look_at(self, site: str, fl_ctx: FLContext, state: Mapping[str, Tensor], round_: int) -> None:
        """Measure what the community model gives away of this site's people, where its file asks for a meter."""
        self._look(site, fl_ctx, state, round_, always=False)

    def keep_released(self, site: str, fl_ctx: FLContext, state: Mapping[str, Tensor]) -> None:
        """Keep the final community model in the kit, and measure it; there is nothing left to stop."""
        rounds = self.plan.rounds
        if self._material is not None:
            self.plan.community(self._material.inputs.shape, state, Path("the final model"))  # or an error
        digest = _kit(fl_ctx).federation(self.plan.identity).release(state, rounds)
        self.log_info(fl_ctx, f"the final model of {rounds} rounds is kept (SHA-256 {digest})")
        try:
            self._look(site, fl_ctx, state, rounds, always=True)
        except RemembrainError as error:
            self.log_error(fl_ctx, error.message(), fire_event=False)

    def _foresee(self, material: Material, fl_ctx: FLContext) -> None:
        """Say in this site's log what its own audit of the final model could see, and remember whether anything."""
        lines, why_not = foreseen(material.scans, material.split)
        self._can_audit = not why_not
        for line in lines:
            (self.log_warning if why_not else self.log_info)(fl_ctx, line, fire_event=False)

    def _look(self, site: str, fl_ctx: FLContext, state: Mapping[str, Tensor], round_: int, *, always: bool) -> None:
        """Audit a community model, where this is asked for.

        Raises
        ------
        EvidenceAboveLimit
            Where this site takes part no more; of why, nothing is for the server.
        """
        kit, material = _kit(fl_ctx), self._material
        options = read_site(kit.site_file).meter
        if options is None or material is None:
            return
        folder = options.folder(kit.federation(self.plan.identity).leakage, site)
        meter = Meter(options, folder, lambda text: self.log_exception(fl_ctx, text))
        weights = {name: value.clone() for name, value in state.items()}
        meter.insist_on_going_on()
        if always or round_ % options.every == 0:
            meter.look(round_, audit_at_site(options, self.plan, weights, material, round_))


def _kit(fl_ctx: FLContext) -> SiteKit:
    """Return the start-up kit that a job runs in."""
    return SiteKit(Path(fl_ctx.get_engine().get_workspace().get_root_dir()))
