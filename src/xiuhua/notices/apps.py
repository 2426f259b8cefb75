from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "xiuhua.notices"
    verbose_name = "公示"
