"""A site's start-up kit without any FLARE around it: folders, a file, and a context that says where they are."""

from __future__ import annotations

import torch
from nvflare.apis.fl_constant import FLContextKey, ReservedKey
from nvflare.apis.fl_context import FLContext
from nvflare.apis.signal import Signal

from made_table import write_people
from remembrain.federation.flare.kit import SiteKit
from remembrain.federation.flare.plan import BEGIN, RELEASED, TRAIN, Plan
from remembrain.federation.flare.wire import packed, unpacked
from remembrain.run.streams import first_weights
from remembrain.study.federated.real_sites import SiteLearner
from remembrain.targets import networks, recipes

PEOPLE, LEFT_OUT = 240, 84


class Engine:
    """What FLARE gives to a job, as far as it says where the kit lies."""

    def __init__(self, root):
        self.root = root

    def get_workspace(self):
        return self

    def fire_event(self, event, fl_ctx):
        """Hear of what is logged."""

    def get_root_dir(self):
        return str(self.root)

    def get_site_config_dir(self):
        return str(self.root / "local")


def context(root, task="train", site="oslo"):
    found = FLContext()
    found.set_prop(ReservedKey.ENGINE, Engine(root), private=True, sticky=False)
    found.set_prop(ReservedKey.IDENTITY_NAME, site, private=False, sticky=False)
    found.set_prop(FLContextKey.TASK_NAME, task, private=True, sticky=False)
    return found


def kit(root, text):
    (root / "local").mkdir(parents=True, exist_ok=True)
    (root / "local" / "remembrain.toml").write_text(text)
    return root


def plan_of(rounds=1, **changed):
    recipe = recipes.recipe("mlp", "light", federated=True)
    return Plan("mlp", "light", recipe, rounds, 4, {"oslo": "oslo", "rome": "rome"}, **changed)


class Site:
    """A site's learner in its kit, asked as a server does."""

    def __init__(self, root, plan=None):
        self.root, self.plan = root, plan or plan_of()
        self.learner = SiteLearner(self.plan.to_text(), "48")

    def asked(self, task, facts, state=None):
        reply = self.learner.execute(task, packed(facts, state), context(self.root, task), Signal())
        return unpacked(reply)

    def begin(self):
        return self.asked(BEGIN, {"plan": self.plan.to_text()})[0]

    def train(self, state, round_=1):
        return self.asked(TRAIN, {"round": round_, "parent": "0" * 64}, state)[1]

    def release(self, state):
        return self.asked(RELEASED, {}, state)[0]


def site_with_people(folder):
    """Return a site of a kit in this folder, which trains on its people but for a share."""
    write_people(folder / "people.tsv", PEOPLE)
    return Site(kit(folder / "kit", 'source = "../../people.tsv"\nunseen = 0.35\n'))


def folder_of(site):
    """Return what a site's kit keeps of its federation."""
    return SiteKit(site.root).federation(site.plan.identity)


def model(seed=0):
    """Return the weights of a community model of these sites."""
    return networks.build("mlp", "light", (6,), mean_age=62.0, generator=first_weights(seed)).state_dict()


def same_models(one, other):
    """Tell whether two models are the same to the bit."""
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)
