"""Commands recommended in messages, with the options that they need. Without torch."""

import os
import re
import shlex
from pathlib import Path
from urllib.parse import unquote, unquote_plus

PROGRAM = "python -m search"
DEFAULT_STUDIES = Path("studies")
STORAGE_VARIABLE = "FRUGAL_STORAGE"  # the storage URL if --storage is not given
HIDDEN = "***"  # in place of a password
# user:password@ of a URL; a password may contain an unescaped "@", so it ends at the last one
PASSWORD = re.compile(r"(\w://[^\s:/@?#]*:)(\S*)@")
# the same in a URL given by the user, in which "://" may be mistyped or the host missing
GIVEN_PASSWORD = re.compile(
    r"(\w://[^:/@?#]*:|^(?!.*://)(?:\s*[\w+.-]+:?/*)?[^:/@?#]*:)(.*)@", re.S
)
NO_PORT = re.compile(r"(\w://[^:/@?#\[]*:)(?!\d*(?:[/?#]|$))([^/@?#]+)")
GIVEN_SECRET = re.compile(
    r"((?:^|[?&;\s])[^\s=&;?]*(?:pass|pwd|secret|token|key)[^=&;?]*=)([^&;]+)", re.I
)
SECRET = re.compile(r"([?&][^\s=&]*(?:pass|pwd|secret|token|key)[^\s=&]*=)([^\s&'\"]+)", re.I)


def storage_url(url: str | None) -> str | None:
    """The storage URL: the given one, else that of FRUGAL_STORAGE; None if both are empty."""
    return url or os.environ.get(STORAGE_VARIABLE) or None


def masked_url(url: str) -> str:
    """A storage URL without its passwords: "postgresql://user:***@host/name"."""
    shown = GIVEN_PASSWORD.sub(rf"\1{HIDDEN}@", url)
    return GIVEN_SECRET.sub(rf"\1{HIDDEN}", NO_PORT.sub(rf"\1{HIDDEN}", shown))


def masked_text(text: str, url: str | None = None) -> str:
    """A text without the passwords of the URLs in it.

    url: a storage URL; its password is also hidden elsewhere in the text, as in a driver's message.
    """
    for secret in sorted(_secrets(url or ""), key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    return SECRET.sub(rf"\1{HIDDEN}", PASSWORD.sub(rf"\1{HIDDEN}@", text))


def _secrets(url: str) -> set[str]:
    """The passwords of a URL, both as written and decoded."""
    found = GIVEN_PASSWORD.search(url)
    written = {found[2]} if found else set()
    written |= {match[1] for each in (GIVEN_SECRET, NO_PORT) for match in each.findall(url)}
    return {form for text in written for form in (text, unquote(text), unquote_plus(text)) if form}


def study_options(name: str, studies: Path, url: str | None = None) -> str:
    """The options that select a study: " --study mnist --studies elsewhere --storage URL".

    --studies is omitted if it is the default. --storage is omitted if FRUGAL_STORAGE is the same
    URL; its password is hidden.
    """
    options = ["--study", name]
    if studies != DEFAULT_STUDIES:
        options += ["--studies", str(studies)]
    if url and url != os.environ.get(STORAGE_VARIABLE):
        options += ["--storage", masked_url(url)]
    return " " + shlex.join(options)


def command_hint(command: str, name: str, studies: Path, url: str | None = None) -> str:
    """A command on a study as it is typed in a shell; see `study_options`."""
    return f"{PROGRAM} {command}{study_options(name, studies, url)}"


def password_note(url: str | None) -> str:
    """How to use a hint with a hidden password; "" if no password is hidden."""
    if not url or masked_url(url) == url or url == os.environ.get(STORAGE_VARIABLE):
        return ""
    return f"the password is hidden: set {STORAGE_VARIABLE} to the full URL and omit --storage"
