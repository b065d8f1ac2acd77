"""A leakage meter for running federations: a site audits every community model it receives on its own people.

It is a FLARE filter of task data, so that a site can have it in any job whose models are PyTorch networks that regress
one number: in the job's ``task_data_filters``, or for all jobs in the site's own ``local/privacy.json``. It passes on
what it gets as it is and sends nothing; evidence, reports and a trend stay in a folder of the site. Which class, whose
people and which folder stand in the site's own ``local/remembrain.toml``: a job can say nothing of them.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from nvflare.apis.dxo import DataKind, from_shareable
from nvflare.apis.filter import Filter
from nvflare.apis.fl_constant import FLContextKey
from nvflare.apis.fl_context import FLContext
from nvflare.apis.shareable import Shareable
from nvflare.app_common.app_constant import AppConstants

from remembrain.audits.judge import Evidence
from remembrain.config.site import read_site
from remembrain.errors import DataError, RemembrainError
from remembrain.federation.flare.provision import SITE_FILE
from remembrain.federation.flare.site_file import MeterOptions
from remembrain.federation.metering import BY_LEARNER, Meter
from remembrain.study.federated.metering import audit_of

_FOLDER = "leakage"


class LeakageMeter(Filter):  # type: ignore[misc]  # FLARE has no types
    """Measures what the community model gives away of this site's people, round after round.

    It takes no argument: a job comes from somebody else, and what it said here would be run or written at the site.
    """

    def __init__(self) -> None:
        super().__init__()
        self._seen = 0
        self._silent = False

    def process(self, shareable: Shareable, fl_ctx: FLContext) -> Shareable:
        """Audit the model of a training task, and pass the task on; at a site that asks for no meter, pass it on.

        A training of this program measures by itself, since it knows the network and the people.

        Raises
        ------
        EvidenceAboveLimit
            Where the site stops taking part; FLARE answers the server with an error and no numbers.
        DataError
            Where the site's own file is wrong.
        """
        if fl_ctx.get_prop(BY_LEARNER):
            return shareable
        workspace = fl_ctx.get_engine().get_workspace()
        options = self._options(Path(workspace.get_site_config_dir()) / SITE_FILE, fl_ctx)
        if options is None or fl_ctx.get_prop(FLContextKey.TASK_NAME) not in options.tasks:
            return shareable
        usual = Path(workspace.get_root_dir()) / _FOLDER
        folder = options.folder(usual, str(fl_ctx.get_identity_name(default="site")))
        meter = Meter(options, folder, lambda what: self.log_exception(fl_ctx, what))
        meter.insist_on_going_on()
        self._seen += 1
        if (self._seen - 1) % options.every:
            return shareable
        round_ = int(shareable.get_header(AppConstants.CURRENT_ROUND, self._seen - 1))

        def audit(run: Path) -> Evidence:
            return audit_of(options, weights_in(shareable), round_)(run)

        meter.look(round_, audit)
        return shareable

    def _options(self, path: Path, fl_ctx: FLContext) -> MeterOptions | None:
        """Return what the site says of its meter; nothing, which is told once, where it asks for none."""
        try:
            options = read_site(path).meter if path.is_file() else None
        except RemembrainError as error:
            self.log_error(fl_ctx, error.message(), fire_event=False)
            raise
        if options is None and not self._silent:
            self._silent = True
            self.log_info(fl_ctx, f"not measured: {path} has no table [meter]")
        return options


def weights_in(shareable: Shareable) -> dict[str, torch.Tensor]:
    """Return the model that a task brings.

    Raises
    ------
    DataError
        Where it brings none, or differences to one.
    """
    try:
        dxo = from_shareable(shareable)
    except ValueError as error:
        raise DataError(f"the task brings no model ({error})") from None
    if dxo.data_kind != DataKind.WEIGHTS:
        raise DataError(f"the task brings {dxo.data_kind}", expected="the weights of the whole model")
    return {
        name: value if isinstance(value, torch.Tensor) else torch.from_numpy(np.array(value))
        for name, value in dxo.data.items()
    }
