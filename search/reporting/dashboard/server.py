"""Optuna's dashboard for one study, with our figures and a note per trial. Never imports torch.

It may be open during a run: everything is written through the study's storage and its lock.
"""

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from errno import EADDRINUSE
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import optuna_dashboard
from optuna.exceptions import OptunaError

from search.errors import FrugalError
from search.evaluation.results import CONFIRMATION_FILE
from search.reporting.dashboard.publishing import (
    ARTIFACTS,
    artifact_store,
    save_figures,
    save_notes,
    study_id,
    upload_artifacts,
)
from search.study.records import COUNTED, Record
from search.study.study import Study

PORTS = 50  # tried upwards from the wanted one
LAST_PORT = 65_535
INTERVAL = 30.0  # seconds between two looks for new trials, and one more for each trained trial:
# figures written again and again would fill the journal of a long study
CLOSING_TIMEOUT = 5.0  # seconds that a note under way may take at the end
Show = Callable[[str], object]


class StudyPublisher(threading.Thread):
    """Publishes the study again and again while trials come in. `writing` is held over figures."""

    def __init__(self, study: Study, show: Show, every: float) -> None:
        super().__init__(name="dashboard", daemon=True)
        self.writing = threading.Lock()
        self._study, self._show, self._every = study, show, every
        self._closing = threading.Event()

    def run(self) -> None:
        """Publishes until closed, or until the study cannot be read or written any more."""
        published = None
        try:
            while not self._closing.is_set():
                records = self._study.records()
                trained = sum(record.outcome in COUNTED for record in records)
                if (trained, *self._files()) != published:
                    published = (trained, *self._files())
                    self._publish(records)
                self._closing.wait(self._every + trained)
        except (OSError, KeyError, OptunaError) as error:
            self._show(f"notes and figures are no longer kept up to date: {error!r}")

    def _publish(self, records: list[Record]) -> None:
        with self.writing:
            save_figures(self._study, records)
            upload_artifacts(self._study)
        save_notes(self._study, records, lambda: not self._closing.is_set())

    def _files(self) -> list[float]:
        """The modification times of the files that are shown too."""
        paths = [self._study.folder / name for name in (*ARTIFACTS, CONFIRMATION_FILE)]
        return [path.stat().st_mtime if path.exists() else 0.0 for path in paths]

    def close(self) -> None:
        """Stops after the note that is being written."""
        self._closing.set()
        self.join(CLOSING_TIMEOUT)


def serve(
    study: Study,
    host: str = "127.0.0.1",
    port: int = 8080,
    *,
    show: Show = print,
) -> None:
    """Serves the study until Ctrl-C; figures and notes are updated as trials finish.

    port: where it is busy, the next free one is taken. show: gets the address, and a line if
    the study cannot be written. FrugalError where no port opens.
    """
    with suppress(KeyboardInterrupt), open_server(study, host, port, show=show) as server:
        show(f"{study.name}: {address(study, server)} (Ctrl-C ends it)")
        server.serve_forever()


def address(study: Study, server: WSGIServer) -> str:
    """Where a browser finds the study's page."""
    host, port = server.server_address[:2]
    return f"http://{host!s}:{port}/dashboard/studies/{study_id(study)}"


@contextmanager
def open_server(
    study: Study,
    host: str,
    port: int,
    *,
    show: Show = print,
    every: float = INTERVAL,
) -> Iterator[WSGIServer]:
    """A server that listens but does not serve yet, with figures and notes kept up to date."""
    publisher = StudyPublisher(study, show, every)
    app = optuna_dashboard.wsgi(study.storage, artifact_store(study))

    def locked_app(environ: dict[str, Any], start_response: Any) -> Any:
        with publisher.writing:  # a figure is stored in several pieces
            return app(environ, start_response)

    with _listen(locked_app, host, port) as server:
        publisher.start()
        try:
            yield server
        finally:
            publisher.close()


def _listen(app: Any, host: str, port: int) -> WSGIServer:
    for number in range(port, min(port + PORTS, LAST_PORT + 1)):
        try:
            return make_server(host, number, app, _Server, _QuietHandler)
        except (OSError, OverflowError) as error:
            if getattr(error, "errno", None) != EADDRINUSE:
                raise FrugalError(
                    f"cannot listen on {host}, port {number} ({error}): choose another"
                ) from error
    raise FrugalError(f"no free port among the {PORTS} from {port} on {host}: choose another")


class _Server(ThreadingMixIn, WSGIServer):
    """Answers each request in a thread of its own, which ends with the program."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignores connections closed by the browser; reports all other errors as usual."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _QuietHandler(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (its parent's)
        """Logs no requests."""
