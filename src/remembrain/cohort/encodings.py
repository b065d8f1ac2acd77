"""A file to its text, in whatever encoding it was written; or which other kind of file it is, and what to do."""

from __future__ import annotations

import codecs
from pathlib import Path

from remembrain.cohort.files import insist_on_presence
from remembrain.errors import DataError
from remembrain.run import memory_left, read_bytes

_BOMS = (
    (codecs.BOM_UTF8, "utf-8", ""),
    (codecs.BOM_UTF32_LE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
_GROWS = 12
"""A table of text takes so many times its size in memory."""
_SAVE = "save the sheet as a CSV file (UTF-8)"
_OTHER_FORMATS = (
    (b"PK\x03\x04", "is a workbook of Excel or another zip archive", _SAVE),
    (b"\xd0\xcf\x11\xe0", "is a workbook of an old Excel", _SAVE),
    (b"\x1f\x8b", "is compressed by gzip", "gunzip it first"),
    (b"PAR1", "is a Parquet file", "let its name end in .parquet"),
    (b"$FL", "is a file of SPSS", "export it as CSV"),
    (b"<stata_dta>", "is a file of Stata", "export it as CSV"),
    (b"RDX", "is a file of R", "write.csv in R, with row.names = FALSE"),
    (b"{\\rtf", "is a document and no table", _SAVE),
    (b"%PDF", "is a PDF document and no table", _SAVE),
    (b"<!doctype html", "is a web page, perhaps of a login", "download the table itself"),
    (b"<html", "is a web page, perhaps of a login", "download the table itself"),
    (b"<?xml", "is XML and no table of text", _SAVE),
)


def read_text(path: Path) -> tuple[str, list[str]]:
    """Return the text of a file, and what is to be said of its encoding.

    Raises
    ------
    DataError
        Where it is not there, or no text.
    """
    insist_on_presence(path)
    return _decoded(read_bytes(path, memory_left() // _GROWS), path)


def _decoded(data: bytes, path: Path) -> tuple[str, list[str]]:
    """Return the text of a file and the encoding where it is not UTF-8, or say which other kind of file it is."""
    for mark, what, advice in _OTHER_FORMATS:
        if data[: len(mark)].lower() == mark.lower():
            raise DataError(what, where=path, expected="a table of text, .tsv or .csv", try_next=advice)
    for mark, encoding, name in _BOMS:
        if data.startswith(mark):
            return _strictly(data, "utf-8-sig" if encoding == "utf-8" else encoding, path), _read_as(name)
    if b"\0" in data[:4000]:
        sides = data[1:4000:2].count(0), data[:4000:2].count(0)
        if max(sides) < len(data[:4000]) / 4:
            raise DataError("holds bytes that are no text", where=path, expected="a table of text, .tsv or .csv")
        return _strictly(data, "utf-16-le" if sides[0] > sides[1] else "utf-16-be", path), _read_as("UTF-16")
    try:
        return data.decode("utf-8"), []
    except UnicodeDecodeError:
        pass
    try:
        return data.decode("cp1252"), _read_as("Windows-1252, being no UTF-8")
    except UnicodeDecodeError:
        return data.decode("latin-1"), _read_as("Latin-1, being no UTF-8")


def _strictly(data: bytes, encoding: str, path: Path) -> str:
    """Decode, or name the byte that is none of the encoding that the file itself declares."""
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise DataError(f"begins as {encoding}, and byte {error.start} is none", where=path) from None


def _read_as(encoding: str) -> list[str]:
    """Say in which encoding a file is read."""
    return [f"is read as {encoding}"] if encoding else []
