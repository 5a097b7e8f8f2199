"""The product's URLs and the tests' own."""

from django.urls import include, path

from tests.access import endpoints

urlpatterns = [
    path("", include("config.urls")),
    path("api/v1/test/orders", endpoints.OrdersEndpoint.as_view()),
    path("api/v1/test/orders/<str:order>", endpoints.OrderEndpoint.as_view()),
    path("api/v1/test/view-orders", endpoints.ViewOrders.as_view()),
    path("api/v1/test/withdraw", endpoints.WithdrawEndpoint.as_view()),
    path("api/v1/test/public", endpoints.PublicEndpoint.as_view()),
    path("api/v1/test/fault", endpoints.FaultEndpoint.as_view()),
    path("api/v1/test/view-fault", endpoints.FaultView.as_view()),
    path("api/v1/test/pay", endpoints.PayEndpoint.as_view()),
    path("api/v1/test/view-pay", endpoints.PayView.as_view()),
    path("large-page", endpoints.large_page),
]
