"""The catalogue for translators: it has every message of the source, and none is cut in pieces."""

from __future__ import annotations

from tools import i18n


def test_the_catalogue_is_up_to_date() -> None:
    """`make i18n` writes it."""
    assert i18n.CATALOGUE.read_bytes() == i18n.written()


def test_no_message_is_cut_in_pieces() -> None:
    assert list(i18n.faults()) == []
