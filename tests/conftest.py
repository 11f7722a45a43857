"""What every test stands on: one torch thread, a small real MNIST, a GPU only where one is."""

import os
from collections.abc import Generator, Iterator

# Before torch is imported; spawned workers inherit it. Tests share a machine of few cores.
os.environ.setdefault("OMP_NUM_THREADS", "1")

from dataclasses import replace

import pytest
import torch

from search.data import dataset as data
from tests.support.readme import ReadmeSession

REQUIRE_TOOLS = "FRUGAL_REQUIRE_TOOLS"  # set by .ci/run, which installs everything that tests need
TRAIN, VALIDATION = 1_000, 500  # images: enough to learn something in a second or two


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts the README's test last; skips those marked `gpu` where torch finds no CUDA device."""
    items.sort(key=lambda item: "readme_session" in item.fixturenames)  # it runs beside the others
    if torch.cuda.is_available():
        return
    skip = pytest.mark.skip(reason="torch finds no CUDA device")
    for item in items:
        if "gpu" in item.keywords:
            item.add_marker(skip)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Fails tests that are skipped for another reason than a missing GPU, under .ci/run."""
    report = yield
    if report.skipped and os.environ.get(REQUIRE_TOOLS) and "gpu" not in item.keywords:
        report.outcome = "failed"
        report.longrepr = f"skipped, although .ci/run must run it: {report.longrepr}"
    return report


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> None:
    """Torch computes on one thread: small tensors gain nothing from more."""
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def small_mnist() -> data.Dataset:
    """Real MNIST: 1,000 images to train, 500 to validate. Shared: not to be written to."""
    whole = data.load("mnist", train_examples=TRAIN)
    return replace(whole, validation=whole.validation.at(torch.arange(VALIDATION)))


@pytest.fixture(scope="session")
def readme_session(tmp_path_factory) -> Iterator[ReadmeSession]:
    """The commands of the README, begun."""
    session = ReadmeSession(tmp_path_factory.mktemp("readme"))
    yield session
    session.stop()


@pytest.fixture(scope="session", autouse=True)
def readme_beside_the_tests(request) -> None:
    """Begins the README's session before the first test, where its own test is selected.

    It takes a minute, and pytest leaves all cores but one idle.
    """
    if any("readme_session" in item.fixturenames for item in request.session.items):
        request.getfixturevalue("readme_session")
