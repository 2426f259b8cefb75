from django.apps import AppConfig


class RuntimeConfig(AppConfig):
    name = "xiuhua.runtime"
    verbose_name = "运行"
