"""Who may sign in: users, roles, second factors, sessions, and what came of each try."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from registry.migrations.columns import WHEN, key, needed, optional, reference

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make them."""
    _users()
    _sessions()
    _access_log()
    _on_the_way()


def _user_id(**options: bool) -> sa.Column[int]:
    return reference("user_id", "console_user.user_id", sa.Integer, **options)


def _users() -> None:
    op.create_table(
        "console_user",
        key("user_id", sa.Integer),
        needed("login", unique=True),
        needed("name"),
        optional("email"),
        optional("person_id"),
        needed("state"),
        optional("password_hash"),
        optional("totp_secret"),
        needed("totp_step", sa.Integer),
        needed("version", sa.Integer),
        sa.UniqueConstraint("email"),
    )
    op.create_table("console_user_role", _user_id(primary_key=True), key("role"))
    op.create_table(
        "console_user_subject",
        key("id", sa.Integer),
        _user_id(index=True),
        needed("issuer"),
        needed("subject"),
        sa.UniqueConstraint("issuer", "subject"),
    )


def _sessions() -> None:
    op.create_table(
        "console_session",
        key("session_id", sa.Integer),
        needed("token_hash", unique=True),
        _user_id(index=True),
        needed("user_version", sa.Integer),
        needed("stage"),
        needed("address"),
        needed("started_at", WHEN),
        needed("seen_at", WHEN),
        needed("ends_at", WHEN),
    )


def _access_log() -> None:
    op.create_table(
        "access_log",
        key("id", sa.Integer),
        needed("at", WHEN),
        needed("kind"),
        needed("login"),
        optional("user_id", sa.Integer),
        needed("address"),
        needed("allowed", sa.Boolean),
        needed("what", sa.Text),
        needed("reason", sa.Text),
    )
    for column in ("login", "address"):
        op.create_index(f"ix_access_log_kind_{column}_at", "access_log", ["kind", column, "at"])


def _on_the_way() -> None:
    op.create_table(
        "kept_form",
        key("id", sa.Integer),
        needed("token_hash", unique=True),
        _user_id(),
        needed("at", WHEN),
        needed("path", sa.Text),
        needed("fields", sa.Text),
    )
    op.create_table(
        "oauth_trip",
        key("id", sa.Integer),
        needed("state_hash", unique=True),
        needed("browser_hash"),
        needed("provider"),
        needed("nonce"),
        needed("verifier"),
        needed("subject", sa.Text),
        needed("at", WHEN),
    )
