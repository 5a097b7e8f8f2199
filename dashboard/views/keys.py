"""The page of the keys that a browser keeps. The server has no part in them: it gives words and scripts."""

from django.http import HttpRequest, HttpResponse

from dashboard.pages import render_page


def keys(request: HttpRequest) -> HttpResponse:
    """For everybody: a key is made before there is an account as well as after."""
    return render_page(request, "dashboard/keys/page.html")
