"""A federation of four learners on a table, and the models it leaves."""

from __future__ import annotations

from remembrain.config import Config, DataOptions, FederationOptions, TrainOptions

ROUNDS = 3


def config_of(table, workers=1, rounds=ROUNDS, environment="uniform-noniid", **training):
    return Config(
        source=table,
        seed=4,
        data=DataOptions(workers=workers),
        training=TrainOptions(network="mlp", **training),
        federation=FederationOptions(environment=environment, learners=4, rounds=rounds),
    )


def models(run):
    return {str(path.relative_to(run)): path.read_bytes() for path in sorted(run.glob("rounds/*/*"))}
