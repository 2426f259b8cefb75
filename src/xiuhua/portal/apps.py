from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "xiuhua.portal"
    verbose_name = "公开"
