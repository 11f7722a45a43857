"""Hints contain the options that they need and no password."""

import shlex
from pathlib import Path

import pytest

from search.study.hints import (
    HIDDEN,
    STORAGE_VARIABLE,
    command_hint,
    masked_text,
    masked_url,
    password_note,
    storage_url,
    study_options,
)
from search.study.storage import storage_place

SECRET = "s3cr3t"
URL = f"postgresql+psycopg2://ann:{SECRET}@db.example:5432/frugal"
ODD, CODED = "a@b/s3cr3t?x#y", "s3cr3t%40%2F"
URLS = [
    URL,
    f"mysql://ann:{SECRET}@host/db?charset=utf8",
    f"redis://:{SECRET}@localhost:6379/0",
    f"postgresql://ann:{ODD}@host/db",
    f"postgresql://ann:{CODED}@host/db",
    f"postgresql://host/db?user=ann&password={SECRET}",
    f"postgresql://host/db?sslpassword={SECRET}&sslmode=require",
    f"mysql://host/db?ssl_key_passphrase={SECRET}",
    f"redis://host/0?token={SECRET}",
    f"sqlite:///trials.db?key={SECRET}",
    f"postgresql//ann:{SECRET}@host/db",  # mistyped
    f"postgresql:/ann:{SECRET}@host/db",
    f"postgresql://ann:{SECRET}",
    f"postgresql://ann:{SECRET}/db",
    f"ann:{SECRET}@host",
]
NO_URLS = (f"host=localhost password={SECRET}", f"postgresql:ann:{SECRET}@host")


@pytest.mark.parametrize("url", NO_URLS)
def test_a_password_in_an_invalid_url_is_hidden(url: str) -> None:
    """A password in an invalid URL, such as another program's connection string, is hidden."""
    _check_url(url)


def _check_url(url: str) -> None:
    shown = (
        masked_url(url),
        masked_text(f"cannot connect to {url} now", url),
        storage_place(url),
        study_options("mnist", Path("studies"), url),
    )
    for text in shown:
        assert SECRET not in text
        assert HIDDEN in text


@pytest.mark.parametrize("url", URLS)
def test_a_password_is_hidden_everywhere(url: str) -> None:
    """Passwords are hidden in URLs, commands, driver messages and folder markers."""
    _check_url(url)
    if "://" not in url or ("@" not in url and "?" not in url):
        return  # free text cannot be distinguished from such a URL
    shown = (
        masked_text(f"cannot connect to {url} now"),
        *(masked_text(f"password {word} is wrong", url) for word in (ODD, CODED) if word in url),
        masked_text(f"python -m search run --storage={url} --trials 3"),
        masked_text(shlex.join(["run", "--storage", url])),
    )
    for text in shown:
        assert SECRET not in text
        assert HIDDEN in text
    assert "--trials 3" in masked_text(f"python -m search run --storage={url} --trials 3")
    if url == URL:
        assert masked_text(f"password {SECRET} is wrong", url) == "password *** is wrong"


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:///studies/a.db",
        "sqlite:////tmp/a:b@c.db",
        "postgresql://ann@host/db",
        "mysql://host:3306/db",
        "",
    ],
)
def test_a_url_without_a_password_is_shown_whole(url: str) -> None:
    """A URL without a password is not changed, even with other colons or at signs."""
    assert masked_url(url) == url
    assert masked_text(f"storage {url}, ann@example.org") == f"storage {url}, ann@example.org"
    assert password_note(url) == ""


def test_only_the_password_is_hidden() -> None:
    """Server, user and database stay visible."""
    assert masked_url(URL) == "postgresql+psycopg2://ann:***@db.example:5432/frugal"


def test_the_variable_is_the_default_url(monkeypatch: pytest.MonkeyPatch) -> None:
    """An option takes precedence over the variable; an empty variable counts as unset."""
    monkeypatch.delenv(STORAGE_VARIABLE, raising=False)
    assert storage_url(None) is None
    monkeypatch.setenv(STORAGE_VARIABLE, "sqlite:///a.db")
    assert storage_url(None) == "sqlite:///a.db"
    assert storage_url("sqlite:///b.db") == "sqlite:///b.db"
    monkeypatch.setenv(STORAGE_VARIABLE, "")
    assert storage_url(None) is None


def test_hints_contain_the_needed_options(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hint always has --study; --studies and --storage only if the command needs them."""
    monkeypatch.delenv(STORAGE_VARIABLE, raising=False)
    assert command_hint("show", "mnist", Path("studies")) == "python -m search show --study mnist"
    elsewhere = command_hint("run --trials 3", "a", Path("my studies"), "sqlite:///a.db")
    assert shlex.split(elsewhere)[3:] == [
        *("run", "--trials", "3", "--study", "a"),
        *("--studies", "my studies", "--storage", "sqlite:///a.db"),
    ]
    assert STORAGE_VARIABLE in password_note(URL)
    monkeypatch.setenv(STORAGE_VARIABLE, URL)
    assert study_options("a", Path("studies"), URL) == " --study a"
    assert password_note(URL) == ""
