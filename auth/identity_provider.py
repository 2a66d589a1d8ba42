"""The city's own sign-in: OpenID Connect Core 1.0 by the authorization code flow, with PKCE (RFC 7636).

Nothing is kept of a sign-in while somebody is at the provider: what is needed of it afterwards goes there and back as
`state`, under authenticated encryption. Whose browser began it is told by the page's own secret, of which `challenge`
is the hash (S256 of RFC 7636): without that what comes of it is of no use.
"""

import asyncio
import base64
import secrets
import ssl
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import quote

import httpx
import orjson
from authlib.common.urls import add_params_to_uri
from authlib.oidc.core import CodeIDToken
from cryptography.fernet import Fernet, InvalidToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from auth.provider_rules import Claims, ProviderRules, challenge_of, is_safe
from auth.refusals import ProviderAway, ProviderDeclined, ProviderWrong, SignInOver
from auth.tokens import derive_key

# Signatures that a provider's public key tells; never "none", nor one made with a secret that both have.
_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
# So long somebody may be at the provider, and so long what it says of itself is believed.
_AWAY_SECONDS, _KNOWN_SECONDS = 900, 3600
# A key that isn't known is asked for again, but not more often than that.
_KEYS_SECONDS = 60
_LEEWAY_SECONDS = 60
_MOST_KEYS, _AT_ONCE, _LONGEST = 50, 10, 4000


