from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "xiuhua.intake"
    verbose_name = "导入"
