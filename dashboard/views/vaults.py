"""The pages of vaults: one's list, the way to a new one, and one vault. What is live comes from the API."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse

from dashboard.camera import may_use_camera
from dashboard.pages import render_page
from dashboard.visitors import customers_only


def listing(request: HttpRequest) -> HttpResponse:
    """Whoever has no account sees the price, the terms and what a vault is."""
    return render_page(request, "dashboard/vaults/list.html")


DEEDS = (
    ("mint", "Mint"),
    ("repay", "Repay"),
    ("add", "Add bitcoin"),
    ("withdraw", "Withdraw"),
    ("save", "Save"),
    ("close", "Close"),
)


@customers_only
def opening(request: HttpRequest) -> HttpResponse:
    return render_page(request, "dashboard/vaults/new.html")


@customers_only
@may_use_camera
def detail(request: HttpRequest, vault_id: UUID) -> HttpResponse:
    """Another's vault has a page like one that does not exist: the API says so, and the page with it."""
    return render_page(request, "dashboard/vaults/detail.html", {"vault_id": str(vault_id), "deeds": DEEDS})
