"""The dashboard of a study, served in a thread."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from search.reporting.dashboard.server import address, open_server
from search.study.study import Study


@contextmanager
def served(study: Study, port: int = 0, every: float = 0.2) -> Iterator[str]:
    """Serve the dashboard in a thread; the context value is its address."""
    with open_server(study, "127.0.0.1", port, every=every) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield address(study, server)
        finally:
            server.shutdown()
            thread.join()
