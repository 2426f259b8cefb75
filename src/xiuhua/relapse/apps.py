from django.apps import AppConfig


class RelapseConfig(AppConfig):
    name = "xiuhua.relapse"
    verbose_name = "返贫监测"
