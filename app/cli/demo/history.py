"""Invented figures of the demo company's past, so that the charts of the dashboard are not empty."""

from datetime import timedelta
from math import sin
from zoneinfo import ZoneInfo

from flask import current_app

from app.models import FigureName, now
from app.operations import dashboard
from app.queries.dashboard import hour_of

DAYS = 60
OFFICE_HOURS = range(8, 19)
LUNCH_HOURS = (12, 13)


def insert_figures() -> None:
    """Insert connections and sign-ins of two months, and counts of messages before those that can be read."""
    zone = ZoneInfo(current_app.config["BABEL_DEFAULT_TIMEZONE"])
    current_hour, rows = hour_of(now()), []
    for hours_ago in range(1, DAYS * 24):
        hour = current_hour - timedelta(hours=hours_ago)
        local = hour.astimezone(zone)
        is_office = local.weekday() < 5 and local.hour in OFFICE_HOURS
        swing = 1 + sin(hours_ago * 1.7) / 3 + sin(hours_ago / 37) / 4
        people = round((5 if local.hour in LUNCH_HOURS else 9) * swing) if is_office else 0
        sign_ins = people // 3 if local.hour < 10 else 0
        rows.append({"name": FigureName.CONNECTIONS, "hour": hour, "value": people})
        rows.append({"name": FigureName.SIGN_INS, "hour": hour, "value": sign_ins})
        if hours_ago > dashboard.COUNTED_BACK_TO / timedelta(hours=1):
            rows.append({"name": FigureName.MESSAGES, "hour": hour, "value": round(people * 1.6)})
    dashboard.insert_missing_figures(rows)
