from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    name = "conductatlas.catalogue"
    label = "catalogue"
    verbose_name = "Catalogue"
