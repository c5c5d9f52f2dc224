"""A time stamp authority for tests, made with `openssl ts`, that can answer well and in every wrong way."""

from __future__ import annotations

import base64
import shutil
import subprocess
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import unquote

import pytest
from cryptography import x509
from cryptography.hazmat import asn1

from conductatlas.archive.timestamp_query import Query, query, read_query

POLICY, OTHER_POLICY = "1.3.6.1.4.1.99999.1.1", "1.3.6.1.4.1.99999.1.2"
Reply = Callable[[bytes], bytes]  # the bytes of a reply for those of a request

CONFIGURATION = """
[req]
distinguished_name = name
prompt = no
[name]
CN = set on the command line
[ca]
default_ca = authority
[authority]
database = {folder}/index.txt
new_certs_dir = {folder}
serial = {folder}/serial
crlnumber = {folder}/crlnumber
default_md = sha256
default_crl_days = 30
policy = anything
unique_subject = no
email_in_dn = no
[anything]
commonName = supplied
[root]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign, cRLSign
[issuing]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign, cRLSign
crlDistributionPoints = URI:{crl_url}/root.crl
[signer]
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
crlDistributionPoints = URI:{crl_url}/issuing.crl
[signer_by_ocsp]
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
authorityInfoAccess = OCSP;URI:http://ocsp.example/
[responder]
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = OCSPSigning
[signer_by_the_way]
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = timeStamping
[signer_of_code_too]
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping, codeSigning
[stamps]
serial = {folder}/stamp_serial
crypto_device = builtin
default_policy = {policy}
digests = sha256, sha512-256
accuracy = secs:1, millisecs:500
ordering = no
tsa_name = no
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""


def openssl(*arguments: str | Path, given: bytes = b"") -> bytes:
    """What a command prints. AssertionError with its words if it fails."""
    done = subprocess.run(["openssl", *map(str, arguments)], input=given, capture_output=True, timeout=30)
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
    return done.stdout


@asn1.sequence
class _Status:
    status: int


@asn1.sequence
class _Granted:
    status: _Status
    token: asn1.TLV


@dataclass(frozen=True)
class OpensslAuthority:
    """A root, an issuing authority below it and signers below that, in `folder`."""

    folder: Path
    crl_url: str = "http://crl.example"
    configuration: str = "openssl.cnf"

    @classmethod
    def make(cls, folder: Path, crl_url: str = "http://crl.example") -> OpensslAuthority:
        made = cls(folder, crl_url)
        made._write()
        return made

    def _write(self) -> None:
        folder, now = self.folder, datetime.now(UTC)
        text = CONFIGURATION.format(folder=folder, crl_url=self.crl_url, policy=POLICY)
        self._configuration.write_text(text)
        (folder / "index.txt").write_text("")
        for counter in ("serial", "crlnumber", "stamp_serial"):
            (folder / counter).write_text("1001\n")
        start, end = now - timedelta(days=900), now + timedelta(days=900)
        self._certify("root", "Test Root", "root", "root", start, end)
        self._certify("issuing", "Test Issuing Authority", "issuing", "root", start, end)
        self._certify("signer", "Test Time Stamps", "signer", "issuing", start, end)
        self._certify("other_signer", "Test Time Stamps", "signer", "issuing", start, end)
        self._certify("expired", "Test Time Stamps", "signer", "issuing", start, now - timedelta(days=2))
        self._certify("by_the_way", "Test By The Way", "signer_by_the_way", "issuing", start, end)
        self._certify("codes", "Test Code", "signer_of_code_too", "issuing", start, end)
        self._certify("by_ocsp", "Test Time Stamps", "signer_by_ocsp", "issuing", start, end)
        self._certify("responder", "Test Responder", "responder", "issuing", start, end)
        for name in ("root", "issuing"):
            self.write_crl(name)

    def _certify(
        self, name: str, subject: str, section: str, issuer: str, start: datetime, end: datetime
    ) -> None:
        key, request = self.folder / f"{name}.key", self.folder / f"{name}.csr"
        openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", key)
        asks = ("req", "-new", "-config", self._configuration, "-key", key, "-subj", f"/CN={subject}")
        openssl(*asks, "-out", request)
        as_issuer = ("-keyfile", self.folder / f"{issuer}.key")
        signs = ("-selfsign",) if issuer == name else ("-cert", self.folder / f"{issuer}.pem")
        times = ("-startdate", f"{start:%Y%m%d%H%M%SZ}", "-enddate", f"{end:%Y%m%d%H%M%SZ}")
        to = ("-notext", "-out", self.folder / f"{name}.pem")
        given = ("-extensions", section, "-in", request)
        openssl("ca", "-batch", "-config", self._configuration, *as_issuer, *signs, *times, *given, *to)

    @property
    def _configuration(self) -> Path:
        return self.folder / self.configuration

    def certificate(self, name: str) -> x509.Certificate:
        return x509.load_pem_x509_certificate((self.folder / f"{name}.pem").read_bytes())

    @property
    def roots(self) -> list[x509.Certificate]:
        return [self.certificate("root")]

    def write_crl(self, issuer: str) -> None:
        """Write `<issuer>.crl` (DER) of what has been revoked by now."""
        place = self.folder / f"{issuer}.crl.pem"
        keys = ("-keyfile", self.folder / f"{issuer}.key", "-cert", self.folder / f"{issuer}.pem")
        openssl("ca", "-config", self._configuration, *keys, "-gencrl", "-out", place)
        openssl("crl", "-in", place, "-outform", "DER", "-out", self.folder / f"{issuer}.crl")

    def revoke(self, name: str) -> None:
        keys = ("-keyfile", self.folder / "issuing.key", "-cert", self.folder / "issuing.pem")
        revoked = ("-revoke", self.folder / f"{name}.pem")
        openssl("ca", "-config", self._configuration, *keys, *revoked)
        self.write_crl("issuing")

    def ocsp(self, url: str, responder: str = "issuing", *, index: str = "index.txt") -> bytes:
        """What a responder answers to the question in an address."""
        asked, said = self.folder / "asked.ocsp", self.folder / "said.ocsp"
        asked.write_bytes(base64.b64decode(unquote(url.rsplit("/", 1)[1])))
        keys = ("-rsigner", self.folder / f"{responder}.pem", "-rkey", self.folder / f"{responder}.key")
        known = ("-index", self.folder / index, "-CA", self.folder / "issuing.pem", "-ndays", "7")
        openssl("ocsp", *known, *keys, "-reqin", asked, "-respout", said)
        return said.read_bytes()

    # ── answers ──────────────────────────────────────────────────────────────────────────────────
    def good(self, request: bytes, signer: str = "signer", along: str = "issuing") -> bytes:
        """along: the certificate that is sent beside that of the signer, "" for none."""
        asked = self.folder / f"{threading.get_ident()}.tsq"
        asked.write_bytes(request)
        who = ("-signer", self.folder / f"{signer}.pem", "-inkey", self.folder / f"{signer}.key")
        chain = ("-chain", self.folder / f"{along}.pem") if along else ()
        made = asked.with_suffix(".tsr")
        openssl(
            *("ts", "-reply", "-config", self._configuration, "-section", "stamps", "-queryfile", asked),
            *(*who, *chain, "-sha256", "-out", made),
        )
        return made.read_bytes()

    def accurate_to(self, seconds: int) -> Reply:
        """A good reply that states another accuracy, and half a second."""
        other = replace(self, configuration=f"accurate-to-{seconds}.cnf")
        text = self._configuration.read_text().replace("secs:1,", f"secs:{seconds},")
        other._configuration.write_text(text)
        return other.good

    def wrong_nonce(self, request: bytes) -> bytes:
        asked = read_query(request)
        assert asked.nonce is not None
        return self.good(query(asked.imprint.digest, asked.nonce ^ 1))

    def no_nonce(self, request: bytes) -> bytes:
        asked = read_query(request)
        bare = Query(version=1, imprint=asked.imprint, policy=None, nonce=None, wants_certificates=True)
        return self.good(asn1.encode_der(bare))

    def wrong_hash(self, request: bytes) -> bytes:
        asked = read_query(request)
        assert asked.nonce is not None
        return self.good(query(b"\1" * 32, asked.nonce))

    def other_function(self, request: bytes) -> bytes:
        """On the same 32 bytes, called the SHA-512/256 of something."""
        asked = read_query(request)
        asked.imprint.algorithm.oid = x509.ObjectIdentifier("2.16.840.1.101.3.4.2.6")
        return self.good(asn1.encode_der(asked))

    def other_policy(self, request: bytes) -> bytes:
        """Under its usual policy, whichever was asked for."""
        asked = read_query(request)
        assert asked.nonce is not None
        return self.good(query(asked.imprint.digest, asked.nonce))

    def not_granted(self, request: bytes) -> bytes:
        """It does not know the policy that it thinks it was asked for."""
        asked = read_query(request)
        assert asked.nonce is not None
        return self.good(query(asked.imprint.digest, asked.nonce, "1.2.3.4"))

    def without_certificates(self, request: bytes) -> bytes:
        asked = read_query(request)
        bare = Query(
            version=1,
            imprint=asked.imprint,
            policy=asked.policy,
            nonce=asked.nonce,
            wants_certificates=False,
        )
        return self.good(asn1.encode_der(bare))

    def expired(self, request: bytes) -> bytes:
        return self.good(request, "expired")

    def not_der(self, request: bytes) -> bytes:
        return b"<!doctype html><title>Welcome to this network</title>"

    def bad_signature(self, request: bytes) -> bytes:
        """The last bytes of a reply are those of the signature."""
        reply = self.good(request)
        return reply[:-1] + bytes([reply[-1] ^ 1])

    def signed_by(
        self, request: bytes, *names: str, names_signer: bool = True, sends_signer: bool = True
    ) -> bytes:
        """A good token signed anew by other certificates, which `openssl ts` would refuse to do."""
        reply = self.folder / f"{threading.get_ident()}.signed.tsr"
        reply.write_bytes(self.good(request))
        token = openssl("ts", "-reply", "-in", reply, "-token_out")
        info = openssl("cms", "-verify", "-noverify", "-inform", "DER", "-binary", given=token)
        signed = openssl(
            *("cms", "-sign", "-binary", "-nodetach", "-outform", "DER", "-md", "sha256", "-nosmimecap"),
            *("-econtent_type", "1.2.840.113549.1.9.16.1.4", *(["-cades"] if names_signer else [])),
            *(
                word
                for name in names
                for word in ("-signer", self.folder / f"{name}.pem", "-inkey", self.folder / f"{name}.key")
            ),
            *([] if sends_signer else ["-nocerts"]),
            *("-certfile", self.folder / "issuing.pem"),
            given=info,
        )
        return asn1.encode_der(_Granted(status=_Status(status=0), token=_tlv(signed)))


def _tlv(der: bytes) -> asn1.TLV:
    @asn1.sequence
    class Whole:
        inner: asn1.TLV

    length = len(der)
    assert 256 <= length < 65536
    return asn1.decode_der(Whole, b"\x30\x82" + length.to_bytes(2, "big") + der).inner


def make_authority(folder: Path) -> OpensslAuthority:
    """One in `folder`. Skips the test on a machine without `openssl`."""
    if shutil.which("openssl") is None:
        pytest.skip("no openssl on this machine")
    return OpensslAuthority.make(folder)


def openssl_accepts(authority: OpensslAuthority, request: bytes, reply: bytes) -> bool:
    """The verdict of `openssl ts -verify` on a reply to this request."""
    asked, made = authority.folder / "judged.tsq", authority.folder / "judged.tsr"
    asked.write_bytes(request)
    made.write_bytes(reply)
    done = subprocess.run(
        [
            *("openssl", "ts", "-verify", "-queryfile", asked, "-in", made),
            *("-CAfile", authority.folder / "root.pem", "-untrusted", authority.folder / "issuing.pem"),
        ],
        capture_output=True,
        timeout=30,
    )
    return done.returncode == 0
