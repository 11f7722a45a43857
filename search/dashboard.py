"""Optuna's dashboard for one study, with our figures and a note per trial. Never imports torch.

It may be opened while a run goes on: all is written through the study's own storage and its lock.
"""

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from errno import EADDRINUSE
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import optuna
import optuna_dashboard
import plotly.graph_objects as go
from optuna.exceptions import OptunaError
from optuna.samplers import RandomSampler
from optuna.trial import Trial

from search import figures
from search.errors import FrugalError
from search.notes import study_note, trial_note
from search.record import COUNTED, UNSEEN, Record
from search.study import Study

PORTS = 50  # tried upwards from the wanted one
LAST_PORT = 65_535
EVERY = 30.0  # seconds between two looks for new trials, and one more for each trained trial:
# figures written again and again would fill the journal of a long study
CLOSING = 5.0  # seconds that a note under way may take at the end
UNSEEN_NOTED = 100  # untrained proposals with a note: hundreds would cost much and say little
FIGURE = "dashboard:plot_data:{}:"  # as optuna_dashboard stores a figure, in numbered pieces
NOTED = "dashboard:{}:note_ver"  # as it stores that a trial has a note
STUDY_NOTED = "dashboard:note_ver"

Tell = Callable[[str], object]
Going = Callable[[], bool]


def publish(study: Study) -> None:
    """Writes our figures, the study's note and a note for every finished trial into the study.

    Costs and limits: see `save_figures` and `save_notes`.
    """
    records = study.records()
    save_figures(study, records)
    save_notes(study, records)


def save_figures(study: Study, records: list[Record]) -> None:
    """Replaces our figures where they changed; each is at most some 60 KB, in pieces of 2 KB."""
    stored = _attributes(study)
    for name, figure in drawn(study, records).items():
        if figure.to_json() != _joined(stored, FIGURE.format(name)):
            optuna_dashboard.save_plotly_graph_object(study.optuna, figure, graph_object_id=name)


def drawn(study: Study, records: list[Record]) -> dict[str, go.Figure]:
    """The figures by the name under which the dashboard keeps them."""
    setup = study.setup
    landscape = figures.landscape(records, setup.budget.parameters)
    curves = figures.curves(records, setup.window)
    return {
        "frugal-landscape": figures.draw_landscape(landscape, setup),
        "frugal-curves": figures.draw_curves(curves, setup),
        "frugal-effort": figures.draw_effort(figures.effort(records), setup),
    }


def save_notes(study: Study, records: list[Record], going: Going = lambda: True) -> None:
    """Notes the study and every finished trial, once: what a person makes of a note stays.

    Of proposals that were never trained the first UNSEEN_NOTED get one; all carry their reason as
    a user attribute. A note takes some three writes, milliseconds each in a journal, so that the
    first time on a study of 1,000 trials takes half a minute; it ends early when `going` says no.
    """
    stored = _attributes(study)
    if STUDY_NOTED not in stored:
        optuna_dashboard.save_note(study.optuna, study_note(study.name, study.setup))
    for record, trial in _without_note(study, records, stored):
        if not going():
            return
        optuna_dashboard.save_note(trial, trial_note(record, study.setup))


def _without_note(
    study: Study, records: list[Record], stored: dict[str, Any]
) -> Iterator[tuple[Record, Trial]]:
    storage, study_id = study.storage, _study_id(study)
    # a handle on a trial asks its study's sampler; this one has nothing to say and costs nothing
    view = optuna.load_study(study_name=study.name, storage=storage, sampler=RandomSampler())
    unseen = [record for record in records if record.outcome in UNSEEN][:UNSEEN_NOTED]
    seen = [record for record in records if record.outcome in COUNTED | {"interrupted"}]
    for record in [*seen, *unseen]:
        trial_id = storage.get_trial_id_from_study_id_trial_number(study_id, record.number)
        if NOTED.format(trial_id) not in stored:
            yield record, Trial(view, trial_id)


def _joined(stored: dict[str, Any], prefix: str) -> str:
    pieces = sum(key.startswith(prefix) for key in stored)
    return "".join(stored[f"{prefix}{piece}"] for piece in range(pieces))


def _attributes(study: Study) -> dict[str, Any]:
    return study.storage.get_study_system_attrs(_study_id(study))


def _study_id(study: Study) -> int:
    return study.storage.get_study_id_from_name(study.name)


class Follower(threading.Thread):
    """Publishes the study again and again while trials come in. `writing` is held over figures."""

    def __init__(self, study: Study, tell: Tell, every: float) -> None:
        super().__init__(name="dashboard", daemon=True)
        self.writing = threading.Lock()
        self._study, self._tell, self._every = study, tell, every
        self._closing = threading.Event()

    def run(self) -> None:
        """Until closed, or until the study cannot be read or written any more."""
        known = None
        try:
            while not self._closing.is_set():
                records = self._study.records()
                trained = sum(record.outcome in COUNTED for record in records)
                if trained != known:
                    self._publish(records)
                    known = trained
                self._closing.wait(self._every + trained)
        except (OSError, KeyError, OptunaError) as error:
            self._tell(f"notes and figures are no longer kept up to date: {error!r}")

    def _publish(self, records: list[Record]) -> None:
        with self.writing:
            save_figures(self._study, records)
        save_notes(self._study, records, lambda: not self._closing.is_set())

    def close(self) -> None:
        """Ends it after the note under way."""
        self._closing.set()
        self.join(CLOSING)


def serve(
    study: Study,
    host: str = "127.0.0.1",
    port: int = 8080,
    *,
    tell: Tell = print,
) -> None:
    """Shows the study until Ctrl-C; figures and notes follow the trials that come in meanwhile.

    port: where it is busy, the next free one is taken. tell: gets the address, and a line if
    the study cannot be written. FrugalError where no port opens.
    """
    with suppress(KeyboardInterrupt), opened(study, host, port, tell=tell) as server:
        tell(f"{study.name}: {address(study, server)} (Ctrl-C ends it)")
        server.serve_forever()


def address(study: Study, server: WSGIServer) -> str:
    """Where a browser finds the study's page."""
    host, port = server.server_address[:2]
    return f"http://{host!s}:{port}/dashboard/studies/{_study_id(study)}"


@contextmanager
def opened(
    study: Study,
    host: str,
    port: int,
    *,
    tell: Tell = print,
    every: float = EVERY,
) -> Iterator[WSGIServer]:
    """A server that listens but does not serve yet, with figures and notes kept up to date."""
    follower = Follower(study, tell, every)
    app = optuna_dashboard.wsgi(study.storage)

    def whole(environ: dict[str, Any], start_response: Any) -> Any:
        with follower.writing:  # a figure is stored in pieces: nobody reads half of one
            return app(environ, start_response)

    with _listen(whole, host, port) as server:
        follower.start()
        try:
            yield server
        finally:
            follower.close()


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
        """A browser that closes its connection is no news; all else is told as ever."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _QuietHandler(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (its parent's)
        """Says nothing of every request."""
