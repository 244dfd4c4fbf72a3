"""The two tables of the feedback database. Their names begin alike, as the database may hold somebody else's too."""

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

METADATA = MetaData()

JUDGEMENTS = Table(
    "second_look_judgements",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("said_at", DateTime, nullable=False),  # UTC; SQLite has no time zones
    Column("task", String(64), nullable=False),
    Column("model", String(255), nullable=False),
    Column("model_sha256", String(64), nullable=False),
    Column("model_format", String(64), nullable=False),
    Column("crop_first", Boolean, nullable=False),
    Column("found", String(16), nullable=False),
    Column("answer_key", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("probability", Float, nullable=False),
    Column("is_right", Boolean, nullable=False),
    Column("correction_key", Text),
    Column("correction", Text),
    Column("is_example", Boolean, nullable=False),
    Index("second_look_judgements_by_task", "task", "said_at"),
)

PHOTOS = Table(
    "second_look_photos",
    METADATA,
    Column("judgement_id", ForeignKey(JUDGEMENTS.c.id, ondelete="CASCADE"), primary_key=True),
    Column("size_bytes", Integer, nullable=False),  # before the photo, so that SQLite reads it without the photo
    Column("jpeg", LargeBinary(2**24 - 1), nullable=False),  # MySQL's plain one ends at 64 KB
)
