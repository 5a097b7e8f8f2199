"""The first page: what the house is, its live market, and the way in."""

from django.http import HttpRequest, HttpResponse

from dashboard.pages import render_page


def home(request: HttpRequest) -> HttpResponse:
    return render_page(request, "dashboard/home/page.html")
