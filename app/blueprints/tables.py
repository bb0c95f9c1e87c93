"""Tables as files: CSV that spreadsheets open, sent row by row, and harmless to them."""

import csv
import io
import json
from collections.abc import Iterable

from flask import Response, current_app

from app.i18n import in_language, language, time_zone
from app.text.formulas import escape_formula

ROWS_AT_ONCE = 500
# Tells spreadsheets that the text is UTF-8.
MARK = "\ufeff"


def download(name: str, head: Iterable, rows: Iterable[Iterable]) -> Response:
    """Return a CSV file, made while it is sent: memory holds a few hundred rows however many there are.

    rows are made when the view has long returned: in the reader's language and time zone, with a database
    session of their own.
    """
    response = Response(_sent(_pieces(head, rows)), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    response.headers["Cache-Control"] = "no-store"
    return response


def download_json(name: str, rows: Iterable[dict]) -> Response:
    """Return a JSON file with one array, sent as download() sends its table: what is text stays text."""
    response = Response(_sent(_json_pieces(rows)), mimetype="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.json"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _sent(pieces):
    """Each piece in a context of its own: nothing is held while the reader's line is slow."""
    app, code, zone = current_app._get_current_object(), language(), str(time_zone())

    def sent():
        while True:
            with app.app_context(), in_language(code, zone):
                piece = next(pieces, None)
            if piece is None:
                return
            yield piece

    return sent()


def _pieces(head: Iterable[str], rows: Iterable[Iterable]):
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    buffer.write(MARK)
    writer.writerow(head)
    for number, row in enumerate(rows, 1):
        writer.writerow(["" if value is None else escape_formula(str(value)) for value in row])
        if number % ROWS_AT_ONCE == 0:
            yield _taken(buffer)
    yield _taken(buffer)


def _json_pieces(rows: Iterable[dict]):
    pieces, lead = [], "["
    for number, row in enumerate(rows, 1):
        pieces.append(json.dumps(row, ensure_ascii=False, separators=(",", ":")))
        if number % ROWS_AT_ONCE == 0:
            yield lead + ",\n".join(pieces)
            pieces, lead = [], ",\n"
    yield (lead if pieces or lead == "[" else "") + ",\n".join(pieces) + "]\n"


def _taken(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text
