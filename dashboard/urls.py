"""Every page, area by area."""

from django.urls import path

from dashboard.views import account, design, entering, home, passwords, reserves, vaults, wallet

urlpatterns = [
    path("", home.home),
    path("signup", entering.signup),
    path("login", entering.log_in),
    path("login/code", entering.login_code),
    path("logout", entering.log_out),
    path("password/forgot", passwords.forgot),
    path("password/reset/<str:number>/<str:token>", passwords.reset),
    path("account", account.overview),
    path("account/email", account.email),
    path("account/email/<str:token>", account.confirm),
    path("account/security", account.security),
    path("account/security/password", account.password),
    path("account/security/logins/<int:login_id>/end", account.end_one),
    path("account/security/logins/end-others", account.end_others),
    path("account/keys", account.keys),
    path("account/notices", account.notices),
    path("wallet", wallet.balances),
    path("wallet/deposit", wallet.deposit),
    path("wallet/withdraw", wallet.withdraw),
    path("wallet/transfer", wallet.transfer),
    path("wallet/statements", wallet.statements),
    path("design/", design.design),
    path("vaults", vaults.listing),
    path("vaults/new", vaults.opening),
    path("vaults/<uuid:vault_id>", vaults.detail),
    path("reserves", reserves.reserves),
    path("reserves/proof", reserves.proof),
]
