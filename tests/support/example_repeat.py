"""One repeat of a candidate."""

from search.evaluation.repeats import Repeat

REPEAT = Repeat(
    key="trial 7",
    number=0,
    seed=2**62,
    split="validation",
    images=10_000,
    train_examples=50_000,
    accuracy=(0.9, 0.95),
    loss=(0.3, 0.2),
    training_accuracy=(0.8, 0.9),
    training_loss=(0.4, 0.3),
    seconds=12.5,
    device="cpu",
    versions="torch 2.11.0",
    time="2026-01-01T00:00:00+00:00",
)
