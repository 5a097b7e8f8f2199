"""Every component in every state, to look at."""

from django.http import HttpRequest, HttpResponse

from dashboard.pages import render_page


def design(request: HttpRequest) -> HttpResponse:
    return render_page(request, "dashboard/design/page.html")
