"""A site on FLARE: it trains the community model on its own people and sends its own model back, and nothing else."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from nvflare.apis.executor import Executor
from nvflare.apis.fl_context import FLContext
from nvflare.apis.shareable import Shareable
from nvflare.apis.signal import Signal
from torch import Tensor

from remembrain.errors import RemembrainError
from remembrain.federation.flare.plan import BEGIN, RELEASED, Plan
from remembrain.federation.flare.wire import packed, refusal, unpacked
from remembrain.federation.learner import mean_age_told, train_locally, weight_of
from remembrain.federation.rounds import digest_of
from remembrain.run.streams import first_weights
from remembrain.target import networks
from remembrain.types import Inputs, Texts


@dataclass(frozen=True, eq=False)
class Local:
    """A site's own people: scans as the network reads them, true ages (years), and whose each scan is."""

    inputs: Inputs
    age: Float[np.ndarray, "scan"]
    person: Texts | None = None

    @property
    def whose(self) -> Texts:
        """Whose each scan is; every scan is a person of its own where that is not said."""
        return np.arange(len(self.age)).astype(str) if self.person is None else self.person


class FlareLearner(Executor):  # type: ignore[misc]  # FLARE has no types
    """One learner. A subclass says where its people are.

    Parameters
    ----------
    plan
        As :meth:`Plan.to_text` wrote it.
    """

    def __init__(self, plan: str) -> None:
        super().__init__()
        self.plan = Plan.from_text(plan)
        self._local: Local | None = None
        self._checked = False

    @abstractmethod
    def local(self, site: str, fl_ctx: FLContext) -> Local:
        """Return the people of this site; called once."""

    def kept(self, site: str, fl_ctx: FLContext) -> Path | None:  # noqa: ARG002 - for subclasses
        """Return the file where a site keeps what it told before round 1, if it has a place of its own."""
        return None

    def spend(self, site: str, fl_ctx: FLContext, people: int) -> None:
        """Put down what a round is about to spend, or refuse it; nothing where a site keeps no ledger."""

    def told(self) -> dict[str, Any]:
        """Return what else the server is told before any training; nothing of this site's people."""
        return {}

    def look_at(self, site: str, fl_ctx: FLContext, state: Mapping[str, Tensor], round_: int) -> None:
        """Look at the community model after so many rounds before it is trained on; nothing where a site does not."""

    def keep_released(self, site: str, fl_ctx: FLContext, state: Mapping[str, Tensor]) -> None:
        """Keep the final community model; nothing where a site has no place of its own."""

    def execute(self, task_name: str, shareable: Shareable, fl_ctx: FLContext, abort_signal: Signal) -> Shareable:
        """Do what the server asks for; whatever goes wrong is sent back as a refusal that says why."""
        torch.set_num_threads(1)  # as in process: the number of threads changes the last bits
        site = str(fl_ctx.get_identity_name())
        try:
            if self._local is None:
                self._local = self.local(site, fl_ctx)
            if task_name == BEGIN:
                return packed({**self._begin(self._local, site, self.kept(site, fl_ctx)), **self.told()})
            if task_name == RELEASED:
                self.keep_released(site, fl_ctx, unpacked(shareable)[1])
                return packed({})
            return self._train(self._local, site, shareable, abort_signal, fl_ctx)
        except RemembrainError as error:
            self.log_error(fl_ctx, error.message())
            return refusal(error.what)
        except Exception as error:  # a site's own fault must reach the server as one
            self.log_exception(fl_ctx, f"failed in {task_name}")
            return refusal(f"failed: {type(error).__name__}: {error}")

    def _begin(self, local: Local, site: str, kept: Path | None) -> dict[str, Any]:
        """Return what the server has to know of a site before any training."""
        plan = self.plan
        return {
            "scans": weight_of(local.whose, plan.recipe),
            "mean_age": mean_age_told(
                local.age, local.whose, plan.recipe, learner=plan.numbers[site], seed=plan.seed, kept=kept
            ),
            "digest": digest_of(local.inputs.keys(), local.age, private=plan.recipe.privacy is not None),
            "shape": list(local.inputs.shape),
        }

    def _train(
        self, local: Local, site: str, shareable: Shareable, abort_signal: Signal, fl_ctx: FLContext
    ) -> Shareable:
        """Train one round."""
        facts, state = unpacked(shareable)
        plan, round_ = self.plan, int(facts["round"])
        self.look_at(site, fl_ctx, state, round_ - 1)
        self.spend(site, fl_ctx, len(np.unique(local.whose)))
        network = networks.build(
            plan.network,
            plan.form,
            local.inputs.shape,
            mean_age=0.0,
            generator=first_weights(plan.seed),
            dropout=plan.recipe.dropout,
            width=plan.recipe.width,
        )
        network.load_state_dict(state)

        def go_on() -> None:
            if abort_signal.triggered:
                raise RemembrainError("was stopped by the server")

        told = train_locally(
            network,
            local.inputs,
            local.age,
            np.arange(len(local.age)),
            plan.recipe,
            learner=plan.numbers[site],
            round_=round_,
            seed=plan.seed,
            person=local.whose,
            check=not self._checked,
            advance=go_on,
        )
        self._checked = True
        answer = {
            "round": round_,
            "parent": facts["parent"],
            "scans": weight_of(local.whose, plan.recipe),
            "loss": told.loss,
        }
        if told.private:
            answer["privacy"] = dict(told.private)
        return packed(answer, network.state_dict())
