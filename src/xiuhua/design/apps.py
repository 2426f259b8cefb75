from django.apps import AppConfig


class DesignConfig(AppConfig):
    name = "xiuhua.design"
    verbose_name = "界面"
