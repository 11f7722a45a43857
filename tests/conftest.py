"""Shared fixtures: one torch thread, a small real MNIST, and skipping of GPU tests."""

import os
from collections.abc import Generator, Iterator

# Set before torch is imported; spawned workers inherit it. Tests share a few cores.
os.environ.setdefault("OMP_NUM_THREADS", "1")

from dataclasses import replace

import pytest
import torch

from search.data import dataset as data
from tests.support.postgres_server import PostgresServer, running_server
from tests.support.readme import ReadmeSession

REQUIRE_TOOLS = "FRUGAL_REQUIRE_TOOLS"  # set by .ci/run, which installs all tools
TRAIN, VALIDATION = 1_000, 500  # images; enough to learn within two seconds


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Move the README's test to the end; skip tests marked `gpu` without a CUDA device."""
    items.sort(key=_uses_readme)  # it runs in parallel
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
    """Under .ci/run, fail tests that are skipped for another reason than a missing GPU."""
    report = yield
    if report.skipped and os.environ.get(REQUIRE_TOOLS) and "gpu" not in item.keywords:
        report.outcome = "failed"
        report.longrepr = f"skipped, although .ci/run must run it: {report.longrepr}"
    return report


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> None:
    """Limit torch to one thread; small tensors do not benefit from more."""
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def small_mnist() -> data.Dataset:
    """Real MNIST with 1,000 training and 500 validation images. Shared: do not modify."""
    whole = data.load("mnist", train_examples=TRAIN)
    return replace(whole, validation=whole.validation.at(torch.arange(VALIDATION)))


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A running PostgreSQL server. Shared: create a database, and do not stop it."""
    with running_server() as server:
        yield server


@pytest.fixture(scope="session")
def readme_session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReadmeSession]:
    """The running session of the README's commands."""
    session = ReadmeSession(tmp_path_factory.mktemp("readme"))
    yield session
    session.stop()


@pytest.fixture(scope="session", autouse=True)
def readme_beside_the_tests(request: pytest.FixtureRequest) -> None:
    """Start the README's session before the first test if its test is selected.

    The session takes a minute, and pytest uses only one core.
    """
    if any(map(_uses_readme, request.session.items)):
        request.getfixturevalue("readme_session")


def _uses_readme(item: pytest.Item) -> bool:
    return isinstance(item, pytest.Function) and "readme_session" in item.fixturenames
