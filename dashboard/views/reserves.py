"""The pages of reserves: what everybody sees, and one's own proof, which the browser checks."""

from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from dashboard.pages import render_page
from dashboard.visitors import customers_only, visitor_of

SCRIPT = "verify_liabilities.py"


def reserves(request: HttpRequest) -> HttpResponse:
    return render_page(request, "dashboard/reserves/page.html")


@customers_only
def proof(request: HttpRequest) -> HttpResponse:
    """The page knows the visitor's number and name from the session and not from the proof, which must not
    say itself whose it is."""
    visitor = visitor_of(request)
    audit_id = f"{visitor.user_id}:{visitor.username}" if visitor.is_known else ""
    return render_page(request, "dashboard/reserves/proof.html", {"audit_id": audit_id})


def script(request: HttpRequest) -> HttpResponse:
    """The same file as in the documentation: whoever does not trust the page reads it and runs it himself."""
    text = (Path(settings.BASE_DIR) / "docs" / SCRIPT).read_text()
    disposition = f'attachment; filename="{SCRIPT}"'
    return HttpResponse(
        text, content_type="text/x-python; charset=utf-8", headers={"Content-Disposition": disposition}
    )
