"""Serve Optuna's dashboard for one study, with charts and notes. Never imports torch.

The dashboard may be open during a search: all data are written through the study's storage and its
lock.
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

PORTS = 50  # number of ports tried, upwards from the requested one
LAST_PORT = 65_535
INTERVAL = 30.0  # seconds between two checks for new trials, plus 1 s per trained trial; to
# write charts more often would fill the journal of a long study
CLOSING_TIMEOUT = 5.0  # seconds to wait at the end for a note that is being written
Show = Callable[[str], object]


class StudyPublisher(threading.Thread):
    """A thread that publishes new trials. `writing` is locked while charts are written."""

    def __init__(self, study: Study, show: Show, every: float) -> None:
        super().__init__(name="dashboard", daemon=True)
        self.writing = threading.Lock()
        self._study, self._show, self._every = study, show, every
        self._closing = threading.Event()

    def run(self) -> None:
        """Publish until closed, or until the study can no longer be read or written."""
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
            self._show(f"charts and notes are no longer updated, restart the dashboard: {error!r}")

    def _publish(self, records: list[Record]) -> None:
        with self.writing:
            save_figures(self._study, records)
            upload_artifacts(self._study)
        save_notes(self._study, records, lambda: not self._closing.is_set())

    def _files(self) -> list[float]:
        """Return the modification times of the published files, 0 for a missing file."""
        paths = [self._study.folder / name for name in (*ARTIFACTS, CONFIRMATION_FILE)]
        return [path.stat().st_mtime if path.exists() else 0.0 for path in paths]

    def close(self) -> None:
        """Stop after the note that is being written."""
        self._closing.set()
        self.join(CLOSING_TIMEOUT)


def serve(
    study: Study,
    host: str = "127.0.0.1",
    port: int = 8080,
    *,
    show: Show = print,
) -> None:
    """Serve the study until Ctrl-C; charts and notes are updated as trials finish.

    port: if it is in use, the next free port is used. show: called with the address, and with a
    message if the study cannot be written. FrugalError if no port can be opened.
    """
    with suppress(KeyboardInterrupt), open_server(study, host, port, show=show) as server:
        show(f"{study.name}: {address(study, server)} (press Ctrl-C to stop)")
        server.serve_forever()


def address(study: Study, server: WSGIServer) -> str:
    """Return the URL of the study's page."""
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
    """Open a server that listens but does not serve yet; charts and notes are kept up to date."""
    publisher = StudyPublisher(study, show, every)
    app = optuna_dashboard.wsgi(study.storage, artifact_store(study))

    def locked_app(environ: dict[str, Any], start_response: Any) -> Any:
        with publisher.writing:  # a chart is stored in several pieces
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
                    f"cannot listen on {host}, port {number} ({error}): choose another host or port"
                ) from error
    raise FrugalError(
        f"no free port on {host} among {PORTS} ports from {port}: choose another port"
    )


class _Server(ThreadingMixIn, WSGIServer):
    """Answers each request in its own daemon thread."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore connections closed by the browser; report all other errors as usual."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _QuietHandler(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (name of the base class)
        """Log no requests."""
