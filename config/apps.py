from django.apps import AppConfig
from django.conf import settings
from django.core.checks import register

from config.alert_checks import check_alerts
from config.backup_checks import check_backups
from config.checks import (
    check_bots,
    check_debug_is_local,
    check_engine,
    check_limits,
    check_metrics_token,
    check_oracle_sources,
    check_oracle_times,
    check_secret_key,
)
from config.custody_checks import check_custody, check_dev_chain
from config.deploy_checks import check_accepted, check_faults, check_real_custody, check_real_prices
from config.deploy_ready_checks import READY_CHECKS
from config.loading import end_loading
from config.log_checks import check_logs
from config.notice_settings import check_links, check_notices
from config.operator_checks import check_admin_hosts, check_admin_ips
from config.version import version
from exchange.compiled.loading import running
from health.metrics import note_build
from logs.uncaught import log_what_nobody_caught


class ConfigConfig(AppConfig):
    name = "config"

    def ready(self) -> None:
        register(check_secret_key)
        register(check_debug_is_local)
        register(check_metrics_token)
        register(check_limits)
        register(check_engine)
        register(check_oracle_sources)
        register(check_oracle_times)
        register(check_bots)
        register(check_dev_chain)
        register(check_custody)
        register(check_notices)
        register(check_links)
        register(check_alerts)
        register(check_backups)
        register(check_faults)
        register(check_real_prices)
        register(check_real_custody)
        register(check_accepted)
        for check in READY_CHECKS:
            register(check, deploy=True)
        register(check_logs)
        if settings.PROCESS != "manage":  # a person at a terminal reads a traceback as it is
            log_what_nobody_caught()
        note_build(version(settings.BASE_DIR), is_compiled=running().is_compiled)
        register(check_admin_hosts)
        register(check_admin_ips)
        end_loading()
