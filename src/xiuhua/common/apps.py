from django.apps import AppConfig


class CommonConfig(AppConfig):
    name = "xiuhua.common"
    verbose_name = "公用"
