from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ProvisionsConfig(AppConfig):
    name = "conductatlas.provisions"
    label = "provisions"
    verbose_name = "Provisions"

    def ready(self) -> None:
        from conductatlas.append_only import install
        from conductatlas.history.forgetting import forgetting

        post_migrate.connect(install, sender=self)
        forgetting.connect(_forget)


def _forget(readings: Any, **_: Any) -> None:
    from conductatlas.provisions.services import forget  # costs half of what it costs to start

    forget(readings)