class IdentityProvider:
    """A provider. `redirect_uri` is where it sends people back to, which it has to know."""

    def __init__(self, rules: ProviderRules, redirect_uri: str, secret_key: str) -> None:
        self._rules = rules
        self._redirect_uri = redirect_uri
        self._fernet = Fernet(base64.urlsafe_b64encode(derive_key(secret_key, "sign-in at a provider")))
        self._tls = ssl.create_default_context()
        self._at_once = asyncio.Semaphore(_AT_ONCE)
        self._asking = asyncio.Lock()
        self._known: tuple[float, dict[str, Any]] | None = None
        self._keys: tuple[float, KeySet] | None = None

    async def address(self, challenge: str) -> str:
        """Where somebody signs in at the provider, begun by the page that has the secret of `challenge`.

        Raises `ProviderAway`, `ProviderWrong`.
        """
        async with self._in_time():
            known = await self._configuration()
        verifier, nonce = secrets.token_urlsafe(48), secrets.token_urlsafe(24)
        state = self._fernet.encrypt(orjson.dumps([challenge, verifier, nonce])).decode()
        asked = {
            "response_type": "code",
            "client_id": self._rules.client_id,
            "redirect_uri": self._redirect_uri,
            "scope": self._rules.scopes,
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge_of(verifier),
            "code_challenge_method": "S256",
        }
        return str(add_params_to_uri(known["authorization_endpoint"], list(asked.items())))

    async def who(self, answer: Mapping[str, str]) -> tuple[str, Claims]:
        """Who came back from the provider with this answer in the address, and the challenge by which it was begun.

        Raises `SignInOver` for one that wasn't begun here, or too long ago, `ProviderDeclined` where the provider, or
        the person, said no, `ProviderWrong` for what doesn't hold, and `ProviderAway`.
        """
        try:
            begun = self._fernet.decrypt(answer.get("state", "")[:_LONGEST], ttl=_AWAY_SECONDS)
        except (InvalidToken, ValueError):
            raise SignInOver from None
        challenge, verifier, nonce = orjson.loads(begun)
        async with self._in_time():
            return challenge, await self._who(answer, verifier, nonce)

    async def _who(self, answer: Mapping[str, str], verifier: str, nonce: str) -> Claims:
        known = await self._configuration()
        says_who = known.get("authorization_response_iss_parameter_supported") is True
        if answer.get("iss", None if says_who else self._rules.issuer) != self._rules.issuer:  # RFC 9207
            raise ProviderWrong
        code = answer.get("code", "")
        if "error" in answer or not 0 < len(code) <= _LONGEST:
            raise ProviderDeclined
        tokens = await self._tokens(known, code, verifier)
        claims = await self._verified(known, tokens, nonce)
        return self._claims({**await self._userinfo(known, tokens, claims), **claims})

    # ---------------------------------------------------------------- what the provider says of itself

    async def _configuration(self) -> dict[str, Any]:
        """OpenID Connect Discovery 1.0."""
        async with self._asking:
            if self._known is not None and time.monotonic() < self._known[0]:
                return self._known[1]
            found = await self._json("GET", self._rules.issuer.rstrip("/") + "/.well-known/openid-configuration")
            needed = ("authorization_endpoint", "token_endpoint", "jwks_uri")
            if found.get("issuer") != self._rules.issuer or not all(self._is_safe(found.get(one)) for one in needed):
                raise ProviderWrong
            self._known = time.monotonic() + _KNOWN_SECONDS, found
            return found

    def _is_safe(self, url: object) -> bool:
        return is_safe(url, self._rules.issuer)

    async def _keys_of(self, known: Mapping[str, Any], seconds: float) -> KeySet:
        """Its keys, as they were no longer than so many seconds ago."""
        async with self._asking:
            if self._keys is None or time.monotonic() - self._keys[0] > seconds:
                found = await self._json("GET", known["jwks_uri"])
                listed = found.get("keys")
                if not isinstance(listed, list) or len(listed) > _MOST_KEYS:
                    raise ProviderWrong
                try:
                    self._keys = time.monotonic(), KeySet.import_key_set({"keys": listed})
                except (JoseError, ValueError, TypeError, KeyError):
                    raise ProviderWrong from None
            return self._keys[1]

    # ---------------------------------------------------------------- what it says of somebody

    async def _tokens(self, known: Mapping[str, Any], code: str, verifier: str) -> dict[str, Any]:
        """What it gives for the code (RFC 6749, 4.1.3)."""
        rules = self._rules
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": self._redirect_uri}
        form["code_verifier"] = verifier
        methods = known.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        auth = None
        if not rules.client_secret:
            form["client_id"] = rules.client_id
        elif "client_secret_basic" in methods:
            auth = httpx.BasicAuth(quote(rules.client_id, safe=""), quote(rules.client_secret, safe=""))
        else:
            form |= {"client_id": rules.client_id, "client_secret": rules.client_secret}
        return await self._json("POST", known["token_endpoint"], data=form, auth=auth)

    async def _verified(self, known: Mapping[str, Any], tokens: Mapping[str, Any], nonce: str) -> dict[str, Any]:
        """The claims of the ID token, if it is the provider's, for us, of now, and of this sign-in (Core, 3.1.3.7)."""
        token, access = tokens.get("id_token"), tokens.get("access_token")
        if not isinstance(token, str) or not isinstance(access, str):
            raise ProviderWrong
        offered = known.get("id_token_signing_alg_values_supported") or ["RS256"]
        allowed = [one for one in _ALGORITHMS if one in offered]
        for seconds in (_KNOWN_SECONDS, _KEYS_SECONDS):
            keys = await self._keys_of(known, seconds)
            try:
                read = jwt.decode(token, keys, algorithms=allowed)
                break
            except (JoseError, ValueError, TypeError, KeyError):
                continue
        else:
            raise ProviderWrong
        options: Any = {
            "iss": {"essential": True, "value": self._rules.issuer},
            "aud": {"essential": True, "value": self._rules.client_id},
            "exp": {"essential": True},
            "sub": {"essential": True},
        }
        params = {"nonce": nonce, "client_id": self._rules.client_id, "access_token": access}
        try:
            CodeIDToken(read.claims, read.header, options, params).validate(leeway=_LEEWAY_SECONDS)
        except (JoseError, ValueError, TypeError, KeyError):
            raise ProviderWrong from None
        return dict(read.claims)

    async def _userinfo(
        self, known: Mapping[str, Any], tokens: Mapping[str, Any], claims: Mapping[str, Any]
    ) -> dict[str, Any]:
        """What it says of the same person where one asks for more (Core, 5.3); nothing where one can't."""
        url = known.get("userinfo_endpoint")
        if not self._is_safe(url):
            return {}
        found = await self._json("GET", str(url), headers={"Authorization": f"Bearer {tokens['access_token']}"})
        if found.get("sub") != claims["sub"]:
            raise ProviderWrong
        return found

    def _claims(self, found: Mapping[str, Any]) -> Claims:
        subject, email = found["sub"], found.get("email")
        if not isinstance(subject, str) or not 0 < len(subject) <= 255:
            raise ProviderWrong
        is_verified = isinstance(email, str) and found.get("email_verified") is True
        names = (found.get(one) for one in ("name", "preferred_username"))
        name = next((one for one in names if isinstance(one, str) and one.strip()), "")
        return Claims(self._rules.issuer, subject, email if is_verified else None, name, self._claims_office(found))

    def _claims_office(self, found: Mapping[str, Any]) -> bool:
        if self._rules.office_claim is None:
            return False
        name, wanted = self._rules.office_claim
        held = found.get(name)
        return wanted in held if isinstance(held, list) else held == wanted

    # ---------------------------------------------------------------- HTTP

    @asynccontextmanager
    async def _in_time(self) -> AsyncIterator[None]:
        """All that is asked within it, waiting in line included. Raises `ProviderAway`."""
        try:
            async with asyncio.timeout(self._rules.seconds):
                yield
        except TimeoutError:
            raise ProviderAway from None

    async def _json(self, method: str, url: str, **request: Any) -> dict[str, Any]:
        """What is answered there: an object. It is bounded in bytes; no redirect is followed."""
        headers = {"Accept": "application/json", "Accept-Encoding": "identity", **request.pop("headers", {})}
        body = bytearray()
        try:
            async with (
                self._at_once,
                httpx.AsyncClient(verify=self._tls, trust_env=False, timeout=self._rules.seconds) as client,
                client.stream(method, url, headers=headers, **request) as answer,
            ):
                async for part in answer.aiter_raw():
                    body += part
                    if len(body) > self._rules.most_bytes:
                        raise ProviderWrong
        except (httpx.HTTPError, httpx.InvalidURL):
            raise ProviderAway from None
        if answer.status_code >= 500:
            raise ProviderAway
        try:
            found = orjson.loads(body)
        except ValueError:
            found = None
        if answer.status_code != 200 or not isinstance(found, dict):
            raise ProviderWrong
        return found
