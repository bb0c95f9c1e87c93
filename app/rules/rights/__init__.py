"""Rights in rooms and folders: the decision. The modules beside it read its facts, remember it and explain it."""

from app.rules.rights.decision import (
    FULL,
    GUEST_MAXIMUM,
    MODERATE,
    PRESETS,
    READ,
    READ_ONLY_MAXIMUM,
    WRITE,
    AclEntry,
    Basis,
    Cap,
    Decision,
    Person,
    Right,
    RoomFacts,
    decide,
    preset_of,
)

__all__ = [
    "AclEntry",
    "Basis",
    "Cap",
    "Decision",
    "FULL",
    "GUEST_MAXIMUM",
    "MODERATE",
    "PRESETS",
    "Person",
    "READ",
    "READ_ONLY_MAXIMUM",
    "Right",
    "RoomFacts",
    "WRITE",
    "decide",
    "preset_of",
]
