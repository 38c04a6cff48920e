"""Every operation. Written by `make client` from the OpenAPI document: not by hand."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from pydantic import AwareDatetime

from api.client import schemas
from api.client.calls import Calls
from api.client.model import ServerEvent


class Operations(Calls):
    """Every operation. Lists are walked to their end; a refusal raises `PreauProblem`."""

    def acceptance_runs(self, site_id: int) -> schemas.AcceptanceRunListAnswer:
        """List the acceptance runs of a site."""
        return self._told("GET", f"/sites/{site_id}/acceptance", schemas.AcceptanceRunListAnswer)

    def acceptance_run(self, site_id: int, run_id: int) -> schemas.RunRecordAnswer:
        """Return one acceptance run as it was frozen."""
        return self._told("GET", f"/sites/{site_id}/acceptance/{run_id}", schemas.RunRecordAnswer)

    def site_reserves(self, site_id: int) -> schemas.ReserveListAnswer:
        """List the reserves of a site."""
        return self._told("GET", f"/sites/{site_id}/reserves", schemas.ReserveListAnswer)

    def visits_funding_sources(self) -> schemas.PayerListAnswer:
        """List the funding sources that hours can be noted on, by code."""
        return self._told("GET", "/adviser-visits/funding-sources", schemas.PayerListAnswer)

    def adviser_visits(self) -> Iterator[schemas.VisitAnswer]:
        """List the caller's own visits, the last told first."""
        return self._walk("GET", "/adviser-visits", "visits", schemas.VisitAnswer)

    def post_adviser_visit(self, body: schemas.AdviserVisitsVisitWanted) -> schemas.KeptAnswer:
        """Keep some time of the caller."""
        return self._told("POST", "/adviser-visits", schemas.KeptAnswer, body=body, once=True)

    def adviser_visit(self, visit_id: int) -> schemas.VisitAnswer:
        """Return some time of the caller."""
        return self._told("GET", f"/adviser-visits/{visit_id}", schemas.VisitAnswer)

    def put_adviser_visit(
        self, visit_id: int, body: schemas.AdviserVisitsVisitWanted, *, if_match: str
    ) -> schemas.KeptAnswer:
        """Correct some time of the caller."""
        return self._told(
            "PUT", f"/adviser-visits/{visit_id}", schemas.KeptAnswer, body=body, if_match=if_match
        )

    def delete_adviser_visit(self, visit_id: int) -> None:
        """Take some time of the caller back."""
        self._done("DELETE", f"/adviser-visits/{visit_id}")

    def visits_month(self, month: str, *, login: str | None = None) -> schemas.MonthAnswer:
        """Return a month by funding source: the caller's, or another's for who checks hours."""
        return self._told(
            "GET", f"/adviser-visits/months/{month}", schemas.MonthAnswer, query={"login": login}
        )

    def visits_sheet(
        self, month: str, form: str, *, target: Path, login: str | None = None
    ) -> None:
        """Return a month's sheet as CSV or as a workbook."""
        self._save(
            "GET",
            f"/adviser-visits/months/{month}/sheet.{form}",
            query={"login": login},
            target=target,
        )

    def post_visits_signature(self, month: str) -> schemas.MonthAnswer:
        """Sign the caller's own month; its hours no longer change."""
        return self._told(
            "POST", f"/adviser-visits/months/{month}/signature", schemas.MonthAnswer, once=True
        )

    def audit_log(
        self,
        *,
        actor: str | None = None,
        action: str | None = None,
        table: str | None = None,
        row: str | None = None,
        since: AwareDatetime | None = None,
        until: AwareDatetime | None = None,
    ) -> Iterator[schemas.AuditEntryAnswer]:
        """List what was done, newest first."""
        return self._walk(
            "GET",
            "/audit-log",
            "entries",
            schemas.AuditEntryAnswer,
            query={
                "actor": actor,
                "action": action,
                "table": table,
                "row": row,
                "since": since,
                "until": until,
            },
        )

    def post_bulk_transition(self, body: schemas.ManyWanted) -> schemas.ManyAnswer:
        """Move each dossier of a choice in a transaction of its own, or try it without writing."""
        return self._told("POST", "/dossiers/transitions", schemas.ManyAnswer, body=body, once=True)

    def bulk_transitions(self) -> Iterator[schemas.RequestAnswer]:
        """List the caller's requests."""
        return self._walk("GET", "/dossiers/transitions", "requests", schemas.RequestAnswer)

    def bulk_transition(self, bulk_id: int) -> schemas.ManyAnswer:
        """Return one of the caller's requests with what came of each site."""
        return self._told("GET", f"/dossiers/transitions/{bulk_id}", schemas.ManyAnswer)

    def editions(self) -> schemas.EditionListAnswer:
        """List the editions."""
        return self._told("GET", "/cadastre/editions", schemas.EditionListAnswer)

    def edition(self, code: str) -> schemas.EditionAnswer:
        """Return one edition."""
        return self._told("GET", f"/cadastre/editions/{code}", schemas.EditionAnswer)

    def questionnaire(self, code: str) -> schemas.QuestionnaireAnswer:
        """Return what an edition asks."""
        return self._told(
            "GET", f"/cadastre/editions/{code}/questionnaire", schemas.QuestionnaireAnswer
        )

    def edition_responses(
        self,
        code: str,
        *,
        q: str | None = None,
        state: str | None = None,
        province: str | None = None,
        education_network: str | None = None,
    ) -> Iterator[schemas.ResponseLineAnswer]:
        """List the sites that an edition asks."""
        return self._walk(
            "GET",
            f"/cadastre/editions/{code}/responses",
            "responses",
            schemas.ResponseLineAnswer,
            query={
                "q": q,
                "state": state,
                "province": province,
                "education_network": education_network,
            },
        )

    def edition_progress(
        self, code: str, *, by: schemas.Grouping | None = None
    ) -> schemas.ProgressListAnswer:
        """Return how far an edition is, by province or by education network."""
        return self._told(
            "GET",
            f"/cadastre/editions/{code}/progress",
            schemas.ProgressListAnswer,
            query={"by": by},
        )

    def opening(self, code: str) -> schemas.WaitingAnswer:
        """Return how many sites opening an edition would ask now, and what stands for them."""
        return self._told("GET", f"/cadastre/editions/{code}/opening", schemas.WaitingAnswer)

    def post_opening(self, code: str, body: schemas.CadastreSeen) -> schemas.JobAnswer:
        """Ask the sites that were shown for their cadastre, in the background."""
        return self._told(
            "POST", f"/cadastre/editions/{code}/opening", schemas.JobAnswer, body=body, once=True
        )

    def post_open(self, code: str, body: schemas.Opening | None = None) -> schemas.OpenedListAnswer:
        """Ask some identified sites for their cadastre at once; each site's outcome is told."""
        return self._told(
            "POST",
            f"/cadastre/editions/{code}/open",
            schemas.OpenedListAnswer,
            body=body,
            once=True,
        )

    def edition_csv(self, code: str, *, target: Path) -> None:
        """Export the responses, a line for each school; text that could run is neutralised."""
        self._save("GET", f"/cadastre/editions/{code}/export.csv", target=target)

    def edition_xlsx(self, code: str, *, target: Path) -> None:
        """Export the responses as a workbook."""
        self._save("GET", f"/cadastre/editions/{code}/export.xlsx", target=target)

    def workbook(self, code: str, site_id: int, *, target: Path) -> None:
        """Return one response as a workbook that can be filled without a connection."""
        self._save("GET", f"/cadastre/editions/{code}/sites/{site_id}/workbook", target=target)

    def post_workbook(
        self, code: str, site_id: int, file: Path, *, apply: Literal["true", "false"] | None = None
    ) -> schemas.ImportAnswer:
        """Show what a filled workbook would change, or with `apply` take all of it in."""
        return self._told(
            "POST",
            f"/cadastre/editions/{code}/sites/{site_id}/workbook",
            schemas.ImportAnswer,
            file=file,
            fields={"apply": apply},
        )

    def response(self, code: str, site_id: int) -> schemas.ResponseAnswer:
        """Return the response of a site; its ETag is its version."""
        return self._told(
            "GET", f"/cadastre/editions/{code}/sites/{site_id}", schemas.ResponseAnswer
        )

    def patch_response(
        self, code: str, site_id: int, body: schemas.FieldsGiven, *, if_match: str
    ) -> schemas.WrittenAnswer:
        """Write single fields: all of them, or nothing when one cannot be read."""
        return self._told(
            "PATCH",
            f"/cadastre/editions/{code}/sites/{site_id}",
            schemas.WrittenAnswer,
            body=body,
            if_match=if_match,
            once=True,
        )

    def response_comparison(self, code: str, site_id: int) -> schemas.CadastreComparisonAnswer:
        """Return each field beside the edition before and beside what collectors see."""
        return self._told(
            "GET",
            f"/cadastre/editions/{code}/sites/{site_id}/comparison",
            schemas.CadastreComparisonAnswer,
        )

    def post_submission(
        self, code: str, site_id: int, body: schemas.Signature
    ) -> schemas.ResponseAnswer:
        """Sign and submit what was shown."""
        return self._told(
            "POST",
            f"/cadastre/editions/{code}/sites/{site_id}/submit",
            schemas.ResponseAnswer,
            body=body,
            once=True,
        )

    def post_remark(
        self, code: str, site_id: int, body: schemas.RemarkGiven
    ) -> schemas.RemarkAnswer:
        """Remark on a submitted response."""
        return self._told(
            "POST",
            f"/cadastre/editions/{code}/sites/{site_id}/remarks",
            schemas.RemarkAnswer,
            body=body,
            once=True,
        )

    def post_settled(self, number: int, code: str, site_id: int) -> schemas.ResponseAnswer:
        """Note that a remark is answered."""
        return self._told(
            "POST",
            f"/cadastre/editions/{code}/sites/{site_id}/remarks/{number}/settle",
            schemas.ResponseAnswer,
            once=True,
        )

    def post_sent_back(
        self, code: str, site_id: int, body: schemas.Reason, *, if_match: str
    ) -> schemas.ResponseAnswer:
        """Send a submitted response back to its school with what is to be looked at again."""
        return self._told(
            "POST",
            f"/cadastre/editions/{code}/sites/{site_id}/send-back",
            schemas.ResponseAnswer,
            body=body,
            if_match=if_match,
            once=True,
        )

    def post_validation(self, code: str, site_id: int, *, if_match: str) -> schemas.ResponseAnswer:
        """Validate a submitted response; the rules of eligibility are asked again."""
        return self._told(
            "POST",
            f"/cadastre/editions/{code}/sites/{site_id}/validate",
            schemas.ResponseAnswer,
            if_match=if_match,
            once=True,
        )

    def post_reopened(
        self, code: str, site_id: int, body: schemas.Reason, *, if_match: str
    ) -> schemas.ResponseAnswer:
        """Give a validated response back to its school, where no dossier rests on it."""
        return self._told(
            "POST",
            f"/cadastre/editions/{code}/sites/{site_id}/reopen",
            schemas.ResponseAnswer,
            body=body,
            if_match=if_match,
            once=True,
        )

    def contractors(self) -> Iterator[schemas.ContractorAnswer]:
        """List the contractors by name."""
        return self._walk("GET", "/contractors", "contractors", schemas.ContractorAnswer)

    def post_contractor(self, body: schemas.ContractorWanted) -> schemas.ContractorAnswer:
        """Make a contractor."""
        return self._told("POST", "/contractors", schemas.ContractorAnswer, body=body, once=True)

    def contractor(self, contractor_id: int) -> schemas.ContractorAnswer:
        """Return one contractor."""
        return self._told("GET", f"/contractors/{contractor_id}", schemas.ContractorAnswer)

    def patch_contractor(
        self, contractor_id: int, body: schemas.ContractorChange, *, if_match: str
    ) -> schemas.ContractorAnswer:
        """Change a contractor; why stands in its change record."""
        return self._told(
            "PATCH",
            f"/contractors/{contractor_id}",
            schemas.ContractorAnswer,
            body=body,
            if_match=if_match,
            once=True,
        )

    def devices(
        self,
        *,
        q: str | None = None,
        site_id: int | None = None,
        province: str | None = None,
        family: str | None = None,
        role: schemas.DeviceRole | None = None,
        lifecycle: schemas.Lifecycle | None = None,
        health: schemas.Health | None = None,
        tag: str | None = None,
    ) -> Iterator[schemas.DeviceAnswer]:
        """List devices in the order of their ids."""
        return self._walk(
            "GET",
            "/devices",
            "devices",
            schemas.DeviceAnswer,
            query={
                "q": q,
                "site_id": site_id,
                "province": province,
                "family": family,
                "role": role,
                "lifecycle": lifecycle,
                "health": health,
                "tag": tag,
            },
        )

    def device(self, device_id: int) -> schemas.DeviceAnswer:
        """Return one device as last observed."""
        return self._told("GET", f"/devices/{device_id}", schemas.DeviceAnswer)

    def patch_device(
        self, device_id: int, body: schemas.DeviceChange, *, if_match: str
    ) -> schemas.DeviceAnswer:
        """Change a device's lifecycle, room or tags; a poll meanwhile does not stand against it."""
        return self._told(
            "PATCH",
            f"/devices/{device_id}",
            schemas.DeviceAnswer,
            body=body,
            if_match=if_match,
            once=True,
        )

    def device_observation(self, device_id: int) -> schemas.ObservationAnswer:
        """Return what a device last said of itself."""
        return self._told("GET", f"/devices/{device_id}/observation", schemas.ObservationAnswer)

    def device_events(self, device_id: int) -> list[schemas.EventAnswer]:
        """Return the last hundred things that happened at a device, traps among them."""
        return self._told("GET", f"/devices/{device_id}/events", list[schemas.EventAnswer])

    def dossiers(
        self,
        *,
        q: str | None = None,
        status: schemas.Status | None = None,
        province: str | None = None,
        lot: str | None = None,
        measure: schemas.Measure | None = None,
        late: bool | None = None,
    ) -> Iterator[schemas.DossierLineAnswer]:
        """List dossiers in the order of their sites' names."""
        return self._walk(
            "GET",
            "/dossiers",
            "dossiers",
            schemas.DossierLineAnswer,
            query={
                "q": q,
                "status": status,
                "province": province,
                "lot": lot,
                "measure": measure,
                "late": late,
            },
        )

    def schools(
        self, *, education_network: str | None = None, organising_authority_id: int | None = None
    ) -> Iterator[schemas.SchoolAnswer]:
        """List schools in the order of their ids."""
        return self._walk(
            "GET",
            "/schools",
            "schools",
            schemas.SchoolAnswer,
            query={
                "education_network": education_network,
                "organising_authority_id": organising_authority_id,
            },
        )

    def authorities(self) -> Iterator[schemas.AuthorityAnswer]:
        """List organising authorities in the order of their ids."""
        return self._walk(
            "GET", "/organising-authorities", "organising_authorities", schemas.AuthorityAnswer
        )

    def site_dossier(self, site_id: int) -> schemas.DossierAnswer:
        """Return the dossier of one site with its history, newest first."""
        return self._told("GET", f"/sites/{site_id}/dossier", schemas.DossierAnswer)

    def dossier_moves(self, site_id: int) -> schemas.MovesAnswer:
        """Return the steps that leave a dossier's status, with all that each still misses."""
        return self._told("GET", f"/sites/{site_id}/dossier/moves", schemas.MovesAnswer)

    def post_dossier_transition(
        self, site_id: int, body: schemas.Transition, *, if_match: str
    ) -> schemas.TransitionMade:
        """Make one step; `If-Match` is the ETag of the dossier, or * for whatever it is now."""
        return self._told(
            "POST",
            f"/sites/{site_id}/dossier/transitions",
            schemas.TransitionMade,
            body=body,
            if_match=if_match,
            once=True,
        )

    def eligibility_rules(self) -> schemas.RuleSetListAnswer:
        """List the rule sets."""
        return self._told("GET", "/eligibility/rules", schemas.RuleSetListAnswer)

    def post_eligibility_rules(self, body: schemas.RuleSetGiven) -> schemas.RuleSetListAnswer:
        """Keep a version; nothing is moved before it is run."""
        return self._told(
            "POST", "/eligibility/rules", schemas.RuleSetListAnswer, body=body, once=True
        )

    def eligibility_preview(
        self, *, rule_set: str | None = None, limit: int | None = None, after: str | None = None
    ) -> schemas.PreviewAnswer:
        """Show what running the rules now would change, page by page; writes nothing."""
        return self._told(
            "GET",
            "/eligibility/preview",
            schemas.PreviewAnswer,
            query={"rule_set": rule_set, "limit": limit, "after": after},
        )

    def post_eligibility_run(self, body: schemas.RunGiven) -> schemas.EligibilityRunAnswer:
        """Run the rules over every open site; with `digest` only if that is what would change."""
        return self._told(
            "POST", "/eligibility/runs", schemas.EligibilityRunAnswer, body=body, once=True
        )

    def eligibility_runs(self) -> Iterator[schemas.EligibilityRunAnswer]:
        """List the runs, newest first."""
        return self._walk("GET", "/eligibility/runs", "runs", schemas.EligibilityRunAnswer)

    def post_eligibility_application(self, body: schemas.EligibilitySeen) -> schemas.JobAnswer:
        """Run the rules in the background, as they were shown; the job tells its run."""
        return self._told(
            "POST", "/eligibility/applications", schemas.JobAnswer, body=body, once=True
        )

    def eligibility_outcomes(self, run_id: int) -> Iterator[schemas.ChangeAnswer]:
        """List what a run changed, or could not change, site by site."""
        return self._walk(
            "GET", f"/eligibility/runs/{run_id}/outcomes", "outcomes", schemas.ChangeAnswer
        )

    def site_equipment(self, site_id: int) -> schemas.EquipmentAnswer:
        """Return what a school holds to lend."""
        return self._told("GET", f"/sites/{site_id}/equipment", schemas.EquipmentAnswer)

    def findings(
        self,
        *,
        severity: schemas.Severity | None = None,
        rule_id: str | None = None,
        resolved: bool | None = None,
    ) -> Iterator[schemas.FindingAnswer]:
        """List findings, newest first: the open ones, or with `resolved` those that went away."""
        return self._walk(
            "GET",
            "/findings",
            "findings",
            schemas.FindingAnswer,
            query={"severity": severity, "rule_id": rule_id, "resolved": resolved},
        )

    def post_waiver(self, finding_id: int, body: schemas.WaiverWanted) -> schemas.WaiverAnswer:
        """Accept what a rule finds on a device, until a day: it is no longer counted as open."""
        return self._told(
            "POST", f"/findings/{finding_id}/waiver", schemas.WaiverAnswer, body=body, once=True
        )

    def funding_sources(self) -> Iterator[schemas.FundingAnswer]:
        """List the funding sources by code."""
        return self._walk("GET", "/funding-sources", "funding_sources", schemas.FundingAnswer)

    def post_funding_source(self, body: schemas.FundingWanted) -> schemas.FundingAnswer:
        """Make a funding source."""
        return self._told("POST", "/funding-sources", schemas.FundingAnswer, body=body, once=True)

    def funding_source(self, source_id: int) -> schemas.FundingAnswer:
        """Return one funding source."""
        return self._told("GET", f"/funding-sources/{source_id}", schemas.FundingAnswer)

    def patch_funding_source(
        self, source_id: int, body: schemas.FundingChange, *, if_match: str
    ) -> schemas.FundingAnswer:
        """Change a funding source; why stands in its change record."""
        return self._told(
            "PATCH",
            f"/funding-sources/{source_id}",
            schemas.FundingAnswer,
            body=body,
            if_match=if_match,
            once=True,
        )

    def incidents(
        self, *, phase: schemas.Phase | None = None, site_id: int | None = None
    ) -> Iterator[schemas.IncidentAnswer]:
        """List incidents, newest first."""
        return self._walk(
            "GET",
            "/incidents",
            "incidents",
            schemas.IncidentAnswer,
            query={"phase": phase, "site_id": site_id},
        )

    def post_job(self, body: schemas.JobWanted) -> schemas.JobAnswer:
        """Queue a job, or return the same one that already waits."""
        return self._told("POST", "/jobs", schemas.JobAnswer, body=body, once=True)

    def jobs(self) -> Iterator[schemas.JobAnswer]:
        """List the caller's jobs and those of the sites it may see, newest first."""
        return self._walk("GET", "/jobs", "jobs", schemas.JobAnswer)

    def job(self, job_id: int) -> schemas.JobAnswer:
        """Return one job."""
        return self._told("GET", f"/jobs/{job_id}", schemas.JobAnswer)

    def late(
        self,
        *,
        ball: schemas.Role | None = None,
        term: str | None = None,
        province: str | None = None,
    ) -> Iterator[schemas.LateAnswer]:
        """List overdue terms."""
        return self._walk(
            "GET",
            "/late",
            "late",
            schemas.LateAnswer,
            query={"ball": ball, "term": term, "province": province},
        )

    def lots(self) -> Iterator[schemas.LotAnswer]:
        """List the lots by name."""
        return self._walk("GET", "/lots", "lots", schemas.LotAnswer)

    def post_lot(self, body: schemas.LotWanted) -> schemas.LotAnswer:
        """Make a lot."""
        return self._told("POST", "/lots", schemas.LotAnswer, body=body, once=True)

    def lot(self, lot_id: int) -> schemas.LotAnswer:
        """Return one lot."""
        return self._told("GET", f"/lots/{lot_id}", schemas.LotAnswer)

    def patch_lot(
        self, lot_id: int, body: schemas.LotChange, *, if_match: str
    ) -> schemas.LotAnswer:
        """Change a lot; why stands in its change record."""
        return self._told(
            "PATCH", f"/lots/{lot_id}", schemas.LotAnswer, body=body, if_match=if_match, once=True
        )

    def plans(self) -> Iterator[schemas.PlanAnswer]:
        """List deployment plans, newest first."""
        return self._walk("GET", "/plans", "plans", schemas.PlanAnswer)

    def plan(self, plan_id: int) -> schemas.PlanAnswer:
        """Return one plan and how many of its devices are in each state."""
        return self._told("GET", f"/plans/{plan_id}", schemas.PlanAnswer)

    def plan_events(self, plan_id: int) -> Iterator[ServerEvent]:
        """Follow a plan: `device` for each device that moved, `plan` for the whole."""
        return self._events("GET", f"/plans/{plan_id}/events")

    def site_prerequisites(self, site_id: int) -> schemas.PrerequisiteListAnswer:
        """List the prerequisites of one site."""
        return self._told("GET", f"/sites/{site_id}/prerequisites", schemas.PrerequisiteListAnswer)

    def post_prerequisite(
        self, site_id: int, body: schemas.PrerequisiteWanted
    ) -> schemas.PrerequisiteAnswer:
        """Write a prerequisite down."""
        return self._told(
            "POST",
            f"/sites/{site_id}/prerequisites",
            schemas.PrerequisiteAnswer,
            body=body,
            once=True,
        )

    def post_prerequisite_lifting(
        self, site_id: int, prerequisite_id: int, body: schemas.Lifting
    ) -> schemas.PrerequisiteAnswer:
        """Lift a prerequisite, with what shows that it is done."""
        return self._told(
            "POST",
            f"/sites/{site_id}/prerequisites/{prerequisite_id}/lift",
            schemas.PrerequisiteAnswer,
            body=body,
            once=True,
        )

    def progress(
        self, *, province: str | None = None, education_network: str | None = None
    ) -> schemas.ProgrammeProgressAnswer:
        """Count sites by the milestones that they passed, in all, by province and by canton."""
        return self._told(
            "GET",
            "/programme/progress",
            schemas.ProgrammeProgressAnswer,
            query={"province": province, "education_network": education_network},
        )

    def programme_plans(self) -> Iterator[schemas.ProgrammePlanPlanAnswer]:
        """List the plans, newest first."""
        return self._walk("GET", "/programme-plans", "plans", schemas.ProgrammePlanPlanAnswer)

    def post_programme_plan(self, body: schemas.PlanWanted) -> schemas.ProgrammePlanPlanAnswer:
        """Make a plan, which is solved in the background: its state tells when it is."""
        return self._told(
            "POST", "/programme-plans", schemas.ProgrammePlanPlanAnswer, body=body, once=True
        )

    def programme_plan(self, plan_id: int) -> schemas.PlanDetailAnswer:
        """Return a plan by year, lot and source, with what it breaks."""
        return self._told("GET", f"/programme-plans/{plan_id}", schemas.PlanDetailAnswer)

    def delete_programme_plan(self, plan_id: int, version: int) -> schemas.ProgrammePlanPlanAnswer:
        """Drop a plan that was not applied."""
        return self._told(
            "DELETE",
            f"/programme-plans/{plan_id}",
            schemas.ProgrammePlanPlanAnswer,
            query={"version": version},
        )

    def plan_sites(
        self,
        plan_id: int,
        *,
        year: int | None = None,
        lot_id: int | None = None,
        funding_source_id: int | None = None,
        state: str | None = None,
        q: str | None = None,
    ) -> Iterator[schemas.PlanSiteAnswer]:
        """List a plan's sites."""
        return self._walk(
            "GET",
            f"/programme-plans/{plan_id}/sites",
            "sites",
            schemas.PlanSiteAnswer,
            query={
                "year": year,
                "lot_id": lot_id,
                "funding_source_id": funding_source_id,
                "state": state,
                "q": q,
            },
        )

    def patch_plan_site(
        self, plan_id: int, site_id: int, body: schemas.SiteEdit
    ) -> schemas.EditedAnswer:
        """Pin a site (there or elsewhere), give it back to the optimiser, or take it out."""
        return self._told(
            "PATCH",
            f"/programme-plans/{plan_id}/sites/{site_id}",
            schemas.EditedAnswer,
            body=body,
            once=True,
        )

    def post_plan_copy(
        self, plan_id: int, body: schemas.CopyWanted
    ) -> schemas.ProgrammePlanPlanAnswer:
        """Make another draft with the same pins and exclusions, solved anew in the background."""
        return self._told(
            "POST",
            f"/programme-plans/{plan_id}/copies",
            schemas.ProgrammePlanPlanAnswer,
            body=body,
            once=True,
        )

    def post_plan_prices(self, plan_id: int) -> schemas.AskedAnswer:
        """Work out in the background what each constraint of a draft costs."""
        return self._told(
            "POST", f"/programme-plans/{plan_id}/prices", schemas.AskedAnswer, once=True
        )

    def post_plan_application(
        self, plan_id: int, body: schemas.VersionWanted
    ) -> schemas.AskedAnswer:
        """Schedule the placed sites of a draft in the background; each site tells its outcome."""
        return self._told(
            "POST",
            f"/programme-plans/{plan_id}/application",
            schemas.AskedAnswer,
            body=body,
            once=True,
        )

    def plan_comparison(self, plan_id: int, other: int) -> schemas.ProgrammePlanComparisonAnswer:
        """Tell where another plan places sites differently."""
        return self._told(
            "GET",
            f"/programme-plans/{plan_id}/comparison",
            schemas.ProgrammePlanComparisonAnswer,
            query={"other": other},
        )

    def proposals(
        self, *, state: schemas.ProposalState | None = None, site_id: int | None = None
    ) -> Iterator[schemas.ProposalAnswer]:
        """List the proposals that the caller may see, newest first: by default those that wait."""
        return self._walk(
            "GET",
            "/proposals",
            "proposals",
            schemas.ProposalAnswer,
            query={"state": state, "site_id": site_id},
        )

    def proposal(self, proposal_id: int) -> schemas.ProposalAnswer:
        """Return one proposal."""
        return self._told("GET", f"/proposals/{proposal_id}", schemas.ProposalAnswer)

    def post_proposal_acceptance(
        self, proposal_id: int, body: schemas.Acceptance
    ) -> schemas.DeviceAnswer:
        """Make a proposal a device and return it."""
        return self._told(
            "POST", f"/proposals/{proposal_id}/accept", schemas.DeviceAnswer, body=body, once=True
        )

    def post_proposal_refusal(
        self, proposal_id: int, body: schemas.Refusal
    ) -> schemas.ProposalAnswer:
        """Refuse a proposal; seen again it stays refused."""
        return self._told(
            "POST", f"/proposals/{proposal_id}/refuse", schemas.ProposalAnswer, body=body, once=True
        )

    def post_reserve_lifting(
        self, site_id: int, number: int, body: schemas.ReserveLifting
    ) -> schemas.LiftedAnswer:
        """Lift a reserve on a person's word."""
        return self._told(
            "POST",
            f"/sites/{site_id}/reserves/{number}/lift",
            schemas.LiftedAnswer,
            body=body,
            once=True,
        )

    def search(
        self,
        q: str,
        *,
        kind: schemas.Kind | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> schemas.SearchAnswer:
        """Find what the caller may see."""
        return self._told(
            "GET",
            "/search",
            schemas.SearchAnswer,
            query={"q": q, "kind": kind, "limit": limit, "after": after},
        )

    def device_series(
        self,
        device_id: int,
        *,
        span: schemas.Span | None = None,
        start: AwareDatetime | None = None,
        end: AwareDatetime | None = None,
        kind: list[schemas.SubjectKind] | None = None,
        port: list[str] | None = None,
    ) -> schemas.SeriesListAnswer:
        """Return a device's figures over time, as fine as they are still kept."""
        return self._told(
            "GET",
            f"/devices/{device_id}/series",
            schemas.SeriesListAnswer,
            query={"span": span, "start": start, "end": end, "kind": kind, "port": port},
        )

    def site_series(
        self,
        site_id: int,
        *,
        span: schemas.Span | None = None,
        start: AwareDatetime | None = None,
        end: AwareDatetime | None = None,
    ) -> schemas.SeriesListAnswer:
        """Return a site's figures over time: what was asked, what answered, and its clients."""
        return self._told(
            "GET",
            f"/sites/{site_id}/series",
            schemas.SeriesListAnswer,
            query={"span": span, "start": start, "end": end},
        )

    def sites(
        self,
        *,
        q: str | None = None,
        province: str | None = None,
        status: schemas.Status | None = None,
        condition: schemas.Condition | None = None,
        canton: str | None = None,
    ) -> Iterator[schemas.SiteAnswer]:
        """List sites in the order of their names."""
        return self._walk(
            "GET",
            "/sites",
            "sites",
            schemas.SiteAnswer,
            query={
                "q": q,
                "province": province,
                "status": status,
                "condition": condition,
                "canton": canton,
            },
        )

    def site(self, site_id: int) -> schemas.SiteDetailAnswer:
        """Return one site."""
        return self._told("GET", f"/sites/{site_id}", schemas.SiteDetailAnswer)

    def site_devices(self, site_id: int) -> schemas.DeviceListAnswer:
        """List the devices of one site."""
        return self._told("GET", f"/sites/{site_id}/devices", schemas.DeviceListAnswer)

    def site_findings(self, site_id: int) -> schemas.FindingListAnswer:
        """List the open findings of one site, the gravest first, all of them."""
        return self._told("GET", f"/sites/{site_id}/findings", schemas.FindingListAnswer)

    def post_upload(
        self,
        file: Path,
        kind: Literal["plan", "photo", "cable_test", "document", "table"],
        *,
        site_id: int | None = None,
    ) -> schemas.UploadAnswer:
        """Hand in one file. Its type is told by its content."""
        return self._told(
            "POST",
            "/uploads",
            schemas.UploadAnswer,
            file=file,
            fields={"kind": kind, "site_id": site_id},
        )

    def uploads(
        self, *, site_id: int | None = None, kind: schemas.UploadKind | None = None
    ) -> Iterator[schemas.UploadAnswer]:
        """List the files that you may see, newest first."""
        return self._walk(
            "GET",
            "/uploads",
            "uploads",
            schemas.UploadAnswer,
            query={"site_id": site_id, "kind": kind},
        )

    def upload(self, upload_id: int) -> schemas.UploadAnswer:
        """Return what is known of one file."""
        return self._told("GET", f"/uploads/{upload_id}", schemas.UploadAnswer)

    def delete_upload(self, upload_id: int) -> None:
        """Remove a file that no dossier rests on."""
        self._done("DELETE", f"/uploads/{upload_id}")

    def upload_content(self, upload_id: int, *, target: Path) -> None:
        """Return the bytes of one file, to be saved and never shown in the page."""
        self._save("GET", f"/uploads/{upload_id}/content", target=target)

    def webhooks(self) -> Iterator[schemas.WebhookAnswer]:
        """List your subscriptions in the order of their ids."""
        return self._walk("GET", "/webhooks", "webhooks", schemas.WebhookAnswer)

    def post_webhook(self, body: schemas.Subscription) -> schemas.WebhookAnswer:
        """Subscribe a program to events, of what you may see."""
        return self._told("POST", "/webhooks", schemas.WebhookAnswer, body=body, once=True)

    def webhook(self, webhook_id: int) -> schemas.WebhookAnswer:
        """Return one of your subscriptions."""
        return self._told("GET", f"/webhooks/{webhook_id}", schemas.WebhookAnswer)

    def patch_webhook(
        self, webhook_id: int, body: schemas.SubscriptionChange, *, if_match: str
    ) -> schemas.WebhookAnswer:
        """Change one of your subscriptions; enabled again, it is told all that waited."""
        return self._told(
            "PATCH",
            f"/webhooks/{webhook_id}",
            schemas.WebhookAnswer,
            body=body,
            if_match=if_match,
            once=True,
        )

    def delete_webhook(self, webhook_id: int) -> None:
        """End one of your subscriptions and forget what it was told."""
        self._done("DELETE", f"/webhooks/{webhook_id}")

    def deliveries(
        self, webhook_id: int, *, state: schemas.DeliveryState | None = None
    ) -> Iterator[schemas.DeliveryAnswer]:
        """List what a subscription was or is to be told, newest first."""
        return self._walk(
            "GET",
            f"/webhooks/{webhook_id}/deliveries",
            "deliveries",
            schemas.DeliveryAnswer,
            query={"state": state},
        )

    def post_replay(self, webhook_id: int, body: schemas.Replay) -> schemas.Replayed:
        """Have a subscription told again, under the same ids."""
        return self._told(
            "POST", f"/webhooks/{webhook_id}/replay", schemas.Replayed, body=body, once=True
        )

    def work_orders(
        self, *, site_id: int | None = None, mine: bool | None = None, open_: bool | None = None
    ) -> Iterator[schemas.OrderAnswer]:
        """List orders; `mine`: those given to the caller."""
        return self._walk(
            "GET",
            "/work-orders",
            "orders",
            schemas.OrderAnswer,
            query={"site_id": site_id, "mine": mine, "open": open_},
        )

    def post_work_order(self, body: schemas.OrderWanted) -> schemas.OrderAnswer:
        """Plan an order at a site."""
        return self._told("POST", "/work-orders", schemas.OrderAnswer, body=body, once=True)

    def work_order(self, order_id: int) -> schemas.OrderDetailAnswer:
        """Return one order with what was reported from the school."""
        return self._told("GET", f"/work-orders/{order_id}", schemas.OrderDetailAnswer)

    def post_work_visit(
        self, order_id: int, body: schemas.WorkOrdersVisitWanted
    ) -> schemas.OrderAnswer:
        """Give an order to an installer, with an appointment."""
        return self._told(
            "POST", f"/work-orders/{order_id}/visit", schemas.OrderAnswer, body=body, once=True
        )

    def post_work_check(self, order_id: int, body: schemas.Checked) -> schemas.DoneAnswer:
        """Answer a point of the checklist; the last word counts."""
        return self._told(
            "POST", f"/work-orders/{order_id}/checks", schemas.DoneAnswer, body=body, once=True
        )

    def post_work_serial(self, order_id: int, body: schemas.Scanned) -> schemas.ScannedAnswer:
        """Keep a device by its serial number; one that is known elsewhere is refused."""
        return self._told(
            "POST", f"/work-orders/{order_id}/serials", schemas.ScannedAnswer, body=body, once=True
        )

    def post_work_placement(self, order_id: int, body: schemas.Placed) -> schemas.ScannedAnswer:
        """Say where a scanned device was put; said again, it counts anew."""
        return self._told(
            "POST",
            f"/work-orders/{order_id}/placements",
            schemas.ScannedAnswer,
            body=body,
            once=True,
        )

    def post_work_photo(self, order_id: int, body: schemas.HandedIn) -> schemas.DoneAnswer:
        """Add a photo to an order."""
        return self._told(
            "POST", f"/work-orders/{order_id}/photos", schemas.DoneAnswer, body=body, once=True
        )

    def post_work_cable_tests(
        self, order_id: int, body: schemas.HandedIn
    ) -> list[schemas.LinkAnswer]:
        """Read the table of a cable certifier; returns every link of the order, faults first."""
        return self._told(
            "POST",
            f"/work-orders/{order_id}/cable-tests",
            list[schemas.LinkAnswer],
            body=body,
            once=True,
        )

    def post_work_reserve(self, order_id: int, body: schemas.ReserveTaken) -> schemas.DoneAnswer:
        """Open a reserve of the site."""
        return self._told(
            "POST", f"/work-orders/{order_id}/reserves", schemas.DoneAnswer, body=body, once=True
        )

    def post_work_end(self, order_id: int) -> schemas.OrderAnswer:
        """End an order whose work is reported whole."""
        return self._told("POST", f"/work-orders/{order_id}/end", schemas.OrderAnswer, once=True)

    def post_work_cancellation(self, order_id: int) -> schemas.OrderAnswer:
        """Cancel an order; what was reported stays."""
        return self._told(
            "POST", f"/work-orders/{order_id}/cancellation", schemas.OrderAnswer, once=True
        )
