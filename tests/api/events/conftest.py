"""A clinic, a receiver that it may send to, and a sender whose clock the test moves."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from api.clock import utc_now
from api.db.database import Database
from api.events.attempt import Post
from api.events.destinations import AllowedHosts
from api.events.dispatch import Dispatcher
from tests.api.events.receiver import Receiver, receiving
from tests.factories.clinics import ClinicApi, make_clinic, service


@dataclass
class Clock:
    """The present time, and as much later as the test says."""

    ahead: timedelta = field(default_factory=timedelta)

    def __call__(self) -> datetime:
        return utc_now() + self.ahead


@dataclass
class Stage:
    """All that takes part in sending."""

    clinic: ClinicApi
    receiver: Receiver
    clock: Clock
    dispatcher: Dispatcher

    @property
    def database(self) -> Database:
        made: Database = self.clinic.client.app.state.database  # type: ignore[attr-defined]
        return made

    def hook(self, **body: Any) -> dict[str, Any]:
        """A new webhook to the receiver."""
        added = self.clinic.post("/v1/webhooks", {"url": self.receiver.url, **body})
        assert added.status_code == 201, added.text
        document: dict[str, Any] = added.json()
        return document

    def change(self, path: str, body: dict[str, Any]) -> Response:
        """Change a webhook, whatever it is now."""
        return self.clinic.patch(path, body, headers={"If-Match": "*"})

    def deliveries(self, webhook: dict[str, Any]) -> list[dict[str, Any]]:
        """What was and is to be sent to a webhook, newest first."""
        answer = self.clinic.get(f"/v1/webhooks/{webhook['id']}/deliveries")
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    def later(self, **by: float) -> int:
        """Move the clock and send what is due then; how many attempts were made."""
        self.clock.ahead += timedelta(**by)
        return self.dispatcher.send_due()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


@pytest.fixture
def client(database_url: str, receiver: Receiver) -> Iterator[TestClient]:
    hosts = f"{receiver.host}, *.example.org"
    with service(
        database_url, runs_webhooks=False, webhook_hosts=hosts, webhook_private=True
    ) as made:
        yield made


@pytest.fixture
def stage(client: TestClient, receiver: Receiver) -> Stage:
    clinic, clock = make_clinic(client), Clock()
    database: Database = client.app.state.database  # type: ignore[attr-defined]
    post = Post(AllowedHosts(receiver.host, private=True))
    return Stage(clinic, receiver, clock, Dispatcher(database, post, now=clock, jitter=lambda: 0.0))
