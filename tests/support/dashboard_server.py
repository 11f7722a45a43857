"""The dashboard of a study, served in a thread."""

import threading
from contextlib import contextmanager

from search.reporting.dashboard.server import address, open_server


@contextmanager
def served(study, port=0, every=0.2):
    """Serve the dashboard in a thread; the context value is its address."""
    with open_server(study, "127.0.0.1", port, every=every) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield address(study, server)
        finally:
            server.shutdown()
            thread.join()
