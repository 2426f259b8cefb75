from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "xiuhua.accounts"
    verbose_name = "用户与职务"
