"""One run of a plan, wave after wave, with its gates; what is decided is in `deploy.rollout`."""

import time
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace

from sqlmodel import col, select

from api.usecases.audit import check_compliance
from api.usecases.deployment_gates import measure
from api.usecases.deployment_targets import Subject, subjects_of
from api.usecases.progress import Counter
from api.usecases.push_work import PushWork
from api.usecases.rollout_members import access_points_of_sites, planned_waves
from deploy.gates import Vitals, vitals_from_json, worse
from deploy.rollout import Member, RolloutOptions, Stop, judge_wave, may_start, must_stop
from deploy.windows import SchoolCalendar
from inventory import clock
from inventory.events import record_event
from inventory.models import DeployPlan, Device, PlanRequest, PlanState, Push, PushState
from inventory.sentences import N_, Sentence

_LOOK_S = 1.0  # how often what a person asked is looked at while devices are busy
_GATE_AGAIN_S = 5.0


@dataclass(frozen=True, slots=True)
class Stopped:
    """Why a run ends before its last wave. `by` is the person who asked, None: it halted itself."""

    state: PlanState
    wave: int
    message: Sentence


class Rollout:
    """Carries out the waves of a plan that are left.

    `forgiven` are the pushes that ended badly before a person decided to go on nevertheless.
    """

    def __init__(
        self,
        work: PushWork,
        options: RolloutOptions,
        calendar: SchoolCalendar,
        counter: Counter,
        forgiven: frozenset[int] = frozenset(),
    ) -> None:
        self._work = work
        self._database, self._plan_id, self._actor = work.database, work.plan_id, work.actor
        self._options = options
        self._calendar = calendar
        self._counter = counter
        self._forgiven = forgiven

    def run(self) -> Stopped | None:
        """Change the devices, and return why it stopped; None: every wave proved itself."""
        with self._database.read() as session:
            waves = planned_waves(session, self._plan_id)
            self._access_points = access_points_of_sites(session, self._plan_id)
        for number, members in waves:
            if not members and self._is_over(number):
                continue
            stopped = self._wave(number, members)
            if stopped is not None:
                return stopped
            self._tell_wave(number, last=waves[-1][0])
        return None

    def _is_over(self, wave: int) -> bool:
        """Return whether a wave without devices left needs no judgement any more.

        A run may have been killed between a wave's last device and its gate.
        """
        with self._database.read() as session:
            begun = select(Push.id).where(
                Push.plan_id == self._plan_id,
                col(Push.wave) > wave,
                Push.state != PushState.PLANNED,
            )
            later = session.exec(begun.limit(1)).first() is not None
        return later or not self._states(wave)

    def _wave(self, number: int, members: Sequence[Member]) -> Stopped | None:
        self._note_health(members)
        stopped = self._change(number, members) if members else None
        self._check_compliance(number)
        if stopped is not None:
            return stopped
        states = list(self._states(number).values())
        reason = judge_wave(states, self._options.tolerated_percent)
        if reason is not None:
            return self._halted(number, reason, [])
        problems = self._gate(number)
        return self._halted(number, Stop.NOT_WELL, problems) if problems else None

    def _check_compliance(self, wave: int) -> None:
        """Judge what the devices of a wave run now by the standards in force."""
        with self._database.read() as session:
            verified = session.exec(
                select(Push.device_id).where(
                    Push.plan_id == self._plan_id,
                    Push.wave == wave,
                    Push.state == PushState.VERIFIED,
                )
            ).all()
        check_compliance(self._database, self._work.settings, verified, actor=self._work.actor)

    # -- changing the devices of a wave

    def _change(self, number: int, members: Sequence[Member]) -> Stopped | None:
        subjects = self._subjects(members)
        interrupting = self._interrupting(members)
        states = self._states(number)
        waiting, running = list(members), dict[Future[PushState], Member]()
        stopped: Stopped | None = None
        at_once = self._work.settings.ssh_max_sessions
        with ThreadPoolExecutor(max_workers=max(1, min(at_once, len(members)))) as pool:
            while running or (waiting and stopped is None):
                if stopped is None:
                    waits = any(member.push_id in interrupting for member in waiting)
                    stopped = self._why_stop(number, states.values(), interrupts=waits)
                if stopped is None:
                    for member in may_start(
                        waiting,
                        running.values(),
                        access_points=self._access_points,
                        share=self._options.access_points_at_once,
                        at_once=at_once,
                    ):
                        waiting.remove(member)
                        running[pool.submit(self._work.push, subjects[member.push_id])] = member
                done, _ = wait(running, timeout=_LOOK_S, return_when=FIRST_COMPLETED)
                for future in done:
                    states[running.pop(future).push_id] = future.result()
                    self._counter.one_more()
        return stopped if waiting else None

    def _why_stop(
        self, number: int, states: Collection[PushState], *, interrupts: bool
    ) -> Stopped | None:
        """Return why no other device may be begun now."""
        with self._database.read() as session:
            query = select(DeployPlan.asked, DeployPlan.asked_by)
            asked, by = session.exec(query.where(DeployPlan.id == self._plan_id)).one()
        if asked is PlanRequest.CANCEL:
            return Stopped(
                PlanState.CANCELLED, number, Sentence("annulé par %(who)s", who=by or "")
            )
        if asked is PlanRequest.PAUSE:
            said = Sentence("suspendu par %(who)s", who=by or "")
            return Stopped(PlanState.PAUSED, number, said)
        if must_stop(states, len(states), self._options.tolerated_percent):
            return self._halted(number, Stop.TOO_MANY_FAILED, [])
        if interrupts and not self._options.now and not self._calendar.may_interrupt(clock.now()):
            return Stopped(
                PlanState.PAUSED,
                number,
                Sentence("les heures de classe ont commencé\u00a0; le reste attend"),
            )
        return None

    def _states(self, wave: int) -> dict[int, PushState]:
        with self._database.read() as session:
            rows = session.exec(
                select(Push).where(Push.plan_id == self._plan_id, Push.wave == wave)
            ).all()
        return {row.id: row.state for row in rows if row.id and row.id not in self._forgiven}

    def _subjects(self, members: Sequence[Member]) -> dict[int, Subject]:
        """Return what is needed to speak to each, by its push."""
        push_of = {member.device_id: member.push_id for member in members}
        with self._database.read() as session:
            devices = session.exec(select(Device).where(col(Device.id).in_(push_of))).all()
            subjects = subjects_of(session, self._work.vault, self._work.settings, devices)
        return {
            push_of[each.device_id]: replace(each, push_id=push_of[each.device_id])
            for each in subjects
        }

    def _interrupting(self, members: Sequence[Member]) -> frozenset[int]:
        with self._database.read() as session:
            rows = session.exec(
                select(Push.id, Push.risk).where(
                    col(Push.id).in_([member.push_id for member in members])
                )
            ).all()
        return frozenset(push_id or 0 for push_id, risk in rows if interrupts(risk))

    # -- the gate behind a wave

    def _note_health(self, members: Sequence[Member]) -> None:
        """Keep how the devices do before they are changed, once."""
        ids = [member.push_id for member in members]
        with self._database.read() as session:
            rows = session.exec(select(Push).where(col(Push.id).in_(ids))).all()
            unknown = {row.device_id: row.id for row in rows if row.health_before is None}
        if not unknown:
            return
        vitals = self._measure(list(unknown))
        with self._database.write(self._actor) as session:
            pushes = session.exec(select(Push).where(col(Push.id).in_(unknown.values()))).all()
            for push in pushes:
                if push.device_id in vitals:
                    push.health_before = vitals[push.device_id].to_json()

    def _gate(self, wave: int) -> list[Sentence]:
        """Return what is worse than before the wave once its time to recover has run out."""
        with self._database.read() as session:
            rows = session.exec(
                select(Push, Device.name)
                .join(Device, col(Device.id) == Push.device_id)
                .where(
                    Push.plan_id == self._plan_id,
                    Push.wave == wave,
                    Push.state == PushState.VERIFIED,
                )
            ).all()
        before = {push.device_id: vitals_from_json(push.health_before) for push, _ in rows}
        names = {push.device_id: name for push, name in rows}
        deadline = time.monotonic() + self._options.gate_s
        while before:
            after = self._measure(list(before))
            problems = {
                device_id: worse(
                    names[device_id], told, after[device_id], self._options.clients_back
                )
                for device_id, told in before.items()
                if told is not None and device_id in after
            }
            # Only those that are not well yet are asked again.
            before = {each: before[each] for each, found in problems.items() if found}
            if before and time.monotonic() > deadline:
                return [sentence for each in before for sentence in problems[each]]
            if before:
                time.sleep(_GATE_AGAIN_S)
        return []

    def _measure(self, device_ids: Sequence[int]) -> Mapping[int, Vitals]:
        work = self._work
        return measure(work.database, work.vault, work.settings, device_ids, actor=self._actor)

    # -- what is told

    def _halted(self, wave: int, reason: Stop, problems: Sequence[Sentence]) -> Stopped:
        text = Sentence(_STOPS[reason], wave=wave)
        if problems:
            text = Sentence("%(text)s\u00a0: %(problems)s", text=text, problems=tuple(problems[:5]))
        return Stopped(PlanState.HALTED, wave, text)

    def _tell_wave(self, number: int, last: int) -> None:
        with self._database.write(self._actor) as session:
            record_event(
                session,
                "plan.wave",
                Sentence(
                    "Plan n°\u00a0%(id)s\u00a0: vague %(wave)s sur %(waves)s réussie",
                    id=self._plan_id,
                    wave=number,
                    waves=last,
                ),
                body={"plan": self._plan_id, "wave": number},
            )


def interrupts(risk: Mapping[str, object]) -> bool:
    """Return whether a change could interrupt its school, by what the plan keeps of its risk."""
    return bool(risk.get("touches_path") or risk.get("reboots"))


_STOPS = {
    Stop.TOO_MANY_FAILED: N_("vague %(wave)s\u00a0: trop d’équipements ont échoué"),
    Stop.NOTHING_PROVEN: N_("vague %(wave)s\u00a0: aucun équipement n’a pu être vérifié"),
    Stop.NOT_WELL: N_("vague %(wave)s\u00a0: moins bien qu’avant"),
}
