from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "xiuhua.config"
    verbose_name = "配置"
