from __future__ import annotations

import stat
from pathlib import Path

import pytest

from conductatlas import config
from conductatlas.errors import ConfigurationError


def load(folder: Path, **environment: str) -> config.Config:
    return config.load(folder, {f"CONDUCTATLAS_{name}": value for name, value in environment.items()})


def test_the_environment_comes_before_the_file_and_the_file_before_the_default(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('workers = 7\nvantage = "DE"\n')
    found = load(tmp_path, WORKERS="9")
    assert (found.workers, found.vantage, found.port) == (9, "DE", 8710)
    assert found.origins["workers"] == "environment CONDUCTATLAS_WORKERS"
    assert found.origins["vantage"] == str(tmp_path / "config.toml")
    assert found.origins["port"] == "default"


def test_the_first_start_writes_settings_and_keys_for_the_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    config.initialise(load(folder))
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for file in (folder / "config.toml", folder / "keys" / "secret.key"):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    first = (folder / "keys" / "secret.key").read_text()
    assert len(first) > 40
    config.initialise(load(folder))
    assert (folder / "keys" / "secret.key").read_text() == first


def test_the_file_of_the_first_start_explains_every_setting_and_changes_none(tmp_path: Path) -> None:
    config.initialise(load(tmp_path))
    text = (tmp_path / "config.toml").read_text()
    assert all(f"# {name} = " in text for name in config.settings_fields())
    assert set(load(tmp_path).origins.values()) == {"default"}


def test_every_default_can_be_written_to_the_file_and_read_back(tmp_path: Path) -> None:
    defaults = {name: about["default"] for name, about in config.settings_fields().items()}
    (tmp_path / "config.toml").write_text(config.template(defaults))
    found = load(tmp_path)
    assert {name: getattr(found, name) for name in defaults} == defaults
    assert set(found.origins.values()) == {str(tmp_path / "config.toml")}


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("workers = -1", "workers"),
        ("wrokers = 1", "wrokers"),
        ('allowed_networks = ["ten"]', "allowed_networks"),
        ('log_level = "loud"', "log_level"),
        ('database_url = "mysql://x"', "database_url"),
        ('site_url = "ftp://x"', "site_url"),
        ('site_url = "https://"', "site_url"),
        ('database_url = "sqlite:///"', "database_url"),
        ("port = 65536", "port"),
        *(
            (f'second_vantage_proxy = "{url}"', "second_vantage_proxy")
            for url in (
                "socks5://h:1",
                "h:3128",
                "http://",
                "http://h:0",
                "http://h:99999",
                "http://h:1/path",
            )
        ),
        ("workers = ", "config.toml"),
    ],
)
def test_a_bad_setting_is_named_with_a_remedy(tmp_path: Path, line: str, named: str) -> None:
    (tmp_path / "config.toml").write_text(line)
    with pytest.raises(ConfigurationError) as caught:
        load(tmp_path)
    assert named in caught.value.message
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("url", "parameters"),
    [
        ("postgresql:///atlas", {"dbname": "atlas"}),
        ("postgres://db.example:5433/atlas", {"host": "db.example", "port": "5433", "dbname": "atlas"}),
        ("postgresql:///atlas?host=/var/run/Postgres", {"host": "/var/run/Postgres", "dbname": "atlas"}),
        ("postgresql://%2Fvar%2Frun%2FPostgres/atlas", {"host": "/var/run/Postgres", "dbname": "atlas"}),
        (
            "postgresql://m%C3%A9:p%40s%2Fs@db.example/at%20las?sslmode=verify-full&sslrootcert=/ca.pem",
            {
                "user": "mé",
                "password": "p@s/s",
                "host": "db.example",
                "dbname": "at las",
                "sslmode": "verify-full",
                "sslrootcert": "/ca.pem",
            },
        ),
    ],
)
def test_a_server_s_address_is_read_as_libpq_reads_it(
    tmp_path: Path, url: str, parameters: dict[str, str]
) -> None:
    assert load(tmp_path, DATABASE_URL=url).postgresql() == parameters


