"""The co-signer as a process: its parts put together from the settings, and served until a signal ends it."""

import uvicorn

from custody.cosigner.application import Application
from custody.cosigner.books import SqliteBooks
from custody.cosigner.connections import PromptHttp
from custody.cosigner.database import Database, held
from custody.cosigner.deeds import Deeds
from custody.cosigner.gate import Gate
from custody.cosigner.settings import BadSettings, Settings, private_text
from custody.signers.careful import CarefulSigner
from custody.signers.keyholder import AccountKeyholder, Keyholder
from custody.signers.pkcs11 import TokenKeyholder
from custody.signers.policy import Rules
from custody.signers.seeds import BadSecret, read_secret
from logs.redaction import know

_CONNECTIONS = 64
_GRACE_SECONDS = 5


def serve(settings: Settings) -> None:
    """Raises DatabaseTaken, BadSettings."""
    settings.database.parent.mkdir(parents=True, exist_ok=True)
    with held(settings.database):
        database = Database(settings.database)
        try:
            uvicorn.Server(_configured(settings, application(settings, database))).run()
        finally:
            database.close()


def application(settings: Settings, database: Database) -> Application:
    signers = {one.role: _signer(settings, database, one) for one in settings.rules}
    return Application(Deeds(database, signers), Gate(settings.secret, database))


def _signer(settings: Settings, database: Database, rules: Rules) -> CarefulSigner:
    holder = keyholder(settings, rules)
    if rules.cold is not None and any(holder.owns(key) for key in rules.cold.keys):
        raise BadSettings("BALLAST_COSIGNER_COLD_KEY: cold storage has a seed of its own, kept elsewhere.")
    return CarefulSigner(
        keyholder=holder,
        rules=rules,
        books=SqliteBooks(database, rules.role),
        party=settings.party,
    )


def keyholder(settings: Settings, rules: Rules) -> Keyholder:
    role = rules.role
    if role in settings.tokens:
        return TokenKeyholder(settings.tokens[role])
    assert settings.seed_file is not None
    try:
        text = private_text(settings.seed_file)
        know(text.split())
        return AccountKeyholder(read_secret(text, role, rules.network))
    except BadSecret as error:
        raise BadSettings(f"{settings.seed_file}: {error}") from None


def _configured(settings: Settings, app: Application) -> uvicorn.Config:
    certificate, key = settings.certificate or (None, None)
    return uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        http=PromptHttp,
        ws="none",
        lifespan="off",
        access_log=False,
        log_config=None,  # its lines go where all do
        server_header=False,
        proxy_headers=False,
        log_level="warning",
        limit_concurrency=_CONNECTIONS,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=_GRACE_SECONDS,
        ssl_certfile=certificate,
        ssl_keyfile=key,
    )
