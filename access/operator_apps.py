"""Puts our admin site in the place of Django's."""

from django.contrib.admin.apps import AdminConfig


class OperatorAdminConfig(AdminConfig):
    default_site = "access.operator_site.OperatorSite"
