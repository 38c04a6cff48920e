"""Files that people hand in: received, looked at, kept by their hash, shown to whom they concern.

A file is received into a folder of its own while its size and its first bytes are checked, looked
at as a whole, and only then moved to where it is kept. All of it is outside what the web process
serves as it is. Two steps, because no database session is open while bytes come in:

    with receive_file(settings, chunks, kind=…, file_name=…) as received:
        with database.write(viewer.actor) as session:
            upload = keep_upload(session, settings, received, by=viewer.actor, site_id=…)
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import Session, col, select

from api.usecases.scope import Right, Viewer, sites_within, visible_sites
from api.usecases.site_detail import site_to_work_on
from api.usecases.upload_intake import ReceivedFile
from inventory import clock
from inventory.errors import Conflict, NotAllowed, NotFound
from inventory.files.kinds import UploadKind
from inventory.models import Evidence, Site, Upload, UploadState
from inventory.sentences import Sentence
from inventory.settings import Settings

# By the system's clock, as the times of files are.
_FORGOTTEN_AFTER_S = 86_400.0


def keep_upload(
    session: Session,
    settings: Settings,
    received: ReceivedFile,
    *,
    by: str,
    site_id: int | None = None,
) -> Upload:
    """Keep a received file and return its row, which the transaction of `session` writes.

    The bytes are on the disk before the row is: a transaction that fails leaves bytes that nothing
    names, which `sweep_uploads` takes away.
    """
    target = content_path(settings, received.sha256)
    with _held(settings, fcntl.LOCK_SH):
        target.parent.mkdir(mode=0o700, exist_ok=True)
        _sync(received.path)
        # Also where it is kept already: its time is then new, and a sweep leaves it alone.
        received.path.replace(target)
        os.utime(target)
        _sync(target.parent)
    upload = Upload(
        sha256=received.sha256,
        size_bytes=received.size_bytes,
        media_type=received.media_type,
        file_name=received.file_name,
        kind=received.kind,
        site_id=site_id,
        uploaded_by=by,
        at=clock.now(),
    )
    session.add(upload)
    session.flush()
    return upload


def may_hand_in(session: Session, viewer: Viewer, site_id: int) -> None:
    """Raise NotFound, or NotAllowed, unless `viewer` may hand in files for a site."""
    if site_to_work_on(session, viewer, site_id, Right.HAND_IN) is None:
        raise NotAllowed(Sentence("Votre rôle ne permet pas de remettre de fichier pour ce site"))


def visible_upload(session: Session, viewer: Viewer, upload_id: int) -> Upload:
    """Return a file that `viewer` may see: their own, or one of a site that they see.

    Raises NotFound, also for one that was removed.
    """
    query = select(Upload).where(Upload.id == upload_id, visible_uploads(viewer))
    found = session.exec(query).first()
    if found is None:
        raise NotFound(Sentence("Il n’y a pas de fichier n°%(id)s", id=upload_id))
    return found


def visible_uploads(viewer: Viewer) -> ColumnElement[bool]:
    """Return the WHERE clause on Upload that holds the files that `viewer` may see."""
    sites = select(col(Site.id)).where(visible_sites(viewer))
    own = and_(col(Upload.uploaded_by) == viewer.actor, col(Upload.site_id).is_(None))
    kept = col(Upload.state) == UploadState.KEPT
    return and_(kept, or_(own, col(Upload.site_id).in_(sites)))


def list_uploads(
    session: Session,
    viewer: Viewer,
    *,
    site_id: int | None = None,
    kind: UploadKind | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[Upload]:
    """Return the files that `viewer` may see, newest first, those before the id `before`."""
    query = select(Upload).where(visible_uploads(viewer))
    if site_id is not None:
        query = query.where(Upload.site_id == site_id)
    if kind is not None:
        query = query.where(Upload.kind == kind)
    if before is not None:
        query = query.where(col(Upload.id) < before)
    return list(session.exec(query.order_by(col(Upload.id).desc()).limit(limit)))


def remove_upload(session: Session, viewer: Viewer, upload_id: int) -> None:
    """Remove a file that `viewer` handed in, or that is of a site whose files they look after.

    Its bytes go with the next sweep. Raises NotFound, NotAllowed, and Conflict for a file that a
    dossier rests on.
    """
    upload = visible_upload(session, viewer, upload_id)
    looks_after = select(Site.id).where(
        Site.id == upload.site_id, sites_within(viewer, Right.REMOVE_FILES)
    )
    if upload.uploaded_by != viewer.actor and session.exec(looks_after).first() is None:
        raise NotAllowed(Sentence("Ce fichier n’est pas le vôtre"))
    resting = select(Evidence.id).where(Evidence.upload_id == upload_id)
    if session.exec(resting).first() is not None:
        raise Conflict(Sentence("Un dossier repose sur ce fichier, qui ne peut être retiré"))
    upload.state = UploadState.REMOVED
    session.flush()


def content_path(settings: Settings, sha256: str) -> Path:
    """Return where the bytes with a hash (64 hex digits) stand, if they are kept."""
    return settings.uploads_path() / sha256[:2] / sha256


def sweep_uploads(session: Session, settings: Settings) -> int:
    """Take bytes away that no row keeps and that are a day old; return how many files that were.

    They come from files that were removed, from transactions that failed and from processes that
    were killed while bytes came in.
    """
    before = time.time() - _FORGOTTEN_AFTER_S
    swept = 0
    for path in _files(settings):
        if _is_older(path, before) and not _is_kept(session, path):
            swept += _unlink_if_older(settings, path, before)
    return swept


def _files(settings: Settings) -> Iterator[Path]:
    folder = settings.uploads_path()
    yield from (path for path in folder.glob("*/*") if path.is_file()) if folder.is_dir() else ()


def _is_kept(session: Session, path: Path) -> bool:
    kept = select(Upload.id).where(Upload.sha256 == path.name, Upload.state == UploadState.KEPT)
    return session.exec(kept.limit(1)).first() is not None


def _is_older(path: Path, moment: float) -> bool:
    try:
        return path.stat().st_mtime < moment
    except FileNotFoundError:
        return False


def _unlink_if_older(settings: Settings, path: Path, moment: float) -> bool:
    # Nobody keeps a file meanwhile: the same bytes may just have been handed in again.
    with _held(settings, fcntl.LOCK_EX):
        if not _is_older(path, moment):
            return False
        path.unlink(missing_ok=True)
        return True


@contextmanager
def _held(settings: Settings, how: int) -> Iterator[None]:
    """Hold the folder's lock, shared by those who keep and alone by who sweeps."""
    lock = os.open(settings.uploads_path() / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, how)
        yield
    finally:
        os.close(lock)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
