"""The front door: the command line."""

# First of all: a signal ends this also while the rest is imported, which takes longest.
from web.process import signals

if __name__ == "__main__":
    signals.watch()

import gc

if __name__ == "__main__":
    # What is imported stays, as good as all of it: to look for garbage among it takes a sixth of the start.
    gc.disable()

import argparse
import asyncio
import csv
import getpass
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import uvloop
from tortoise.exceptions import DBConnectionError

from models import NetworkRole
from models.database.statement_limit import unlimited
from resolvers.accounts import create_office_account, end_sessions, reset_second_factor, sessions_of, set_password
from resolvers.audit import COLUMNS, audit_rows
from resolvers.context import Context, system_context
from resolvers.privacy.processing_record import filled
from resolvers.search.indexing import index_pending, rebuild
from resolvers.translation import translate
from resolvers.user_errors import UserErrors
from schema.roots import sdl
from subscriptions.numbered_log import new_epoch
from web.app import for_command, prepared
from web.process.backup import back_up
from web.process.data_folder import prepare_folder
from web.process.database import alone, bring_to, opened_database
from web.process.logs import set_up_logs
from web.process.startup_errors import CannotStartError
from web.serving import serve
from web.settings import Settings, read_settings

_SDL = Path(__file__).parent / "schema" / "schema.graphql"
_PRIVACY = Path(__file__).parent / "docs" / "privacy.md"


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says; its exit code."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.command(options) or 0)
    except CannotStartError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    except DBConnectionError as error:  # read-only, full, or away by now
        print(f"The database does not serve ({error.args[0]}): mend that, or check DATABASE_URL.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped before it was done.", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="main.py",
        description="Mitwirk: the live GraphQL API of a civic engagement network.",
        epilog="Settings come from the environment; docs/settings.md describes them.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, command: object, help: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=help, description=help)
        made.set_defaults(command=command)
        return made

    add("serve", _serve, "start the server")
    migration = add("migrate", _migrate, "bring the database to the newest migration")
    migration.add_argument("target", nargs="?", help="or to this one, such as 0001_initial; __first__ takes all back")
    add("demo", _demo, "load the demonstration data and sign-ins into an empty database")
    account = add("create-office-account", _create_office_account, "create an account of the coordination office")
    account.add_argument("email", help="address to sign in with; the password is asked for, or read from stdin")
    account.add_argument("--admin", action="store_true", help="an administrator's")
    reset = add("reset-password", _reset_password, "give an account another password, and end its sessions")
    reset.add_argument("email", help="its address; the password is asked for, or read from stdin")
    sessions = add("sessions", _sessions, "list where an account is signed in")
    sessions.add_argument("email", help="its address")
    sessions.add_argument("--end", action="store_true", help="end them all, on all servers, within a second")
    second = add("reset-second-factor", _reset_second_factor, "let an account sign in without a code again")
    second.add_argument("email", help="its address; it is told by mail")
    sdl = add("schema", _schema, "print the schema as SDL")
    sdl.add_argument("--check", action="store_true", help="say whether schema/schema.graphql holds the same")
    backup = add("backup", _backup, "copy the SQLite database into a new file, also while servers run")
    backup.add_argument("file", type=Path, help="the new file; what is there already stays as it is")
    audit = add("audit", _audit, "write who did what, when and why, as CSV")
    audit.add_argument("--since", type=_instant, help="only from this instant on, such as 2026-01-31 (UTC)")
    add("privacy", _privacy, "print docs/privacy.md, with the times that the settings say")
    add("reindex", _reindex, "build the search's index anew, also while servers run")
    add("new-epoch", _new_epoch, "after a backup was restored: have every client read afresh")
    return parser


def _start(command: Coroutine[Any, Any, None]) -> None:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(command)


def _settings() -> Settings:
    settings = read_settings()
    set_up_logs(settings.log_format, settings.log_level)
    return settings


def _serve(_options: argparse.Namespace) -> None:
    settings = _settings()
    _start(serve(settings, lambda port: _announce(settings, port)))


def _announce(settings: Settings, port: int) -> None:
    address = settings.address(port)
    print(
        f"""
{settings.network_name}

  Playground {address}
  API        {address}/graphql
  WebSocket  {address.replace("http", "ws", 1)}/graphql  (graphql-transport-ws)
  Docs       {address}/docs
  Dashboard  {address}/dashboard
  Health     {address}/health/ready

Try:

  curl {address}/graphql -H 'Content-Type: application/json' \\
    -d '{{"query": "{{ network {{ name statistics {{ memberCount groupCount }} }} }}"}}'

{_sign_ins() if settings.demo else ""}Ctrl-C stops the server.
""",
        flush=True,
    )


def _sign_ins() -> str:
    from resolvers.demo import ACCOUNTS, PASSWORD

    lines = "\n".join(f"  {email}" for email in ACCOUNTS)
    return f"Demonstration sign-ins, each with the password {PASSWORD}:\n\n{lines}\n\n"


def _migrate(options: argparse.Namespace) -> None:
    async def work() -> None:
        settings = _settings()
        prepare_folder(settings)
        async with opened_database(settings) as database, alone(settings, database):
            await bring_to(settings, database, options.target)

    _start(work())


def _demo(_options: argparse.Namespace) -> None:
    from resolvers.demo import load_demo

    settings = _settings()

    async def work() -> None:
        async with for_command(settings) as services:
            if not await load_demo(system_context(services)):
                raise CannotStartError("This database holds members: the demonstration needs an empty one.")
            print("The demonstration data are loaded.")

    _start(work())


def _backup(options: argparse.Namespace) -> None:
    back_up(_settings(), options.file)
    print(f"The database is copied to {options.file}.")


def _new_epoch(_options: argparse.Namespace) -> None:
    settings = _settings()

    async def work() -> None:
        async with prepared(settings):
            await new_epoch("the command new-epoch")
            print("A new epoch has begun: cursors made before it have expired.")

    _start(work())


def _reindex(_options: argparse.Namespace) -> None:
    settings = _settings()

    async def work() -> None:
        async with for_command(settings) as services:
            with unlimited():
                await services.outbox.write(lambda _changes: rebuild())
                await index_pending(system_context(services))
            print("The search's index is made anew.")

    _start(work())


def _audit(options: argparse.Namespace) -> None:
    settings = _settings()

    async def work() -> None:
        async with prepared(settings):
            out = csv.writer(sys.stdout)
            out.writerow(COLUMNS)
            async for row in audit_rows(options.since):
                out.writerow(row)

    _start(work())


def _privacy(_options: argparse.Namespace) -> None:
    print(filled(_PRIVACY.read_text(), read_settings().rules().kept_for), end="")


def _instant(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def _create_office_account(options: argparse.Namespace) -> None:
    password = _password()
    role = NetworkRole.ADMIN if options.admin else NetworkRole.OFFICE

    async def work(ctx: Context) -> None:
        account = await create_office_account(ctx, options.email, password, role)
        print(f"{account.email} can sign in now.")

    _with_accounts("create-office-account", work)


def _reset_password(options: argparse.Namespace) -> None:
    password = _password()

    async def work(ctx: Context) -> None:
        account = await set_password(ctx, options.email, password)
        print(f"{account.email} has a new password, and is signed out everywhere.")

    _with_accounts("reset-password", work)


def _reset_second_factor(options: argparse.Namespace) -> None:
    async def work(ctx: Context) -> None:
        account = await reset_second_factor(ctx, options.email)
        print(f"{account.email} signs in without a code now.")

    _with_accounts("reset-second-factor", work)


def _sessions(options: argparse.Namespace) -> None:
    async def work(ctx: Context) -> None:
        if options.end:
            print(f"Ended: {len(await end_sessions(ctx, options.email))}.")
            return
        for one in await sessions_of(options.email):
            print(f"{one.last_used_at:%Y-%m-%d %H:%M} UTC  {one.user_agent or '-'}")

    _with_accounts("end-sessions", work)


def _with_accounts(operation: str, work: Callable[[Context], Awaitable[None]]) -> None:
    """Do something to accounts; what is wrong with what was given is said in a line each."""
    settings = _settings()

    async def told() -> None:
        async with for_command(settings) as services:
            try:
                await work(system_context(services, operation))
            except UserErrors as wrong:
                lines = [
                    f"{'.'.join(one.path)}: {translate('en', one.message, **one.parameters)}" for one in wrong.errors
                ]
                raise CannotStartError("\n".join(lines), exit_code=2) from None

    _start(told())


def _password() -> str:
    return _typed("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")


def _typed(prompt: str) -> str:
    """What is typed, which isn't shown; whatever happens, what is typed afterwards is."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return getpass.getpass(prompt)
    finally:
        signal.signal(signal.SIGINT, before)


def _schema(options: argparse.Namespace) -> int:
    if not options.check:
        print(sdl(), end="")
        return 0
    if _SDL.exists() and _SDL.read_text() == sdl():
        return 0
    print("schema/schema.graphql is not what is served: write it anew by `make schema`.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    gc.freeze()  # what is imported, so that nobody looks at it again
    gc.enable()
    os.umask(0o077)  # whatever is written, by Valkey too, is its owner's alone
    _code = main()
    signals.not_any_more()
    sys.exit(_code)
