"""A site on FLARE: it trains the community model on its own people and sends its own model back, and nothing else."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch
from nvflare.apis.executor import Executor
from nvflare.apis.fl_context import FLContext
from nvflare.apis.shareable import Shareable
from nvflare.apis.signal import Signal
from torch import Tensor

from remembrain.errors import DataError, ProblemsError, RemembrainError
from remembrain.federation.aggregate import Reply, check
from remembrain.federation.flare.plan import BEGIN, RELEASED, Plan
from remembrain.federation.flare.wire import Code, packed, refusal, unpacked
from remembrain.federation.learner import Local, Turn, mean_age_told, train_locally, weight_of
from remembrain.targets.start import told_before

_FINGERPRINT = re.compile(r"[0-9a-f]{64}")


class Refused(Exception):
    """What a site does not do: the code and the number that leave it, and the words that stay in its log."""

    def __init__(self, code: Code, problems: int, words: str) -> None:
        super().__init__(words)
        self.code, self.problems = code, problems


@contextmanager
def refusing(code: Code) -> Iterator[None]:
    """Have everything that goes wrong on purpose in the block leave the site as this code.

    Raises
    ------
    Refused
        Where something does.
    """
    try:
        yield
    except RemembrainError as error:
        problems = len(error.problems) if isinstance(error, ProblemsError) else 1
        raise Refused(code, problems if code == Code.DATA else 0, error.message()) from error


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

    def allow(self, site: str, fl_ctx: FLContext, people: int) -> None:
        """Refuse a plan that the site does not allow; called before anything is told of its people."""

    def spend(self, site: str, fl_ctx: FLContext, people: int, epochs: int) -> None:
        """Put down what so many epochs are about to spend (0 is the mean age), or refuse them; nothing where a site
        keeps no ledger.
        """

    def same(self, local: Local, fl_ctx: FLContext) -> str:  # noqa: ARG002 - for subclasses
        """Return a word that is the same as long as a site's data are, and tells nobody else anything of them."""
        return ""

    def told(self) -> dict[str, Any]:
        """Return what else the server is told before any training; nothing of this site's people."""
        return {}

    def look_at(self, site: str, fl_ctx: FLContext, state: Mapping[str, Tensor], round_: int) -> None:
        """Look at the community model after so many rounds before it is trained on; nothing where a site does not."""

    def keep_released(self, site: str, fl_ctx: FLContext, state: Mapping[str, Tensor]) -> None:
        """Keep the final community model; nothing where a site has no place of its own."""

    def execute(self, task_name: str, shareable: Shareable, fl_ctx: FLContext, abort_signal: Signal) -> Shareable:
        """Do what the server asks for; whatever goes wrong is sent back as a code, and stands in the site's own log."""
        torch.set_num_threads(1)  # as in process: the number of threads changes the last bits
        try:
            site = str(fl_ctx.get_identity_name())
            local = self._people(site, fl_ctx)
            if task_name == BEGIN:
                return packed({**self._begin(local, site, fl_ctx), **self.told()})
            if task_name == RELEASED:
                with refusing(Code.MESSAGE):
                    self.keep_released(site, fl_ctx, unpacked(shareable)[1])
                return packed({})
            return self._train(local, site, shareable, abort_signal, fl_ctx)
        except Refused as error:
            self.log_error(fl_ctx, f"refused {task_name} ({error.code}): {error}", fire_event=False)
            return refusal(error.code, error.problems)
        except Exception:  # a site's own fault must reach the server as one
            self.log_exception(fl_ctx, f"failed in {task_name}", fire_event=False)
            return refusal(Code.FAILED)

    def _people(self, site: str, fl_ctx: FLContext) -> Local:
        """Return the people of this site, once it is known that the plan may be done with them."""
        if self._local is None:
            with refusing(Code.MESSAGE):
                if site not in self.plan.sites:
                    raise DataError(f"the plan has no {site}", expected=", ".join(self.plan.sites))
            with refusing(Code.DATA):
                local = self.local(site, fl_ctx)
            with refusing(Code.LIMIT):
                self.allow(site, fl_ctx, len(np.unique(local.whose)))
            self._local = local
        return self._local

    def _begin(self, local: Local, site: str, fl_ctx: FLContext) -> dict[str, Any]:
        """Return what the server has to know of a site before any training."""
        plan, kept = self.plan, self.kept(site, fl_ctx)
        with refusing(Code.TRAINING):
            new = not told_before(plan.recipe, local.age, local.whose, kept)
        with refusing(Code.LIMIT):
            if new:
                self.spend(site, fl_ctx, len(np.unique(local.whose)), 0)
        with refusing(Code.TRAINING):
            age = mean_age_told(
                local.age, local.whose, plan.recipe, learner=plan.numbers[site], seed=plan.seed, kept=kept
            )
        return {
            "scans": weight_of(local.whose, plan.recipe),
            "mean_age": age,
            "same": "" if plan.recipe.privacy else self.same(local, fl_ctx),
            "shape": list(local.inputs.shape),
        }

    def _sent(self, shareable: Shareable, like: Mapping[str, Tensor]) -> tuple[int, str, dict[str, Tensor]]:
        """Return the round, the community model's fingerprint and the model of a task.

        Raises
        ------
        RemembrainError
            Where they are not of this federation.
        """
        facts, state = unpacked(shareable)
        round_, parent = facts.get("round"), facts.get("parent")
        if type(round_) is not int or not 1 <= round_ <= self.plan.rounds:
            raise DataError("is of no round of the plan", where="the task")
        if not isinstance(parent, str) or not _FINGERPRINT.fullmatch(parent):
            raise DataError("has no fingerprint", where="the task")
        check(Reply(state, 1, parent), like, parent, "the server")
        return round_, parent, state

    def _train(
        self, local: Local, site: str, shareable: Shareable, abort_signal: Signal, fl_ctx: FLContext
    ) -> Shareable:
        """Train one round."""
        plan = self.plan
        network = plan.network_for(local.inputs.shape)
        with refusing(Code.MESSAGE):
            round_, parent, state = self._sent(shareable, network.state_dict())
        with refusing(Code.METER):
            self.look_at(site, fl_ctx, state, round_ - 1)
        with refusing(Code.LIMIT):
            self.spend(site, fl_ctx, len(np.unique(local.whose)), plan.recipe.epochs)
        network.load_state_dict(state)

        def go_on() -> None:
            if abort_signal.triggered:
                raise Refused(Code.STOPPED, 0, "was stopped by the server")

        with refusing(Code.TRAINING):
            turn = Turn(plan.numbers[site], round_, plan.seed)
            of_round = train_locally(network, local, plan.recipe, turn, check=not self._checked, advance=go_on)
        self._checked = True
        scans = weight_of(local.whose, plan.recipe)
        answer = {"round": round_, "parent": parent, "scans": scans, "loss": of_round.loss}
        if of_round.private:
            answer["privacy"] = dict(of_round.private)
        return packed(answer, network.state_dict())
