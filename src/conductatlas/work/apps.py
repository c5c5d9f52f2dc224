from django.apps import AppConfig


class WorkConfig(AppConfig):
    name = "conductatlas.work"
    label = "work"
    verbose_name = "Work"
