"""The page of the price: its words are here, everything that lives comes from the API and the socket."""

from django.http import HttpRequest, HttpResponse

from dashboard.pages import render_page


def oracle(request: HttpRequest) -> HttpResponse:
    return render_page(request, "dashboard/oracle/page.html")
