"""`hallpass user`: who may sign in to the console."""

from __future__ import annotations

from typing import Annotated

import typer

from hallpass.cli.desk import By, Desk, Why, at_desk, listing

app = typer.Typer(help="Who may sign in to the console, and as what.", no_args_is_help=True)

Login = Annotated[str, typer.Argument(help="What is typed to sign in.")]
Roles = Annotated[
    list[str], typer.Option("--role", help="communications, it, superintendent, records, auditor, staff.")
]
AskPassword = Annotated[bool, typer.Option("--ask", help="Type the password instead of being given one.")]


@app.command("add")
def add(
    login: Login,
    role: Roles,
    name: Annotated[str, typer.Option(help="The name as colleagues know it.")],
    email: Annotated[str, typer.Option(help="The address that the district's own sign-in knows.")] = "",
    person: Annotated[str, typer.Option(help="The roster's sourcedId, for somebody on the staff.")] = "",
    ask: AskPassword = False,
    by: By = "",
    why: Why = "",
) -> None:
    """Let somebody sign in. The second factor is set up at the first sign-in."""
    from registry.users import UserDraft, read_roles

    with at_desk() as desk:
        draft = UserDraft(login, name, read_roles(role), email or None, person or None)
        password = _password(ask)
        user = desk.registry.users.add(draft, desk.decider(by), desk.now, password, why)
        _tell(desk, user.login, password, ask)


@app.command("list")
def list_users() -> None:
    """Show who may sign in."""
    with at_desk() as desk:
        table = listing("Login", "Name", "Roles", "Second factor", "State", whole=("Login",))
        for user in desk.registry.users.all():
            roles = ", ".join(sorted(role.label for role in user.roles))
            table.add_row(user.login, user.name, roles, "set" if user.totp else "not yet", user.state)
        desk.show(table, "Nobody may sign in yet.")


@app.command("recover")
def recover(login: Login, ask: AskPassword = False, by: By = "", why: Why = "") -> None:
    """Give somebody a new password, and let them set up another second factor."""
    from records.errors import BadInput

    with at_desk() as desk:
        user = desk.registry.users.named(login)
        if user is None:
            raise BadInput(f"Nobody signs in as '{login}'", "See `hallpass user list`")
        password = _password(ask)
        desk.registry.users.recover(user.user_id, user.version, desk.decider(by), desk.now, password, why)
        _tell(desk, user.login, password, ask)


def _password(ask: bool) -> str:
    """What is typed, unseen and twice; else one that is made up."""
    from registry.passwords import generated

    if not ask:
        return generated()
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))


def _tell(desk: Desk, login: str, password: str, typed: bool) -> None:
    desk.console.print(
        f"{login} may sign in." if typed else f"{login} may sign in. The password, shown once: {password}"
    )
