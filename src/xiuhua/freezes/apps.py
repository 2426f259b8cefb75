from django.apps import AppConfig


class FreezesConfig(AppConfig):
    name = "xiuhua.freezes"
    verbose_name = "数据快照"
