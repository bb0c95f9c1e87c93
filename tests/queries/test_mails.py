"""How the mails that were sent for something fare."""

from app.extensions import db
from app.models import MailFailure, WorkState
from app.operations import mail as mail_operations
from app.queries.mail import state_of, states_of
from app.transaction import operation


@operation(audited=False)
def queue(about=None):
    return mail_operations.queue_to("bt@darnis.com", "test", "fr", about=about)


def test_a_mail_knows_what_it_was_sent_for(app):
    mail = queue(("invitation", 7))
    found = state_of("invitation", 7)
    assert (found.id, found.state, found.attempts, found.failure) == (mail.id, WorkState.WAITING, 0, None)


def test_the_latest_mail_counts(app):
    first = queue(("invitation", 7))
    first.state, first.failure = WorkState.FAILED, MailFailure.RECIPIENT
    db.session.commit()
    assert state_of("invitation", 7).failure is MailFailure.RECIPIENT
    again = queue(("invitation", 7))
    assert state_of("invitation", 7).id == again.id


def test_what_no_mail_was_sent_for_has_no_state(app):
    queue()
    queue(("meeting", 7))
    assert state_of("invitation", 7) is None


def test_many_are_asked_for_in_one_statement(app, count_statements):
    for number in range(1, 6):
        queue(("invitation", number))
    with count_statements() as statements:
        found = states_of("invitation", range(1, 10))
    assert sorted(found) == [1, 2, 3, 4, 5]
    assert len(statements) == 1
