"""The first page: what the house is, its live market, and the way in."""

from django.http import HttpRequest, HttpResponse

from dashboard.pages import render_page


def welcome(request: HttpRequest) -> HttpResponse:
    return render_page(request, "dashboard/welcome/page.html")
