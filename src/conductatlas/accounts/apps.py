from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "conductatlas.accounts"
    label = "accounts"
    verbose_name = "Accounts"
