"""Every error ConductAtlas raises on purpose.

    ConductAtlasError                something a caller can act on; carries `remedy` and `transient`
    ├── ConfigurationError           a setting is missing, unreadable or unsafe
    ├── DeclarationError             a catalogue file cannot be used; names file and line
    ├── NotFoundError                an id, slug or file that nothing answers to
    │   ├── UnknownInstrumentError   the register of law has none of that id
    │   └── RemovedError             what was there had to be removed; a public reason stands in its place
    ├── RecordError                  the record cannot be read or written
    │   ├── SchemaTooNewError        the database was written by newer code
    │   ├── SnapshotDamagedError     stored bytes do not match their digest
    │   ├── StoreUnavailableError    the database or the snapshot store does not answer (transient)
    │   ├── LeaseLostError           another worker took the document over; nothing was written (transient)
    │   ├── StalePreparationError    a source's pack moved on; its bytes are prepared anew (transient)
    │   ├── BackupError              a backup or a restore cannot go on
    │   ├── BundleError              an evidence bundle that cannot be made, or is none
    │   │   └── StatementUnavailableError  what writes PDF files is not installed
    │   ├── ExportError              a file of captures cannot be written
    │   ├── CheckpointError          a checkpoint, or a key of the ledger, that is none or does not hold
    │   │   └── WitnessError         a witness does not put its name to a checkpoint
    │   ├── LedgerRolledBackError    the database is older than a checkpoint that was given out
    │   └── SaveError                a page saved by hand cannot be taken in
    ├── FetchError                   a page could not be had; the check says why and when to retry
    │   ├── AddressRefusedError      the guard does not connect to that address
    │   ├── HostUnreachableError     no such name, no route, refused connection (transient)
    │   ├── FetchTimeoutError        too slow (transient)
    │   ├── TlsFailedError           the certificate or the handshake is not good
    │   ├── ProxyFailedError         the second vantage's proxy is not there, or did not connect (transient)
    │   ├── BrokenAnswerError        cut short, malformed, undecodable (transient)
    │   ├── AnswerTooLargeError      beyond `max_body`, on the wire or unpacked
    │   ├── RedirectError            a loop, too many hops, or a target that is no web page
    │   ├── RobotsRefusedError       robots.txt does not allow the page, or could not be had
    │   ├── StatusError              an answer that is not a success; `status`, `retry_after`
    │   └── BrowserError             the page could not be rendered
    │       ├── BrowserMissingError  no Chromium, no driver for it, or switched off
    │       ├── BrowserHungError     the page kept the browser busy beyond `browser_timeout` (transient)
    │       └── BrowserDiedError     the browser ended while it had the page (transient)
    ├── StampError                   a time stamp that shows nothing; kept as a failed try, with why
    │   ├── StampUnreadableError     no DER, or no reply as RFC 3161 has it
    │   ├── StampRefusedError        the authority did not grant it
    │   ├── StampDigestError         it is about another digest
    │   ├── StampNonceError          it answers another request
    │   ├── StampPolicyError         it was made under another policy than the one asked for
    │   ├── StampSignerError         the certificate that signed is missing, or another than the signed one
    │   ├── StampUsageError          that certificate is not for time stamping, and for nothing else
    │   ├── StampExpiredError        a certificate was not valid at the moment
    │   ├── StampRevokedError        the certificate that signed had been revoked
    │   ├── StampChainError          the certificates lead to none of the roots
    │   └── StampSignatureError      the signature, or one of its certificates, does not hold
    ├── LanguageModelError           a language model gave nothing that can be used; the composed text stands
    │   ├── ModelMissingError        none is set up, or what talks to it is not installed
    │   ├── ModelForbiddenError      the text is one that no language model may be given
    │   ├── ModelBusyError           it asks for a pause; `retry_after` (transient)
    │   ├── ModelTimeoutError        too slow (transient)
    │   ├── ModelUnreachableError    no connection, or the server failed (transient)
    │   ├── ModelRefusedError        the server or the model would not answer
    │   ├── ModelCutShortError       half an answer
    │   └── ModelAnswerError         an answer of another shape than the one asked for
    ├── InputLineError               a line of input that cannot be used; names it
    ├── ImportSourceError            a file or repository of another archive that cannot be taken in
    ├── ReaderUnavailableError       no process could be started to read a file in (transient)
    └── UnreadableError              bytes that no reader can turn into text (wrong type, a scan, locked, damaged)

`transient` says whether the same request may succeed later without anyone changing anything.
"""

from __future__ import annotations


