"""A server of FLARE whose tasks are handed over in this process: no workers, no network."""

from __future__ import annotations

from types import SimpleNamespace

from nvflare.apis.client import Client
from nvflare.apis.fl_context import FLContext
from nvflare.apis.signal import Signal

from remembrain.errors import RemembrainError
from remembrain.federation.flare.plan import BEGIN


class Relayed:
    """What comes before a controller: the sites that it has, and what ended it."""

    def over(self, sites, *, begin_alone=None):
        """Run all rounds over learners by client name; some may only be there at the beginning.

        Raises
        ------
        RemembrainError
            What FLARE's server would end a job with.
        """
        self.sites, self.begin_alone = sites, begin_alone or {}
        context = FLContext()
        context.get_engine = SimpleNamespace  # which tells nobody anything meanwhile
        self.control_flow(Signal(), context)

    def system_panic(self, reason, fl_ctx):
        raise RemembrainError(reason)

    def log_warning(self, fl_ctx, message, **_):
        raise AssertionError(message)

    def broadcast_and_wait(self, task, fl_ctx, targets, min_responses, abort_signal):
        sites = {**self.sites, **self.begin_alone} if task.name == BEGIN else self.sites
        for name in targets:
            if name in sites:
                context = FLContext()
                context.set_prop("__identity_name__", name, private=False)
                result = sites[name].execute(task.name, task.data, context, abort_signal)
                answered = SimpleNamespace(client=Client(name, ""), task=task, result=result)
                task.result_received_cb(client_task=answered, fl_ctx=fl_ctx)

    def cancel_task(self, task):
        """End a task that has ended."""
