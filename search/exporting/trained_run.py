"""One training, as far as another can repeat it: what an exported file says of itself. No torch."""

from dataclasses import dataclass

from search.evaluation.repeats import SplitName


@dataclass(frozen=True)
class TrainedRun:
    """What `reproduce` needs beside the candidate, and what it compares with.

    data, digest: the data's name and its training images' digest. split: what accuracy, per epoch,
    is of; "test" also says that all training images were learned from. train_examples: of the
    study, None for all. seed: what every draw descends from. versions: "torch 2.11.0, ..."
    """

    data: str
    digest: str
    split: SplitName
    train_examples: int | None
    seed: int
    parameters: int
    accuracy: tuple[float, ...]
    images: int
    device: str
    versions: str
