"""Accounts of a false switch: passwords are kept by the form in which the switch shows them."""

import base64
import hashlib
import secrets
from dataclasses import dataclass, field


@dataclass
class Passwords:
    """What each shown form stands for, so that a form typed back lets the same password in."""

    by_form: dict[str, str] = field(default_factory=dict)

    def hashed(self, password: str, style: str) -> str:
        """Return a new form of a password; `style` holds `{salt}` and `{digest}`."""
        salt = secrets.token_hex(4)
        digest = base64.b64encode(hashlib.sha256(f"{salt}{password}".encode()).digest()).decode()
        form = style.format(salt=salt, digest=digest.rstrip("=").replace("+", "."))
        self.by_form[form] = password
        return form

    def opens(self, form: str | None, password: str) -> bool:
        """Whether a password is the one behind a form."""
        return form is not None and self.by_form.get(form) == password
