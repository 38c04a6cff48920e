"""Everybody finds the pages that are made for them, and none that they may not open."""

import pytest
from fastapi.routing import APIRoute

from api.http.application import page_routers
from api.http.needs import Need, declarations
from api.usecases.scope import HeldGrant, Viewer
from api.web.navigation import ENTRIES, navigation
from inventory.models import GrantScope, UserRole


def _viewer(role: UserRole, scope: GrantScope = GrantScope.ALL, key: str = "") -> Viewer:
    return Viewer(1, "v", "V", None, (HeldGrant(role, scope, key),))


def _needs(address: str) -> list[Need]:
    routes = [
        route
        for router in page_routers()
        for route in router.routes
        if isinstance(route, APIRoute) and route.path == address and "GET" in (route.methods or ())
    ]
    assert len(routes) == 1, address
    return [each for each in declarations(routes[0]) if isinstance(each, Need)]


@pytest.mark.parametrize("role", sorted(UserRole))
@pytest.mark.parametrize("scope", [(GrantScope.ALL, ""), (GrantScope.PROVINCE, "Namur")])
def test_nobody_finds_a_page_that_refuses_them(
    role: UserRole, scope: tuple[GrantScope, str]
) -> None:
    viewer = _viewer(role, *scope)
    for entry in navigation(viewer):
        for need in _needs(entry.address):
            need.check(viewer)


def test_a_head_of_school_finds_schools_and_progress_and_nothing_technical() -> None:
    head = _viewer(UserRole.SCHOOL_HEAD, GrantScope.SITE, "3")
    found = [entry.address for entry in navigation(head)]
    assert found[:2] == ["/", "/avancement"]
    assert not {"/deploiements", "/incidents", "/journal", "/utilisateurs"} & set(found)


def test_every_entry_is_found_by_somebody() -> None:
    found = {entry.address for role in UserRole for entry in navigation(_viewer(role))}
    assert found == {entry.address for entry in ENTRIES}


def test_who_has_every_role_finds_each_page_once() -> None:
    every = tuple(HeldGrant(role, GrantScope.ALL, "") for role in UserRole)
    found = [entry.address for entry in navigation(Viewer(1, "v", "V", None, every))]
    assert len(found) == len(set(found)) == len({entry.address for entry in ENTRIES})
