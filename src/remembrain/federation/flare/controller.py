"""The server on FLARE: it sends the community model out, waits for every site, and averages in the one fixed order.

A site that fails, is silent until the time limit, or sends what is no model of this round ends the round with an error
that names it, unless missing sites are allowed: then the archive says who was missing and why.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import torch
from nvflare.apis.client import Client
from nvflare.apis.controller_spec import ClientTask, Task, TaskCompletionStatus
from nvflare.apis.fl_context import FLContext
from nvflare.apis.impl.controller import Controller
from nvflare.apis.shareable import Shareable
from nvflare.apis.signal import Signal
from torch import Tensor

from remembrain.errors import RemembrainError
from remembrain.federation.aggregate import Reply, check
from remembrain.federation.archive import Archive
from remembrain.federation.flare.plan import BEGIN, FAILURE, RELEASED, TOLD, TRAIN, Plan
from remembrain.federation.flare.wire import packed, unpacked
from remembrain.federation.learner import LearnerRound
from remembrain.federation.rounds import attempts_at, end_round, identity, mean_age
from remembrain.run import write_json
from remembrain.targets.weights import write_tensors

Messages = dict[str, tuple[dict[str, Any], dict[str, Tensor]]]


class FlareRounds(Controller):  # type: ignore[misc]  # FLARE has no types
    """The rounds of one federation.

    Parameters
    ----------
    plan
        As :meth:`Plan.to_text` wrote it.
    folder
        Gets ``rounds``, or has those that are complete; the server keeps it where it stays when a job has ended.
    """

    releases = False
    """Whether sites are sent the final community model, to audit it on their own people."""

    def __init__(self, plan: str, folder: str) -> None:
        super().__init__()
        self.plan = Plan.from_text(plan)
        self.folder = folder
        self._told: dict[str, Any] = {}

    def error_of(self, state: Mapping[str, Tensor]) -> float | None:  # noqa: ARG002 - for subclasses
        """Return a community model's mean absolute error on people whom no learner has, where the server has any."""
        return None

    def start_controller(self, fl_ctx: FLContext) -> None:
        """Begin with nothing to do."""

    def stop_controller(self, fl_ctx: FLContext) -> None:
        """End with nothing to do."""

    def process_result_of_unknown_task(
        self,
        client: Client,
        task_name: str,  # noqa: ARG002
        client_task_id: str,  # noqa: ARG002
        result: Shareable,  # noqa: ARG002
        fl_ctx: FLContext,
    ) -> None:
        """Leave a late answer aside: its round has ended."""
        self.log_warning(fl_ctx, f"{client.name} answered too late")

    def control_flow(self, abort_signal: Signal, fl_ctx: FLContext) -> None:
        """Run every round that is not complete; what went wrong is written down and ends the job."""
        torch.set_num_threads(1)
        folder = Path(self.folder)
        (folder / FAILURE).unlink(missing_ok=True)
        (folder / TOLD).unlink(missing_ok=True)
        with suppress(Exception):  # what is told while it goes on is told at its end too
            fl_ctx.get_engine().register_app_command(TOLD, lambda *_: dict(self._told))
        try:
            self._run(Archive(folder / "rounds"), abort_signal, fl_ctx)
        except RemembrainError as error:
            where = "the server" if isinstance(error.where, Path) else error.where  # where it keeps what is its own
            write_json(folder / FAILURE, {"what": error.what, "where": where})
            self.system_panic(error.message(), fl_ctx)

    def _run(self, archive: Archive, abort_signal: Signal, fl_ctx: FLContext) -> None:
        """Run the federation."""
        plan = self.plan
        begun, _ = self._ask(BEGIN, packed({"plan": plan.to_text()}), 0, abort_signal, fl_ctx, allow_missing=False)
        sites = {plan.numbers[site]: facts for site, (facts, _) in begun.items()}
        self._tell(cannot_audit=[name for site, name in plan.sites.items() if begun[site][0].get("can_audit") is False])
        shapes = {tuple(facts["shape"]) for facts in sites.values()}
        if len(shapes) > 1:
            listed = ", ".join(f"{plan.names[number]} {facts['shape']}" for number, facts in sorted(sites.items()))
            raise RemembrainError(f"scans of different shapes: {listed}", expected="one grid for all sites")
        shape = shapes.pop()
        age = mean_age(
            {number: facts["scans"] for number, facts in sites.items()},
            {number: facts["mean_age"] for number, facts in sites.items()},
        )
        network = plan.network_for(shape, age)
        same = {number: str(facts["same"]) for number, facts in sites.items()}
        digest = identity(network, plan.recipe, plan.seed, plan.names, same)
        done = archive.begin(network, digest, shape)
        for round_ in range(done + 1, plan.rounds + 1):
            self._round(archive, round_, abort_signal, fl_ctx)
        if self.releases:
            self._release(archive, abort_signal, fl_ctx)

    def _release(self, archive: Archive, abort_signal: Signal, fl_ctx: FLContext) -> None:
        """Send every site the final community model; the training is done, whoever does not get it."""
        rounds = self.plan.rounds
        received: Messages = {}
        with suppress(RemembrainError):
            model = packed({}, archive.state(rounds))
            received, _ = self._ask(RELEASED, model, rounds, abort_signal, fl_ctx, allow_missing=True)
        self._tell(without_model=[name for site, name in self.plan.sites.items() if site not in received])

    def _tell(self, **facts: list[str]) -> None:
        """Write down what the coordinator is told of sites."""
        self._told.update(facts)
        write_json(Path(self.folder) / TOLD, self._told)

    def _round(self, archive: Archive, round_: int, abort_signal: Signal, fl_ctx: FLContext) -> None:
        """Run one round."""
        plan = self.plan
        before, parent = archive.state(round_ - 1), archive.fingerprint(round_ - 1)
        attempts = attempts_at(archive, round_, plan.recipe)
        message = packed({"round": round_, "parent": parent}, before)
        answers, missing = self._ask(TRAIN, message, round_, abort_signal, fl_ctx, allow_missing=plan.allow_missing)
        replies = {}
        for site, (facts, state) in answers.items():
            number = plan.numbers[site]
            reply = Reply(state, int(facts.get("scans", 0)), str(facts.get("parent")))
            try:
                check(reply, before, parent, plan.names[number])
            except RemembrainError as error:
                if not plan.allow_missing:
                    error.within(f"round {round_}")
                    raise
                missing[number] = error.what
                continue
            replies[number] = reply, LearnerRound(facts.get("loss"), facts.get("privacy"))
            write_tensors(state, archive.local(round_, number))
        for number in missing:
            archive.local(round_, number).unlink(missing_ok=True)
        end_round(
            archive,
            round_,
            replies,
            plan.names,
            attempts=attempts,
            error=lambda: self.error_of(archive.state(round_)),
            missing=missing,
        )

    def _ask(
        self,
        name: str,
        message: Shareable,
        round_: int,
        abort_signal: Signal,
        fl_ctx: FLContext,
        *,
        allow_missing: bool,
    ) -> tuple[Messages, dict[int, str]]:
        """Send a task to every site and return what came, and why the others are missing who may be."""
        plan = self.plan
        answers: Messages = {}
        failed: dict[str, str] = {}

        def came(client_task: ClientTask, fl_ctx: FLContext) -> None:  # noqa: ARG001 - FLARE calls it by these names
            site = client_task.client.name
            try:
                answers[site] = unpacked(client_task.result)
            except RemembrainError as error:
                failed[site] = error.what
                if not allow_missing:
                    self.cancel_task(client_task.task)
            client_task.result = None  # it need not stay in memory

        task = Task(name, message, timeout=plan.time_limit, result_received_cb=came)
        self.broadcast_and_wait(
            task, fl_ctx, targets=list(plan.sites), min_responses=len(plan.sites), abort_signal=abort_signal
        )
        where = f"round {round_}" if round_ else "before round 1"
        if not failed and abort_signal.triggered:
            raise RemembrainError("the federation was stopped", where=where)
        timed_out = task.completion_status == TaskCompletionStatus.TIMEOUT
        why = f"did not answer within {plan.time_limit} s" if timed_out else "is gone, or was lost on the way"
        silent = {site: why for site in plan.sites if site not in {*answers, *failed}}
        lost = failed if failed and not allow_missing else {**failed, **silent}
        if lost and (not allow_missing or not answers):
            refusals = "; ".join(f"{plan.sites[site]} {why}" for site, why in lost.items())
            raise RemembrainError(refusals, where=where, try_next="the same command again: complete rounds are kept")
        return answers, {plan.numbers[site]: why for site, why in lost.items()}
