from django.apps import AppConfig


class FindingsConfig(AppConfig):
    name = "xiuhua.findings"
    verbose_name = "问题"
