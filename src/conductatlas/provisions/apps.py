from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ProvisionsConfig(AppConfig):
    name = "conductatlas.provisions"
    label = "provisions"
    verbose_name = "Provisions"

    def ready(self) -> None:
        from conductatlas.append_only import install
        from conductatlas.history.removal import FORGETTING
        from conductatlas.provisions.services import forget

        post_migrate.connect(install, sender=self)
        FORGETTING.append(forget)