def test_a_password_is_in_no_message(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load(tmp_path, DATABASE_URL="postgresql://me:se%zzcret@db.example/atlas").postgresql()
    assert "cret" not in caught.value.message + caught.value.remedy


def test_a_proxy_s_address_is_quoted_in_no_message(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load(tmp_path, SECOND_VANTAGE_PROXY="http://me:se/cret@proxy.example:3128")
    assert "cret" not in caught.value.message + caught.value.remedy
    told = "http://me:se%2Fcret@proxy.example:3128"
    assert load(tmp_path, SECOND_VANTAGE_PROXY=told).second_vantage_proxy == told


def test_spacing_is_a_number_or_a_table_of_hosts(tmp_path: Path) -> None:
    assert load(tmp_path, HOST_SPACING="2.5").spacing_for("a.example") == 2.5
    (tmp_path / "config.toml").write_text('host_spacing = { "a.example" = 0, default = 3 }')
    found = load(tmp_path)
    assert (found.spacing_for("a.example"), found.spacing_for("b.example")) == (0, 3)


def test_listening_beyond_loopback_needs_names(tmp_path: Path) -> None:
    load(tmp_path).require_safe_listening()
    with pytest.raises(ConfigurationError, match=r"0\.0\.0\.0"):
        load(tmp_path, BIND="0.0.0.0").require_safe_listening()
    named = load(tmp_path, BIND="0.0.0.0", SITE_URL="https://a.example", ALLOWED_HOSTS="a.example")
    named.require_safe_listening()


def test_there_is_no_debug_setting() -> None:
    assert not [name for name in config.settings_fields() if "debug" in name]


def test_a_data_folder_that_cannot_be_made_is_a_typed_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match="cannot be written"):
        config.initialise(load(tmp_path / "file" / "data"))


def test_a_setting_can_lie_in_a_file_of_its_own(tmp_path: Path) -> None:
    secret = tmp_path / "password"
    secret.write_text("s3 cret\n")
    url = "postgresql://atlas@db.example/atlas"
    found = load(tmp_path, DATABASE_URL=url, DATABASE_PASSWORD_FILE=str(secret))
    assert found.database_password == "s3 cret"
    assert found.postgresql()["password"] == "s3 cret"
    assert found.origins["database_password"] == "environment CONDUCTATLAS_DATABASE_PASSWORD_FILE"
    stated = load(tmp_path, DATABASE_URL="postgresql://a:own@db.example/a", DATABASE_PASSWORD="other")
    assert stated.postgresql()["password"] == "own"


def test_a_setting_whose_file_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="CONDUCTATLAS_SITE_URL_FILE"):
        load(tmp_path, SITE_URL_FILE=str(tmp_path / "none"))


ONE = {"url": "https://one.example/tsr"}


@pytest.mark.parametrize(
    "given",
    [
        "one=https://one.example/tsr, two=http://two.example",
        '{"one": "https://one.example/tsr", "two": {"url": "http://two.example"}}',
    ],
)
def test_authorities_are_pairs_or_tables_in_the_environment(tmp_path: Path, given: str) -> None:
    found = load(tmp_path, TIMESTAMP_AUTHORITIES=given).timestamp_authorities
    assert found == {"one": ONE, "two": {"url": "http://two.example"}}


def test_authorities_are_a_table_in_the_file_and_can_be_written_back(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(
        'timestamp_authorities = { one = "https://one.example/tsr", "Two Ltd." = { url = "http://two.example", '
        'policy = "1.3.6.1", standing = "qualified", checked_on = 2026-11-20 } }\n'
    )
    found = load(tmp_path).timestamp_authorities
    stated = {"policy": "1.3.6.1", "standing": "qualified", "checked_on": "2026-11-20"}
    assert found == {"one": ONE, "Two Ltd.": {"url": "http://two.example"} | stated}
    (tmp_path / "config.toml").write_text(f"timestamp_authorities = {config.to_toml(found)}\n")
    assert load(tmp_path).timestamp_authorities == found


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("one", "one: expected an address"),
        ("one=ftp://one.example", "one: expected an address"),
        ('{"one": 3}', "one: expected an address, or url"),
        ('{"one": {"url": "https://a.example", "key": "x"}}', "one: expected an address, or url"),
        ('{"one": {"policy": "1.2.3"}}', "one: expected an address that begins"),
        ('{"one": {"url": "https://a.example", "policy": "any"}}', "one: expected an OID"),
        ('{"one": {"url": "https://a.example", "standing": "good"}}', "one: expected `qualified`"),
        (
            '{"one": {"url": "https://a.example", "standing": "qualified"}}',
            "one: a standing needs checked_on",
        ),
        ('{"one": {"url": "https://a.example", "checked_on": "soon"}}', "Invalid isoformat"),
        ('{"a/b": "https://a.example"}', "is no name"),
        ("[]", "is no name"),
    ],
)
def test_authorities_that_cannot_be_used_are_told(tmp_path: Path, given: str, told: str) -> None:
    with pytest.raises(ConfigurationError, match=rf"timestamp_authorities \(environment .*\): .*{told}"):
        load(tmp_path, TIMESTAMP_AUTHORITIES=given)
