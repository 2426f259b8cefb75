from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "xiuhua.files"
    verbose_name = "附件"
