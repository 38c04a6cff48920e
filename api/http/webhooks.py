"""/api/v1/webhooks: programs that are told of events, by their owner."""

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from api.http.answers import Answer
from api.http.conditional import READ_RESPONSES, WRITE_RESPONSES, Reads, Writes
from api.http.cursor import MAX_CURSOR_CHARACTERS, id_cursor, read_id_cursor
from api.http.dependencies import ApiViewer, Here, Reading
from api.http.dependencies import RowId as WebhookId
from api.http.needs import Needs
from api.usecases.scope import Right
from api.usecases.webhooks import (
    change_webhook,
    end_webhook,
    list_deliveries,
    list_webhooks,
    own_webhook,
    replay,
    subscribe,
    webhook_lock,
)
from inventory.models import DeliveryState

router = APIRouter(prefix="/webhooks", tags=["webhooks"], dependencies=[Needs(Right.SUBSCRIBE)])

_Url = Annotated[str, Field(max_length=500)]
_Secret = Annotated[str, Field(pattern=r"^webhook-[\w.-]{1,60}$")]
_Kinds = Annotated[
    list[Annotated[str, Field(pattern=r"^(\*|[a-z_]{1,40}\.[a-z_]{0,40})$")]],
    Field(min_length=1, max_length=50),
]


class WebhookAnswer(Answer):
    """One subscription."""

    id: int
    url: str
    secret_name: str = Field(description="the name of the secret that signs, never the secret")
    kinds: list[str] = Field(description="of event; a beginning ends with a dot; * is everything")
    created_at: AwareDatetime
    failing_since: AwareDatetime | None
    disabled_at: AwareDatetime | None


class WebhookListAnswer(Answer):
    """One page of subscriptions; `next` is null at the end."""

    webhooks: list[WebhookAnswer]
    next: str | None


class DeliveryAnswer(Answer):
    """One event for one subscription: `evt_EVENT_ID` is its webhook-id, also when sent again."""

    id: int
    event_id: int
    kind: str
    body: dict[str, Any]
    state: DeliveryState
    attempts: int
    next_at: AwareDatetime
    last_at: AwareDatetime | None
    last_status: int | None
    last_error: str | None


class DeliveryListAnswer(Answer):
    """One page of deliveries, newest first; `next` is null at the end."""

    deliveries: list[DeliveryAnswer]
    next: str | None


class Subscription(BaseModel):
    """A subscription that is asked for; the secret is kept with `preau secret set` before."""

    model_config = ConfigDict(extra="forbid")

    url: _Url
    secret_name: _Secret
    kinds: _Kinds


class SubscriptionChange(BaseModel):
    """What is changed of a subscription; what is null is left as it is."""

    model_config = ConfigDict(extra="forbid")

    url: _Url | None = None
    secret_name: _Secret | None = None
    kinds: _Kinds | None = None
    enabled: bool | None = None


class Replay(BaseModel):
    """What is told again: all since a moment; without one, at once what waits."""

    model_config = ConfigDict(extra="forbid")

    since: AwareDatetime | None = None


class Replayed(BaseModel):
    """How many messages will be sent."""

    messages: int


@router.get("")
def get_webhooks(
    session: Reading,
    viewer: ApiViewer,
    *,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    after: Annotated[str | None, Query(max_length=MAX_CURSOR_CHARACTERS)] = None,
) -> WebhookListAnswer:
    """List your subscriptions in the order of their ids."""
    rows = list_webhooks(session, viewer.user_id, after=read_id_cursor(after), limit=limit + 1)
    more = rows[limit - 1].id if len(rows) > limit else None
    return WebhookListAnswer(
        webhooks=[WebhookAnswer.model_validate(row) for row in rows[:limit]], next=id_cursor(more)
    )


@router.post("", status_code=HTTPStatus.CREATED)
def post_webhook(
    here: Here, viewer: ApiViewer, response: Response, wanted: Subscription
) -> WebhookAnswer:
    """Subscribe a program to events, of what you may see."""
    with here.database.write(viewer.actor) as session:
        made = subscribe(
            session,
            here.settings,
            viewer,
            url=wanted.url,
            secret_name=wanted.secret_name,
            kinds=wanted.kinds,
        )
        answer = WebhookAnswer.model_validate(made)
        where = {"Location": f"/api/v1/webhooks/{made.id}"}
    response.headers.update(where)
    return answer


@router.get("/{webhook_id}", responses=READ_RESPONSES)
def get_webhook(
    session: Reading, viewer: ApiViewer, reads: Reads, webhook_id: WebhookId
) -> WebhookAnswer:
    """Return one of your subscriptions."""
    webhook = own_webhook(session, viewer, webhook_id)
    reads.about(webhook_lock(webhook))
    return WebhookAnswer.model_validate(webhook)


@router.patch("/{webhook_id}", responses=WRITE_RESPONSES)
def patch_webhook(
    here: Here,
    viewer: ApiViewer,
    writes: Writes,
    webhook_id: WebhookId,
    change: SubscriptionChange,
) -> WebhookAnswer:
    """Change one of your subscriptions; enabled again, it is told all that waited."""
    with here.database.write(viewer.actor) as session:
        webhook = own_webhook(session, viewer, webhook_id)
        writes.demand(session, webhook, lock=webhook_lock, now=WebhookAnswer.model_validate)
        change_webhook(
            session,
            here.settings,
            webhook,
            url=change.url,
            secret_name=change.secret_name,
            kinds=change.kinds,
            enabled=change.enabled,
        )
        return WebhookAnswer.model_validate(webhook)


@router.delete("/{webhook_id}", status_code=HTTPStatus.NO_CONTENT)
def delete_webhook(here: Here, viewer: ApiViewer, webhook_id: WebhookId) -> None:
    """End one of your subscriptions and forget what it was told."""
    with here.database.write(viewer.actor) as session:
        end_webhook(session, own_webhook(session, viewer, webhook_id))


@router.get("/{webhook_id}/deliveries")
def get_deliveries(
    session: Reading,
    viewer: ApiViewer,
    webhook_id: WebhookId,
    *,
    state: DeliveryState | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    after: Annotated[str | None, Query(max_length=MAX_CURSOR_CHARACTERS)] = None,
) -> DeliveryListAnswer:
    """List what a subscription was or is to be told, newest first."""
    own_webhook(session, viewer, webhook_id)
    before = read_id_cursor(after)
    rows = list_deliveries(session, webhook_id, state=state, before=before, limit=limit + 1)
    more = rows[limit - 1].id if len(rows) > limit else None
    return DeliveryListAnswer(
        deliveries=[DeliveryAnswer.model_validate(row) for row in rows[:limit]],
        next=id_cursor(more),
    )


@router.post("/{webhook_id}/replay", status_code=HTTPStatus.ACCEPTED)
def post_replay(here: Here, viewer: ApiViewer, webhook_id: WebhookId, wanted: Replay) -> Replayed:
    """Have a subscription told again, under the same ids."""
    with here.database.write(viewer.actor) as session:
        webhook = own_webhook(session, viewer, webhook_id)
        return Replayed(messages=replay(session, webhook, wanted.since))
