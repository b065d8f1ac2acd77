"""The coordinator's side: who did not take a job, and what is told of sites."""

from __future__ import annotations

import pytest

pytest.importorskip("nvflare", reason="NVIDIA FLARE is not installed (pip install 'remembrain[flare]')")

from remembrain.errors import RemembrainError
from remembrain.federation.flare import session


class Session:
    """A server that says of every job what it is told to."""

    def __init__(self, **meta):
        self.meta = meta

    def get_job_meta(self, number):
        return self.meta


@pytest.mark.parametrize(
    ("detail", "said"),
    [
        (["server: OK", "oslo: NVFLARE_ERROR: no", "rome: OK", "york: no reply"], "oslo, york did not take the job"),
        (["server: no"], "server did not take the job"),
        (None, "the server did not take the job"),
    ],
)
def test_who_did_not_take_a_job_is_named(tmp_path, monkeypatch, detail, said):
    monkeypatch.setattr(session, "_PAUSE", 0)
    told = Session(status="FINISHED:FAILED_TO_RUN", job_deploy_detail=detail)
    with pytest.raises(RemembrainError, match=f"^{said}"):
        session._wait(told, tmp_path, "1", 10, lambda: None)
    session._wait(Session(status="FINISHED:COMPLETED"), tmp_path, "1", 10, lambda: None)
