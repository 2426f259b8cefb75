from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "xiuhua.registry"
    verbose_name = "建档立卡"
