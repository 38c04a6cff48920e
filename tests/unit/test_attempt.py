"""What an attempt knows of the device's guard."""

import time

import pytest

from collectors.target import SshTarget
from deploy import guard
from deploy.attempt import Attempt, PushOrder
from deploy.conversation import Conversation
from inventory.vendors.family import family


def test_a_guard_is_counted_from_before_its_device_answered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    configuration = family("ios").configuration
    assert configuration is not None
    target = SshTarget("sw1", "127.0.0.1", 22, "preau", "-", configuration.device_type, None, 5.0)
    order = PushOrder(target, configuration, "", "", "", {}, guard_s=60)
    talk = Conversation(None, configuration, {})  # type: ignore[arg-type]
    monkeypatch.setattr(guard, "arm", lambda *_args, **_options: time.sleep(0.2))
    attempt = Attempt(order, lambda _step: None)
    asked_at = time.monotonic()
    attempt.arm(talk)
    assert talk.unguarded_from == attempt.guard_waits_until
    assert attempt.guard_waits_until < asked_at + 60 + 0.2
