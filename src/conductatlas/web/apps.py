from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "conductatlas.web"
    label = "web"
    verbose_name = "Site"