class ConductAtlasError(Exception):
    """Base of all typed errors. `code` is stable and appears in rows and JSON."""

    code = "error"
    transient = False
    remedy = "Read the message; if it does not help, run `conductatlas doctor`."

    def __init__(self, message: str, *, remedy: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        if remedy is not None:
            self.remedy = remedy

    def diagnostics(self) -> dict[str, object]:
        """The error as one JSON object: code, message, remedy, transient."""
        return {
            "code": self.code,
            "message": self.message,
            "remedy": self.remedy,
            "transient": self.transient,
        }


class ConfigurationError(ConductAtlasError):
    code = "configuration"
    remedy = "Run `conductatlas config show` to see each setting and where it came from."


class DeclarationError(ConductAtlasError):
    """A declaration file that cannot be used. `file` and `line` (1-based) point at the fault."""

    code = "declaration"
    remedy = "Mend the file and run `conductatlas catalogue lint`."

    def __init__(self, message: str, *, file: str, line: int = 1, remedy: str | None = None) -> None:
        super().__init__(message, remedy=remedy)
        self.file, self.line = file, line

    def diagnostics(self) -> dict[str, object]:
        return super().diagnostics() | {"file": self.file, "line": self.line}


class NotFoundError(ConductAtlasError):
    code = "not_found"
    remedy = "Check the id; `conductatlas catalogue list` shows the documents."


class UnknownInstrumentError(NotFoundError):
    code = "unknown_instrument"
    remedy = "Run `conductatlas law`: it lists the ids of the register."


class RemovedError(NotFoundError):
    code = "removed"
    remedy = "Its page says when and why; it does not come back."


class RecordError(ConductAtlasError):
    code = "record"


class SchemaTooNewError(RecordError):
    code = "schema_too_new"
    remedy = "Install the version of ConductAtlas that wrote this database, or a newer one."


class SnapshotDamagedError(RecordError):
    code = "snapshot_damaged"
    remedy = "Restore the pack from a backup; the row and its digest stay as they are."


class StoreUnavailableError(RecordError):
    code = "store_unavailable"
    transient = True
    remedy = "Check that the disk has room and can be written, and that the database answers."


class LeaseLostError(RecordError):
    code = "lease_lost"
    transient = True
    remedy = "Nothing to do: the worker that holds the document now checks it."


class StalePreparationError(RecordError):
    """The source's pack has moved on since its bytes were prepared: roll back and prepare again."""

    code = "stale_preparation"
    transient = True
    remedy = "Nothing to do: the bytes are prepared again, and the check is recorded."


class BackupError(RecordError):
    code = "backup"
    remedy = "Choose a file that does not exist yet, on a disk with room."


class BundleError(RecordError):
    code = "bundle"
    remedy = "Ask whoever gave you the file for another copy; nothing of this one was unpacked."


class StatementUnavailableError(BundleError):
    code = "statement_unavailable"
    remedy = "Install `conductatlas[statement]` and the system's Pango (Debian: libpango-1.0-0, libpangoft2-1.0-0)."


class ExportError(RecordError):
    code = "export"
    remedy = "Choose a file that does not exist yet, on a disk with room."


class CheckpointError(RecordError):
    code = "checkpoint"
    remedy = "Compare it with /ledger/checkpoint; `conductatlas verify --archive` says what holds."


class WitnessError(CheckpointError):
    """`is_refusal`: it answered, and would not; else it could not be asked, and will be asked again."""

    code = "witness"
    remedy = "If it has seen another ledger under this name, find out who signed it; else it is asked again."

    def __init__(self, message: str, *, is_refusal: bool = False) -> None:
        super().__init__(message)
        self.is_refusal = is_refusal
        self.transient = not is_refusal


class LedgerRolledBackError(RecordError):
    code = "ledger_rolled_back"
    remedy = (
        "Restore the newest backup. If what it lacks is lost for good, begin a new log, which says so: "
        "`conductatlas ledger rotate-key --new-log`."
    )


class SaveError(RecordError):
    code = "save"
    remedy = "Save the page in a browser (HTML only, PDF or text), and say when that was, in UTC."


class FetchError(ConductAtlasError):
    """`answer` is what had arrived when it failed (an `archive.answer.Answer`), None if nothing had."""

    code = "fetch"
    remedy = "Nothing to do: the document is tried again at its next due moment."
    answer: object | None = None


class AddressRefusedError(FetchError):
    code = "address_refused"
    remedy = "Name the network in `allowed_networks` if the address is meant to be reached."


class HostUnreachableError(FetchError):
    code = "host_unreachable"
    transient = True


class FetchTimeoutError(FetchError):
    code = "timeout"
    transient = True


class TlsFailedError(FetchError):
    code = "tls_failed"
    remedy = "Open the page in a browser; if its certificate is bad there too, wait for the platform."


class ProxyFailedError(FetchError):
    code = "proxy_failed"
    transient = True
    remedy = "Look at the proxy that `second_vantage_proxy` names; the next attempt is made without it."


class BrokenAnswerError(FetchError):
    code = "broken_answer"
    transient = True


class AnswerTooLargeError(FetchError):
    code = "too_large"
    remedy = "Raise `max_body` if a page of this size is expected."


class RedirectError(FetchError):
    code = "redirect"
    remedy = "Open the address in a browser and declare the one it ends at."


class RobotsRefusedError(FetchError):
    code = "robots"
    remedy = "The site asks robots to stay away; respect it, or save the page by hand."


class StatusError(FetchError):
    """An HTTP status that is not a success. `retry_after` is in seconds, None when not stated."""

    code = "status"

    def __init__(self, status: int, *, retry_after: float | None = None) -> None:
        super().__init__(f"the server answered {status}")
        self.status, self.retry_after = status, retry_after
        self.transient = status in {408, 425, 429} or status >= 500


class BrowserError(FetchError):
    code = "browser"


class BrowserMissingError(BrowserError):
    code = "browser_missing"
    remedy = "Install Chromium and `conductatlas[browser]`; `conductatlas doctor` says what is found."


class BrowserHungError(BrowserError):
    code = "browser_hung"
    transient = True


class BrowserDiedError(BrowserError):
    code = "browser_died"
    transient = True


class StampError(ConductAtlasError):
    code = "stamp"
    remedy = "Nothing to do: the authority is asked again; look at its reply if that does not help."


class StampUnreadableError(StampError):
    code = "stamp_unreadable"
    remedy = "Check the authority's address; if it answers in BER, name another one beside it."


class StampRefusedError(StampError):
    code = "stamp_refused"
    transient = True
    remedy = "Read what the authority says; it may be busy, or want an account."


class StampDigestError(StampError):
    code = "stamp_digest"
    remedy = "Do not use this authority: it stamped something else."


class StampNonceError(StampError):
    code = "stamp_nonce"
    remedy = "Do not use this authority: it repeats an old reply, or one made for someone else."


class StampPolicyError(StampError):
    code = "stamp_policy"
    remedy = "Ask the authority which policies it has, and change `policy` in `timestamp_authorities`."


class StampSignerError(StampError):
    code = "stamp_signer"
    remedy = "Do not use this authority until it sends the certificate that it signs with."


class StampUsageError(StampError):
    code = "stamp_usage"
    remedy = "Do not use this authority: its certificate was not issued for time stamping."


class StampExpiredError(StampError):
    code = "stamp_expired"
    remedy = "Check this machine's clock, then tell the authority; its certificate has run out."


class StampRevokedError(StampError):
    code = "stamp_revoked"
    remedy = "Do not use this authority until it signs with another certificate."


class StampChainError(StampError):
    code = "stamp_chain"
    remedy = "Put the authority's root certificate into `timestamp_roots`, if you have reason to trust it."


class StampSignatureError(StampError):
    code = "stamp_signature"
    remedy = "Keep the reply and tell the authority: its signature does not hold."


class LanguageModelError(ConductAtlasError):
    """`tokens_in`, `tokens_out`: what it cost all the same, as far as the server said."""

    code = "language_model"
    remedy = "Nothing to do: what is composed from facts stands, and the model is asked again next time."
    tokens_in = 0
    tokens_out = 0


class ModelMissingError(LanguageModelError):
    code = "model_missing"
    remedy = "Set `language_model_url` and `language_model_name`, and install `conductatlas[language-model]`."


class ModelForbiddenError(LanguageModelError):
    code = "model_forbidden"
    remedy = (
        "Private documents need `language_model_private_documents`, and their owner's word for this model."
    )


class ModelBusyError(LanguageModelError):
    """`retry_after` is in seconds, None when not stated."""

    code = "model_busy"
    transient = True
    remedy = "Lower `language_model_per_minute`, or wait; nothing was lost."

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class ModelTimeoutError(LanguageModelError):
    code = "model_timeout"
    transient = True
    remedy = "Raise `language_model_timeout`, or take a quicker model."


class ModelUnreachableError(LanguageModelError):
    code = "model_unreachable"
    transient = True
    remedy = "Check that the server at `language_model_url` runs."


class ModelRefusedError(LanguageModelError):
    code = "model_refused"
    remedy = "Check `language_model_key` and `language_model_name`; a model that declines will do so again."


class ModelCutShortError(LanguageModelError):
    code = "model_cut_short"
    remedy = "Take a model with a longer context; what is composed from facts stands."


class ModelAnswerError(LanguageModelError):
    code = "model_answer"
    remedy = "Take a model or a server that keeps to a JSON schema; what is composed from facts stands."


class InputLineError(ConductAtlasError):
    """A line of a file, or of standard input, that cannot be used. `line` is 1-based."""

    code = "input_line"
    remedy = "Mend that line; what was written before it stands."

    def __init__(self, message: str, *, line: int) -> None:
        super().__init__(f"line {line}: {message}")
        self.line = line

    def diagnostics(self) -> dict[str, object]:
        return super().diagnostics() | {"line": self.line}


class ImportSourceError(ConductAtlasError):
    code = "import_source"
    remedy = "Check the path; `conductatlas import-captures --help` says what is taken."


class ReaderUnavailableError(ConductAtlasError):
    code = "reader_unavailable"
    transient = True
    remedy = "Give the machine more memory or processes; the document is tried again in a while."


class UnreadableError(ConductAtlasError):
    """`reason` is the word of the gate for what the bytes are instead (see `reading.text.gate.Reason`)."""

    code = "unreadable"
    remedy = "Declare another source: this reader takes HTML, PDF, DOCX, Markdown and plain text."

    def __init__(self, message: str, *, reason: str = "wrong_type", remedy: str | None = None) -> None:
        super().__init__(message, remedy=remedy)
        self.reason = reason

    def diagnostics(self) -> dict[str, object]:
        return super().diagnostics() | {"reason": self.reason}
