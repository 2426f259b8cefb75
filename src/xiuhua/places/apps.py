from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "xiuhua.places"
    verbose_name = "行政区划"
