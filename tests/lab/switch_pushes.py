"""Plans and pushes of one device without a database: the conversation alone is the subject."""

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from collectors.ssh import open_session
from collectors.target import SshTarget
from deploy.attempt import PushOrder, PushResult, Step
from deploy.conversation import Conversation
from deploy.displayed import KeptForm, form_digest, known_forms
from deploy.plan import PlannedChange, plan_change
from deploy.push import push
from inventory.intent import IntentLayer, resolve
from inventory.vendors.configuration import Configuration
from inventory.vendors.family import family
from lab.running import Lab

SECRETS = {"compte": "Mot-de-passe-1", "snmp-a": "Authentique1", "snmp-p": "Chiffrement1"}


@dataclass
class Bench:
    """One device of the lab, what is intended for it, and what was kept of its secrets."""

    lab: Lab
    name: str
    values: Mapping[str, str] = field(default_factory=lambda: dict(SECRETS))
    kept: dict[str, KeptForm] = field(default_factory=dict)
    cut_power: Callable[[], None] | None = None
    guard_s: int = 60
    steps: list[str] = field(default_factory=list)
    order: PushOrder | None = None
    """The newest push, for a resume of it."""

    @property
    def device(self) -> Any:
        return self.lab[self.name]

    @property
    def configuration(self) -> Configuration:
        found = family(self.device.spec.family).configuration
        assert found is not None
        return found

    def state(self) -> Any:
        """Return the device's own tree, not what it shows."""
        return self.lab.call(lambda: copy.deepcopy(self.device.config))

    def read(self) -> str:
        with open_session(self.target()) as session:
            return Conversation(session, self.configuration, {}).read()

    def target(self) -> SshTarget:
        device = self.device
        return SshTarget(
            zone="lab",
            host=device.host,
            port=device.ssh_port,
            username=device.username,
            password=device.password,
            device_type=self.configuration.device_type,
            timeout_s=10.0,
        )

    def known(self, running: str) -> Mapping[str, str]:
        grammar = self.configuration.grammar
        return known_forms(grammar, running, self.kept, self.values, _fingerprint)

    def plan(self, layer: Mapping[str, Any], running: str) -> PlannedChange:
        intent = resolve([("test", IntentLayer.model_validate(layer))])
        return plan_change(self.configuration, intent, running, self.values, self.known(running))

    def push(self, layer: Mapping[str, Any], *faults: str) -> PushResult:
        """Plan, spoil the device, and push."""
        running = self.read()
        planned = self.plan(layer, running)
        for fault in faults:
            self.device.faults.add(fault)
        order = PushOrder(
            target=self.target(),
            configuration=self.configuration,
            running_digest=running,
            intended=planned.intended,
            remediation="\n".join(planned.difference.remediation),
            values=self.values,
            guard_s=self.guard_s,
            known=self.known,
            touches_path=bool(planned.risk_reasons),
            cut_power=self.cut_power,
        )
        result = push(order, _itself, self._note)
        self.order = replace(order, before=running, steps=tuple(self.steps), guard_left_s=60.0)
        for each in result.displayed:
            digest = form_digest(_fingerprint, each.displayed, self.values[each.secret_name])
            self.kept[each.path] = KeptForm(each.secret_name, digest)
        return result

    def _note(self, step: Step) -> None:
        self.steps.append(step.name)


def _itself(text: str) -> str:
    return text


_fingerprint: Callable[[str], str] = _itself
