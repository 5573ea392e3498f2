"""What all parts of one running sandbox share: the world and its clock, secrets, limits, faults and the log."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from sandbox.clock import SEED, weeks_until
from sandbox.consent import App, Consents
from sandbox.faults import Faults
from sandbox.limits import Limits
from sandbox.things import Actor
from sandbox.world import World

APP = "hallpass_facebook_app"
DIALECTS = ("tweet", "post")


@dataclass(frozen=True, slots=True)
class Served:
    """One answered request. ``query`` holds no secret; ``records`` counts the main items of the answer."""

    method: str
    host: str
    path: str
    query: str
    endpoint: str
    status: int
    records: int


@dataclass(slots=True)
class Log:
    """Every request that a platform or the CDN answered, in order."""

    served: list[Served] = field(default_factory=list)

    def calls(self) -> dict[str, int]:
        """How often each endpoint was asked."""
        return dict(Counter(entry.endpoint for entry in self.served))

    def as_json(self) -> list[dict[str, Any]]:
        """All entries, oldest first."""
        return [asdict(entry) for entry in self.served]


def credentials(world: World) -> dict[str, str]:
    """Every secret by the name of its Airflow connection; the same seed has the same secrets.

    ``hallpass_x`` is X's app bearer, ``hallpass_facebook_<page id>`` a Page token each, ``hallpass_facebook_app`` an
    app token, and ``hallpass_minimise`` the district's own key.
    """
    found = {"hallpass_x": "AAAAAAAAAAAAAAAAAAAAA" + _secret(world, "x")}
    found |= {r.credential: "EAA" + _secret(world, r.credential) for r in world.registrations if r.platform != "x"}
    found[APP] = f"{int(_secret(world, 'app id')[:12], 16)}|{_secret(world, 'app')[:32]}"
    return found | {"hallpass_minimise": _secret(world, "minimise")}


def apps(world: World) -> dict[str, App]:
    """The app that people sign in through, by the name of its Airflow connection; its paths are the console's."""
    return {
        f"hallpass_{platform}_sign_in": App(
            client_id=str(int(_secret(world, f"{platform} client")[:14], 16)),
            client_secret=_secret(world, f"{platform} client secret"),
            path=f"/ownership/{platform}/back",
        )
        for platform in ("x", "facebook")
    }


def _secret(world: World, name: str) -> str:
    return hashlib.sha256(f"{world.seed}:{name}".encode()).hexdigest()


class Sandbox:
    """One made-up internet.

    Parameters
    ----------
    now : the sandbox's clock, aware; it stands still until it is set.
    dialect : ``tweet`` (X's OpenAPI up to 2.166) or ``post`` (from 2.167).
    search_all_per_second : how fast full-archive search may be asked; X allows 1.
    """

    def __init__(
        self,
        now: datetime,
        dialect: str = "tweet",
        seed: int = SEED,
        weeks: int = 1,
        search_all_per_second: int = 1,
        limits: Limits | None = None,
    ) -> None:
        if dialect not in DIALECTS:
            raise ValueError(f"the dialect is {dialect!r}: use one of {', '.join(DIALECTS)}")
        self.dialect = dialect
        self.search_all_per_second = search_all_per_second
        self.limits = limits or Limits()
        self.faults = Faults()
        self.log = Log()
        self._edits: dict[tuple[str, str], dict[str, str]] = {}
        self.world = World.make(seed, max(weeks, weeks_until(now)))
        self.apps = apps(self.world)
        self.consents = {
            "x": Consents(lambda: self.limits.now()),
            "facebook": Consents(lambda: self.limits.now(), code_seconds=10 * 60),
        }
        self.moment = self.world.at(now)
        self._remember_secrets()

    @property
    def now(self) -> datetime:
        """The sandbox's clock."""
        return self.moment.now

    def set_clock(self, now: datetime) -> None:
        """Move the clock, and let the world grow by as many weeks as that needs."""
        self.moment = self.world_until(now).at(now)

    def world_until(self, at: datetime) -> World:
        """The world with at least as many weeks as ``at`` needs; what it held before stays as it was."""
        weeks = weeks_until(at)
        if weeks > self.world.weeks:
            self.world = self._edited(World.make(self.world.seed, weeks))
            self._remember_secrets()
        return self.world

    def write_bio(self, platform: str, who: str, text: str) -> None:
        """What ``who`` (a platform id or handle) says of itself from now on; raises as :meth:`rename`."""
        self._edit(platform, who, bio=text)

    def rename(self, platform: str, who: str, handle: str) -> None:
        """The handle of ``who`` (a platform id or handle) from now on, whatever the clock.

        Raises
        ------
        LookupError : nobody there has that id or handle.
        """
        self._edit(platform, who, handle=handle)

    def _edit(self, platform: str, who: str, **changed: str) -> None:
        actor = self.moment.actor(platform, who)
        if actor is None:
            raise LookupError(f"nobody on {platform!r} is {who!r}")
        self._edits.setdefault((platform, actor.platform_id), {}).update(changed)
        self.world = self._edited(self.world)
        self.moment = self.world.at(self.now)

    def _edited(self, world: World) -> World:
        def edited(actor: Actor) -> Actor:
            edit = self._edits.get((actor.platform, actor.platform_id), {})
            return replace(actor, bio=edit.get("bio", actor.bio), handle=edit.get("handle", actor.handle))

        return replace(world, actors=tuple(map(edited, world.actors)))

    def holder(self, secret: str) -> str | None:
        """The name of the credential whose secret this is."""
        return self._holders.get(secret)

    def _remember_secrets(self) -> None:
        self.credentials: Mapping[str, str] = credentials(self.world)
        self._holders = {secret: name for name, secret in self.credentials.items()}
