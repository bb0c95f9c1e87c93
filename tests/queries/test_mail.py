"""State of the mails sent about a row."""

from app.extensions import db
from app.models import MailFailure, WorkState
from app.operations import mail as mail_operations
from app.queries.mail import state_of, states_of
from app.transaction import operation


@operation(audited=False)
def queue(about=None):
    return mail_operations.queue_to("bt@darnis.com", "test", "fr", about=about)


def test_mail_state_is_found_by_its_subject_row(app):
    mail = queue(("invitation", 7))
    state = state_of("invitation", 7)
    assert (state.id, state.state, state.attempts, state.failure) == (mail.id, WorkState.WAITING, 0, None)


def test_mail_state_is_that_of_the_latest_mail(app):
    first = queue(("invitation", 7))
    first.state, first.failure = WorkState.FAILED, MailFailure.RECIPIENT
    db.session.commit()
    assert state_of("invitation", 7).failure is MailFailure.RECIPIENT
    again = queue(("invitation", 7))
    assert state_of("invitation", 7).id == again.id


def test_mail_state_is_none_without_a_mail(app):
    queue()
    queue(("meeting", 7))
    assert state_of("invitation", 7) is None


def test_mail_states_are_read_in_one_statement(app, count_statements):
    for number in range(1, 6):
        queue(("invitation", number))
    with count_statements() as statements:
        states = states_of("invitation", range(1, 10))
    assert sorted(states) == [1, 2, 3, 4, 5]
    assert len(statements) == 1
