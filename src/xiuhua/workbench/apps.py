from django.apps import AppConfig


class WorkbenchConfig(AppConfig):
    name = "xiuhua.workbench"
    verbose_name = "工作台"
