"""Database models."""

from app.models.access import ACCESS, AccessChange, AccessScope
from app.models.account import CLOSED, Account, AccountState, Address, AdministeredDomain, Role
from app.models.audit import AuditEntry
from app.models.base import Base
from app.models.contact_card import ContactCard
from app.models.discovery import DomainDiscovery
from app.models.domain import INTERNAL_DOMAIN, Domain, DomainState
from app.models.figure import Figure, FigureName, ProcessReport
from app.models.first_rows import insert_first_rows
from app.models.grant import FOLDER_SCOPE, ROOM_SCOPE, Grant, Principal
from app.models.group import EntryKind, Exclusion, Folder, FolderKind, Group, GroupPace, MemberEntry
from app.models.invitation import Invitation
from app.models.license import License, LicenseKind
from app.models.message import Mention, Message, MessageKind, MessageVersion
from app.models.outbox import Job, MailFailure, OutgoingMail, WorkState
from app.models.picture import Picture
from app.models.room import ReadMark, Room, RoomKind, RoomMember, RoomState
from app.models.search import MessageWord, SearchMark
from app.models.service import Service, ServiceName
from app.models.session import Session, SignInFailure
from app.models.setting import Counter, ServerSetting
from app.models.task import Outcome, Task, TaskLine, TaskState
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
