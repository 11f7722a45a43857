"""What a study was made from, taken up again: its own objective, its own training images."""

from search.data.dataset import Dataset, load
from search.errors import FrugalError
from search.study.study import Study
from search.study.user_files import Objective, load_objective


def kept_objective(study: Study) -> Objective:
    """The study's own objective, as it was, with the figures overridden when it began."""
    path = study.folder / "objective.py"
    if not path.exists():
        path.write_text(study.setup.objective, encoding="utf-8")
    overrides = dict(study.setup.overrides)
    return load_objective(
        path, overrides.get("parameters"), overrides.get("epochs"), overrides.get("window")
    )


def study_data(study: Study, data: str | None = None) -> Dataset:
    """The images that the study was made from; FrugalError where those there are others."""
    dataset = load(data or study.setup.data, study.setup.train_examples)
    same_data(study, dataset)
    return dataset


def same_data(study: Study, dataset: Dataset) -> None:
    """FrugalError where the images are others than those that the study was made from."""
    if dataset.digest != study.setup.digest:
        raise FrugalError(
            f"study {study.name} was made from {study.setup.data} (images "
            f"{study.setup.digest[:8]}), {dataset.name} now holds others (images "
            f"{dataset.digest[:8]}): name the study's own with --data"
        )
