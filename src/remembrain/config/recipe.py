"""From the words of the command line to how a network is trained: its preset, what was changed, and what defends it."""

from __future__ import annotations

from dataclasses import replace

from remembrain._ray import HERE
from remembrain.cohort.splits import Split
from remembrain.config import AttackOptions, Config, RoundsOptions, TrainOptions
from remembrain.errors import UsageError
from remembrain.references.ensemble import HALF, insist_on_whole_rounds, nearest_share, share_like
from remembrain.targets import recipes
from remembrain.targets.defences import Defence, named
from remembrain.targets.private.mechanism import Privacy, insist_on_range
from remembrain.targets.recipes import Recipe


def network_of(config: Config) -> str:
    """Return the network that is meant: the one that is named, else the one that goes with the data.

    Raises
    ------
    UsageError
        Where columns of a table are to stay as they are, and the network is one of ours, which need them scaled.
    """
    name = config.training.network or ("cnn3d" if config.source.is_dir() else "mlp")
    if config.data.raw_columns and ":" not in name:
        raise UsageError(
            f"--raw-columns is for a network that scales its columns itself, and {name} does not",
            expected="--network module:Class",
        )
    return name


def recipe_of(options: TrainOptions, name: str, label: str, *, federated: bool = False) -> Recipe:
    """Return how a network is trained.

    Parameters
    ----------
    options
        What was asked for.
    name
        A network of ours, or a class of the user's own.
    label
        What is regressed.
    federated
        Whether learners of a federation train it; epochs are then those of one round.

    Raises
    ------
    UsageError
        Where a setting cannot be, or a defence does not go with this kind of training.
    """
    defences = named(options.defences)
    for defence in defences:
        _insist(defence, own=":" in name, federated=federated)
    return recipes.recipe(
        name,
        options.form,
        federated=federated,
        epochs=options.epochs,
        learning_rate=options.learning_rate,
        weight_decay=options.weight_decay,
        batch_size=options.batch_size,
        dropout=options.dropout,
        keep_every=None if federated else options.keep_every,
        privacy=_privacy(options, label, promised=sum(defence.promises for defence in defences)),
    ).defended(defences)


def rounds_of(name: str, training: TrainOptions, label: str, options: RoundsOptions) -> tuple[Recipe, int]:
    """Return a learner's round of a network, with what the user changed, and how many rounds there are."""
    if ":" in name:
        raise UsageError(f"{name} is a class of yours", expected="a network to train here: cnn3d, slice-mean, mlp")
    recipe = recipe_of(training, name, label, federated=True)
    rounds = options.rounds or recipes.ROUNDS[name]
    for defence in recipe.defences:
        rounds = defence.rounds(rounds)
    if recipe.privacy is not None:
        recipe = replace(recipe, privacy=recipe.privacy.for_epochs(rounds * recipe.epochs))
    return recipe, rounds


def _privacy(options: TrainOptions, label: str, *, promised: int) -> Privacy | None:
    """Return the differential privacy that was asked for; how much of it, a defence may say."""
    stated = (options.epsilon is not None) + (options.noise_multiplier is not None)
    if stated + promised > 1:
        raise UsageError(
            "privacy is asked for twice", expected="--epsilon, --noise-multiplier or one defence of the two"
        )
    if not stated and not promised:
        return None
    noise = options.noise_multiplier if stated else 0.0
    return Privacy(
        epsilon=options.epsilon,
        noise_multiplier=noise,
        delta=options.delta,
        clip=options.clip,
        secure_noise=options.secure_noise,
        label_range=insist_on_range(label, options.label_range),
    )


def _insist(defence: Defence, *, own: bool, federated: bool) -> None:
    """Raise where a defence does not go with this kind of training."""
    if defence.federated and not federated:
        raise UsageError(f"{defence} is for a federation", try_next="leave it out")
    if own and defence.builds:
        raise UsageError(
            f"{defence} changes how a network is built, and this class is yours", try_next="--network-arguments"
        )
    if federated and defence.protects == "predictions":
        raise UsageError(
            f"{defence} hides predictions from those who have no weights, and everybody in a federation has them",
            try_next="leave it out",
        )


def share_of(options: AttackOptions, split: Split) -> float:
    """Return on which share of the people reference models are trained: as is said, or as the model itself was.

    Raises
    ------
    UsageError
        Where the models are not whole rounds.
    """
    _insist_on_models(options)
    member, others = (len(split.places[role]) for role in ("member", "nonmember"))
    if options.reference_share is not None:
        return nearest_share(options.reference_share)
    return share_like(options.references, member / max(member + others, 1))


def cluster_of(options: AttackOptions) -> str | None:
    """Return the address of the Ray cluster that trains reference models, where one was asked for.

    Raises
    ------
    UsageError
        Where the models are not whole rounds.
    """
    if options.references:
        _insist_on_models(options)
    return (options.address or HERE) if options.reference_engine == "ray" else None


def _insist_on_models(options: AttackOptions) -> None:
    """Raise where the reference models are not whole rounds; without a share that is said, an even number."""
    insist_on_whole_rounds(options.references, options.reference_share or HALF)
