"""What every kit holds against whoever sends it a job or a command, the coordinator and the server included.

FLARE asks it before a job is kept (:meth:`Guard.validate`) and again, in the job's own process, before each class that
the job names is built (:meth:`Guard.handle_event`). What a job may be is in :mod:`remembrain.federation.flare.sound`.
Why a job is refused stands in the log of the machine that refuses it; others are told that it is refused.
"""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import Any

from nvflare.apis.app_validation import AppValidator
from nvflare.apis.event_type import EventType
from nvflare.apis.fl_constant import AdminCommandNames, FLContextKey
from nvflare.apis.fl_context import FLContext
from nvflare.apis.fl_exception import UnsafeComponentError
from nvflare.fuel.utils.config import ConfigFormat
from nvflare.fuel.utils.config_factory import ConfigFactory
from nvflare.fuel.utils.zip_utils import ls_zip_from_bytes
from nvflare.private.admin_defs import Message, MsgHeader, ReturnCode, error_reply
from nvflare.private.defs import ERROR_MSG_PREFIX, SysCommandTopic, TrainingTopic
from nvflare.private.fed.client.admin import RequestProcessor
from nvflare.private.fed.client.admin_commands import AdminCommands
from nvflare.private.fed.client.client_req_processors import ClientRequestProcessors
from nvflare.widgets.widget import Widget

from remembrain.errors import DataError, RemembrainError
from remembrain.federation.flare.sound import MOST_BYTES, insist_on_component, insist_on_job

REFUSED = "this machine runs no such job; its own log says why"
ANSWERED = frozenset(
    {
        TrainingTopic.CHECK_RESOURCE,
        TrainingTopic.CANCEL_RESOURCE,
        TrainingTopic.DEPLOY,
        TrainingTopic.START_JOB,
        TrainingTopic.ABORT,
        TrainingTopic.ABORT_TASK,
        TrainingTopic.CHECK_STATUS,
        TrainingTopic.NOTIFY_JOB_STATUS,
        SysCommandTopic.REPORT_VERSION,
    }
)
"""What the server may ask a site's main process for: to take, start and stop a job, and whether it runs."""
OF_A_JOB = frozenset(
    {
        AdminCommandNames.CHECK_STATUS,
        AdminCommandNames.ABORT,
        AdminCommandNames.ABORT_TASK,
        AdminCommandNames.SHUTDOWN,
    }
)
"""What it may ask the process of a job for, beside tasks."""


class Guard(Widget, AppValidator):  # type: ignore[misc]  # FLARE has no types
    """The guard of the server's kit, which runs no code of the coordinator's either."""

    def __init__(self) -> None:
        super().__init__()
        close_kit(Path.cwd())

    def validate(self, app_folder: str) -> tuple[str, dict[str, Any]]:
        """Return why a job is refused, before it is kept; nothing where it is one of ours."""
        try:
            insist_on_job(Path(app_folder))
        except Exception as error:  # what cannot be looked at is not let in
            _note(self.logger, "a job", error)
            return REFUSED, {}
        return "", {}

    def handle_event(self, event_type: str, fl_ctx: FLContext) -> None:
        """Look at a class that a job is about to build.

        Raises
        ------
        UnsafeComponentError
            Where it is none of ours, or its arguments are not sound.
        """
        if event_type != EventType.BEFORE_BUILD_COMPONENT:
            return
        try:
            insist_on_component(fl_ctx.get_prop(FLContextKey.COMPONENT_CONFIG))
        except Exception as error:  # anything else that is raised here would let the class be built
            _note(self.logger, "a class of a job", error)
            raise UnsafeComponentError(REFUSED) from None


class SiteGuard(Guard):
    """The guard of a site's kit, which answers fewer commands than FLARE does."""

    def __init__(self) -> None:
        super().__init__()
        close_commands()


class Discreet(RequestProcessor):  # type: ignore[misc]
    """Answers the server as FLARE does; whatever goes wrong is told in the same words, and logged here."""

    def __init__(self, inner: RequestProcessor) -> None:
        super().__init__()
        self.inner = inner

    def get_topics(self) -> list[str]:
        """Return what is answered."""
        return list(self.inner.get_topics())

    def process(self, req: Message, app_ctx: Any) -> Message:
        """Answer."""
        try:
            if TrainingTopic.DEPLOY in self.get_topics():
                _insist_on_size(req.body)
            reply = self.inner.process(req, app_ctx)
        except Exception as error:
            _note(app_ctx.logger, req.topic, error)
            return error_reply(REFUSED)
        failed = reply.get_header(MsgHeader.RETURN_CODE) == ReturnCode.ERROR
        if failed or (isinstance(reply.body, str) and reply.body.startswith(ERROR_MSG_PREFIX)):
            app_ctx.logger.error(f"refused {req.topic}: {reply.body}")
            reply.body = f"{ERROR_MSG_PREFIX}: {REFUSED}"
        return reply


def _insist_on_size(content: bytes) -> None:
    """Raise where a job, as it is sent or unpacked, is too large to be one of ours; it is unpacked to be looked at.

    Raises
    ------
    DataError
        Where it is.
    """
    if len(content) > MOST_BYTES or sum(one.file_size for one in ls_zip_from_bytes(content)) > MOST_BYTES:
        raise DataError(f"a job of more than {MOST_BYTES} bytes")


def close_kit(kit: Path) -> None:
    """Let what this process and those it starts write be its owner's alone, and so the kit that it runs from; and let
    settings be JSON: FLARE reads a job's before it asks anybody, and HOCON opens the files and addresses that it names.
    """
    os.umask(0o077)
    for kind in set(ConfigFactory._fmt2Loader) - {ConfigFormat.JSON}:
        del ConfigFactory._fmt2Loader[kind]
    if (kit / "startup" / "rootCA.pem").is_file():
        kit.chmod(0o700)


def close_commands() -> None:
    """Have this process answer what a federation needs and nothing else that FLARE knows: no command that reads files,
    logs or errors, tells of the machine, changes what is logged, or removes what a job left.
    """
    kept = [one for one in ClientRequestProcessors.request_processors if set(one.get_topics()) <= ANSWERED]
    ClientRequestProcessors.request_processors[:] = [
        one if isinstance(one, Discreet) else Discreet(one) for one in kept
    ]
    AdminCommands.commands[:] = [one for one in AdminCommands.commands if one.get_command_name() in OF_A_JOB]


def _note(log: logging.Logger, what: str, error: Exception) -> None:
    """Say in this machine's own log why something was refused; with a traceback, where nobody foresaw it."""
    if isinstance(error, RemembrainError):
        log.error(f"refused {what}: {error.message()}")
    else:
        log.error(f"refused {what}: {type(error).__name__}: {error}", exc_info=error)
