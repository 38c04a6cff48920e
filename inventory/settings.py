"""What an installation may set: a TOML file, then `PREAU_` environment variables, which win.

The object is built once in a shell and passed in; nothing below a shell reads the environment.
"""

import os
import re
import tomllib
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from inventory.errors import Misconfigured

CONFIG_VARIABLE = "PREAU_CONFIG"
SEARCHED = (Path("preau.toml"), Path("/etc/preau/preau.toml"))


class Settings(BaseSettings):
    """One installation's settings, frozen. Durations are in seconds, as their names say."""

    model_config = SettingsConfigDict(env_prefix="PREAU_", frozen=True, extra="forbid")

    data_dir: Path = Field(Path("var"), description="Where the database, keys and logs live.")
    database_url: str | None = Field(
        None, description="PostgreSQL by its URL; None: SQLite in the data directory."
    )
    key_file: Path | None = Field(
        None, description="The key that opens secrets; None: secret.key in the data directory."
    )
    web_host: str = "127.0.0.1"
    web_port: int = Field(8000, ge=1, le=65535)
    demo_clock: Path | None = Field(
        None,
        description="Demo only, on loopback only: a file that says how many seconds time is ahead.",
    )
    secure_cookies: bool = Field(False, description="Set to true behind HTTPS.")
    session_hours: int = Field(12, ge=1, description="How long a login lasts at most.")
    oidc_issuer: str | None = Field(
        None, description="OpenID Connect provider, by its issuer; None: passwords alone."
    )
    oidc_client_id: str | None = Field(
        None, description="How the provider knows this installation."
    )
    oidc_client_secret_file: Path | None = Field(
        None, description="The file that holds the client secret; None: a public client, by PKCE."
    )
    oidc_scope: str = Field("openid profile email", description="What the provider is asked for.")
    oidc_claim: str = Field(
        "preferred_username",
        description="The claim that is an account's login; email: its e-mail, once verified.",
    )
    oidc_name: str = Field("le service d’identité", description="The provider, on the login page.")
    oidc_return_to: str | None = Field(
        None, description="Our address as the provider knows it, https://preau.example.be"
    )
    client_detail_days: int = Field(
        30, ge=7, le=30, description="How long what could be about one person's device is kept."
    )
    audit_log_days: int = Field(366, ge=30, description="How long it is kept who did what.")
    event_days: int = Field(1830, ge=366, description="How long a site's history is kept.")
    job_days: int = Field(90, ge=7, description="How long it is kept which jobs ended how.")
    retention_cron: str = Field(
        "15 3 * * *", description="When what is older is deleted, Europe/Brussels."
    )
    session_idle_minutes: int = Field(
        120, ge=5, description="A login ends after so long without a request."
    )
    login_failures: int = Field(
        5, ge=1, description="Failed logins of one person from one place, in one window."
    )
    login_failures_anywhere: int = Field(25, ge=1, description="The same, from any place.")
    login_failures_address: int = Field(
        50, ge=1, description="Failed logins of anyone from one place: a school has one address."
    )
    login_window_minutes: int = Field(15, ge=1, description="How long failures are counted.")
    api_requests_per_s: float = Field(
        50.0, gt=0, description="Requests of one token or person to the API; each process counts."
    )
    api_burst: int = Field(500, ge=1, description="… and how many of them at once.")
    log_level: str = "info"
    log_json: bool = False
    audit_cron: str = Field(
        "30 2 * * *", description="When the nightly audit runs, Europe/Brussels."
    )
    poll_interval_s: int = Field(900, ge=10)
    health_interval_s: int = Field(
        300, ge=60, description="How often devices are asked for their health alone."
    )
    series_raw_hours: int = Field(
        48, ge=25, description="How long figures over time are kept as they were told."
    )
    series_hourly_days: int = Field(90, ge=32, description="How long they are kept by the hour.")
    series_daily_days: int = Field(1830, ge=366, description="How long they are kept by the day.")
    snmp_timeout_s: float = Field(2.0, gt=0)
    snmp_retries: int = Field(2, ge=0)
    snmp_max_bytes: int = Field(
        2800,
        ge=484,
        description="How large answers of a walk may be; 1400 where fragments are lost.",
    )
    snmp_max_devices_in_flight: int = Field(200, ge=1)
    traps_listen: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Where traps are listened for: ADDRESS:PORT or ZONE@ADDRESS:PORT, by commas.",
    )
    traps_burst: int = Field(
        500, ge=1, description="Notifications of one device that are looked at, at once."
    )
    traps_per_second: float = Field(20.0, gt=0, description="… and for ever, each second.")
    traps_any_community: bool = Field(
        False, description="Believe notifications of every community, not of the zone's alone."
    )
    ssh_timeout_s: float = Field(15.0, gt=0)
    ssh_max_sessions: int = Field(32, ge=1)
    ssh_max_sessions_per_site: int = Field(
        4, ge=1, description="How many devices of one school are read over SSH at once."
    )
    register_max_closed_share: float = Field(
        0.2, ge=0, le=1, description="An edition that closes more needs --accept-closures."
    )
    approval_devices: int = Field(
        50, ge=0, description="A plan that changes more devices needs a second person."
    )
    approval_path_devices: int = Field(
        20, ge=0, description="The same, of devices whose management path changes."
    )
    approval_clients: int = Field(
        200, ge=0, description="The same, of clients on the networks that change."
    )
    public_url: str | None = Field(
        None,
        pattern=r"^https?://[^/\s]+$",
        description="Where people reach the pages, as https://preau.example: links in mail.",
    )
    smtp_host: str | None = Field(None, description="The mail server; None: no mail is sent.")
    smtp_port: int = Field(587, ge=1, le=65535)
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    smtp_user: str | None = None
    smtp_password_secret: str | None = Field(
        None, description="The name of its password among the secrets (preau secret set)."
    )
    mail_from: str = Field("preau@localhost", description="Who mail is from.")
    reminders_cron: str = Field(
        "0 7 * * mon-fri", description="When reminders are written, Europe/Brussels."
    )
    programme_starts_on: date = Field(
        date(2022, 9, 1), description="The programme's first month, from which its pace counts."
    )
    programme_years: int = Field(8, ge=1, le=30, description="How long it installs networks.")
    programme_sites_a_year: int = Field(
        500, ge=1, description="How many sites it means to put in service each year."
    )
    guard_s: int = Field(180, ge=30, description="How long a device waits for our confirmation.")
    school_hours: tuple[str, ...] = Field(
        ("mon-fri 07:30-17:00",),
        description="When pupils are there, in Belgian time: nothing that could interrupt is sent.",
    )
    school_holidays: tuple[str, ...] = Field(
        (), description="Days without school: 2026-12-21..2027-01-03, both included."
    )
    maintenance_windows: tuple[str, ...] = Field(
        (), description="When what could interrupt may be sent; none: outside school hours."
    )
    rollout_waves: str = Field(
        "1 device, 1 site, 5 %, rest", description="What each wave of a plan takes."
    )
    rollout_tolerated_percent: float = Field(
        2.0, ge=0, le=100, description="Devices of a wave that may fail without stopping the plan."
    )
    rollout_on_failure: str = Field(
        "undo_wave",
        description="What is taken back where a wave fails: halt, undo_wave, undo_plan.",
    )
    rollout_gate_s: float = Field(
        300.0, ge=0, description="How long a wave may take to be well before it counts as failed."
    )

    upload_max_mb: int = Field(50, ge=1, description="The largest file that is taken, in MB.")
    upload_max_megapixels: float = Field(
        40.0, gt=0, description="The largest picture that is taken, in millions of pixels."
    )
    webhooks_allow_private: bool = Field(
        False, description="Let webhooks lead to this machine and to private networks."
    )
    webhooks_disable_after_days: int = Field(
        5, ge=2, description="A webhook whose receiver takes nothing for so long is disabled."
    )
    upload_min_free_mb: int = Field(
        1024, ge=0, description="No file is taken while the disk has less room than this."
    )

    @field_validator("traps_listen", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        """Take the addresses as one text too: the environment has no lists."""
        if not isinstance(value, str):
            return value
        return tuple(part for part in re.split(r"[\s,]+", value.strip(" []")) if part)

    def sqlalchemy_url(self) -> str:
        """Return the database's URL for SQLAlchemy, with the psycopg 3 driver named."""
        if not self.database_url:
            return f"sqlite:///{(self.data_dir / 'preau.sqlite').absolute()}"
        for plain in ("postgresql://", "postgres://"):
            if self.database_url.startswith(plain):
                return "postgresql+psycopg://" + self.database_url.removeprefix(plain)
        return self.database_url

    def secret_key_path(self) -> Path:
        """Return the path of the file whose key opens the stored secrets."""
        return self.key_file or self.data_dir / "secret.key"

    def uploads_path(self) -> Path:
        """Return the folder of the files that people hand in; nothing of it is served as it is."""
        return self.data_dir / "uploads"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let the environment win over what the TOML file (the init arguments) says."""
        return env_settings, init_settings


def load_settings(config: Path | None = None) -> Settings:
    """Return the settings of this installation.

    The file is `config`, else the one that `PREAU_CONFIG` names, else the first of ./preau.toml and
    /etc/preau/preau.toml that exists, else none. Relative paths in a file are relative to it.
    Raises Misconfigured when the file cannot be read or a value does not fit.
    """
    path = config or _named_by_environment() or next((p for p in SEARCHED if p.is_file()), None)
    values = _read(path) if path else {}
    try:
        return Settings(**values)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise Misconfigured(
            f"the setting {name} does not fit: {first['msg']}",
            where=str(path) if path else "environment",
        ) from error


def _named_by_environment() -> Path | None:
    named = os.environ.get(CONFIG_VARIABLE)
    return Path(named) if named else None


def _read(path: Path) -> dict[str, Any]:
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise Misconfigured(
            f"the settings file cannot be read: {error}", where=str(path)
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise Misconfigured(f"the settings file is not TOML: {error}", where=str(path)) from error
    for name in ("data_dir", "key_file", "oidc_client_secret_file"):
        if name in values:
            values[name] = path.parent / str(values[name])
    return values
