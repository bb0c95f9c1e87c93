"""Operations that several threads do at once."""

from threading import Barrier, Thread

from app.errors import Refusal
from app.extensions import db


def at_once(app, *calls) -> list:
    """Make calls at the same moment, each on a connection of its own; what they gave or were refused with."""
    answers, ready = [], Barrier(len(calls))

    def make(call):
        with app.app_context():
            ready.wait()
            try:
                answers.append(call())
            except Refusal as refusal:
                answers.append(refusal)

    threads = [Thread(target=make, args=[call]) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.rollback()
    return answers


def get(model, key: int):
    return db.session.get(model, key)


def refusals(answers: list) -> list[Refusal]:
    return [answer for answer in answers if isinstance(answer, Refusal)]
