from django.apps import AppConfig


class DecisionsConfig(AppConfig):
    name = "xiuhua.decisions"
    verbose_name = "识别与退出"
