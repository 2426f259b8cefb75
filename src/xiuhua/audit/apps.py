from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "xiuhua.audit"
    verbose_name = "审计"
