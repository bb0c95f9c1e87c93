"""Database models."""

from app.models.accounts import (
    CLOSED,
    Account,
    AccountState,
    Address,
    AdministeredDomain,
    ContactCard,
    Picture,
    Role,
)
from app.models.audit import AuditEntry
from app.models.base import Base
from app.models.domains import INTERNAL_DOMAIN, Domain, DomainDiscovery, DomainState
from app.models.groups import EntryKind, Exclusion, Folder, FolderKind, Group, GroupPace, MemberEntry
from app.models.guests import Invitation
from app.models.licenses import License, LicenseKind
from app.models.messages import Mention, Message, MessageKind, MessageVersion, MessageWord, SearchMark
from app.models.rights import ACCESS, FOLDER_SCOPE, ROOM_SCOPE, AccessChange, AccessScope, Grant, Principal
from app.models.rooms import ReadMark, Room, RoomKind, RoomMember, RoomState
from app.models.server import (
    Counter,
    Figure,
    FigureName,
    ProcessReport,
    ServerSetting,
    Service,
    ServiceName,
    insert_first_rows,
)
from app.models.sessions import Session, SignInFailure
from app.models.tasks import Job, MailFailure, Outcome, OutgoingMail, Task, TaskLine, TaskState, WorkState
from app.models.types import now

__all__ = [
    "ACCESS",
    "AccessChange",
    "AccessScope",
    "Account",
    "AccountState",
    "Address",
    "AdministeredDomain",
    "AuditEntry",
    "Base",
    "CLOSED",
    "ContactCard",
    "Counter",
    "Domain",
    "DomainDiscovery",
    "DomainState",
    "EntryKind",
    "Exclusion",
    "Figure",
    "FigureName",
    "Folder",
    "FOLDER_SCOPE",
    "FolderKind",
    "Grant",
    "Group",
    "GroupPace",
    "INTERNAL_DOMAIN",
    "Invitation",
    "Job",
    "License",
    "LicenseKind",
    "MailFailure",
    "MemberEntry",
    "Mention",
    "Message",
    "MessageKind",
    "MessageVersion",
    "MessageWord",
    "insert_first_rows",
    "now",
    "Outcome",
    "OutgoingMail",
    "Picture",
    "Principal",
    "ProcessReport",
    "ReadMark",
    "Role",
    "Room",
    "ROOM_SCOPE",
    "SearchMark",
    "RoomKind",
    "RoomMember",
    "RoomState",
    "ServerSetting",
    "Service",
    "ServiceName",
    "Session",
    "SignInFailure",
    "Task",
    "TaskLine",
    "TaskState",
    "WorkState",
]
