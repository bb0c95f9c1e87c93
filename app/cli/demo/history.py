"""The demo company's weeks before today, so that the charts of the Dashboard meet something.

Invented, as its people are.
"""

from datetime import timedelta
from math import sin
from zoneinfo import ZoneInfo

from flask import current_app

from app.models import FigureName, now
from app.operations import figures
from app.queries.figures import hour_of

DAYS = 60
OFFICE = range(8, 19)


def insert_figures() -> None:
    """Connections and sign-ins of two months, messages of the weeks before those that can be read."""
    zone = ZoneInfo(current_app.config["BABEL_DEFAULT_TIMEZONE"])
    this, rows = hour_of(now()), []
    for back in range(1, DAYS * 24):
        hour = this - timedelta(hours=back)
        local = hour.astimezone(zone)
        is_office = local.weekday() < 5 and local.hour in OFFICE
        swing = 1 + sin(back * 1.7) / 3 + sin(back / 37) / 4
        people = round((9 if local.hour not in (12, 13) else 5) * swing) if is_office else 0
        rows.append({"name": FigureName.CONNECTIONS, "hour": hour, "value": people})
        rows.append(
            {"name": FigureName.SIGN_INS, "hour": hour, "value": people // 3 if local.hour < 10 else 0}
        )
        if back > figures.BACK_TO / timedelta(hours=1):
            rows.append({"name": FigureName.MESSAGES, "hour": hour, "value": round(people * 1.6)})
    figures.put_figures(rows)
