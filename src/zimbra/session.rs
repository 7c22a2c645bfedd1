//! One Zimbra server: its connection, its administrator's token, and the token's renewal.
//!
//! A token is examined when a request starts and never later, so it is renewed at half its life and on
//! refusal, by one task while the others wait. A refused password is remembered and never tried again:
//! ten wrong ones shut this machine out for a quarter of an hour.

use std::{
    sync::{
        Mutex,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use reqwest::{
    Client, RequestBuilder, Response, StatusCode,
    header::{CONTENT_TYPE, COOKIE, HeaderValue},
};
use secrecy::{ExposeSecret, SecretString};

use super::{
    error::MoveError,
    patience::patiently,
    refusal::{chain, is_about_token, is_refusal, page_message, refusal, request_name},
    soap::{self, Context, Element, Fault},
    tls::Tls,
    token::{Token, expiry, expiry_left, now},
};
use crate::control::sample::Side;

/// A SOAP answer larger than this is refused.
const ANSWER_LIMIT: usize = 64 << 20;
/// The same for listings of accounts: a million rows of about 300 bytes, and room.
const LISTING_LIMIT: usize = 768 << 20;
/// Refusals of fresh tokens in a row before the server is taken to be out of order: it forgets tokens
/// while its directory is unreachable.
const RENEWALS_IN_A_ROW: u32 = 3;

/// How to reach one server.
#[derive(Clone, Debug)]
pub struct Access {
    /// Which of the two.
    pub side: Side,
    /// Host name or address.
    pub host: String,
    /// Administration port, usually 7071.
    pub port: u16,
    /// The administrator's address.
    pub admin: String,
    /// His password.
    pub password: SecretString,
    /// Longest wait for a connection.
    pub connect_timeout: Duration,
    /// Longest wait for a SOAP answer.
    pub answer_timeout: Duration,
    /// Before a request that failed of something passing is asked again; see [`super::patience`].
    pub pause: Duration,
}

/// One server, signed in to on first use. Shared by all workers.
#[derive(Debug)]
pub struct Server {
    access: Access,
    tls: Tls,
    http: Client,
    password: Mutex<SecretString>,
    token: tokio::sync::Mutex<Option<Token>>,
    refused: Mutex<Option<String>>,
    renewals: AtomicU32,
    refusals_in_a_row: AtomicU32,
}

impl Server {
    /// A server not yet signed in to.
    ///
    /// # Errors
    /// When the HTTP client cannot be built from this TLS configuration.
    pub fn new(access: Access, tls: Tls) -> Result<Self, MoveError> {
        let http = Client::builder()
            .http1_only()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(access.connect_timeout)
            .tls_backend_preconfigured((*tls.config).clone())
            .build()
            .map_err(|error| MoveError::Unreachable {
                side: access.side,
                host: access.host.clone(),
                cause: error.to_string(),
            })?;
        Ok(Self {
            password: Mutex::new(access.password.clone()),
            access,
            tls,
            http,
            token: tokio::sync::Mutex::new(None),
            refused: Mutex::new(None),
            renewals: AtomicU32::new(0),
            refusals_in_a_row: AtomicU32::new(0),
        })
    }

    /// How it is reached.
    pub const fn access(&self) -> &Access {
        &self.access
    }

    /// Its TLS configuration.
    pub const fn tls(&self) -> &Tls {
        &self.tls
    }

    /// `host:port`.
    pub fn authority(&self) -> String {
        if self.access.host.contains(':') {
            format!("[{}]:{}", self.access.host, self.access.port)
        } else {
            format!("{}:{}", self.access.host, self.access.port)
        }
    }

    /// Whether the server refused the administrator; nothing is asked any more then.
    pub fn is_refused(&self) -> bool {
        self.refused.lock().expect("no holder panics").is_some()
    }

    /// Signs in with this password from now on. Says whether it is another one than before: only then is a
    /// refused server asked again.
    pub fn set_password(&self, password: SecretString) -> bool {
        let mut held = self.password.lock().expect("no holder panics");
        if held.expose_secret() == password.expose_secret() {
            return false;
        }
        *held = password;
        *self.refused.lock().expect("no holder panics") = None;
        true
    }

    /// Times a token was fetched after the first.
    pub fn renewals(&self) -> u32 {
        self.renewals.load(Ordering::Relaxed).saturating_sub(1)
    }

    /// What is left of the present token's life, and how long it lived when it was fetched; `None` before the
    /// first sign-in and while one is under way.
    pub fn token_life(&self) -> Option<(Duration, Duration)> {
        let held = self.token.try_lock().ok()?;
        held.as_ref().map(|token| (token.left(), token.lifetime()))
    }

    /// A good token: the one at hand, or a fresh one when half its life is over.
    ///
    /// # Errors
    /// Sign-in refused, or the server out of reach.
    pub async fn token(&self) -> Result<Token, MoveError> {
        let mut held = self.token.lock().await;
        match &*held {
            Some(token) if !token.worn() => Ok(token.clone()),
            worn => match (self.sign_in().await, worn) {
                (Ok(fresh), _) => Ok(held.insert(fresh).clone()),
                // The server is out of reach, but half a life is left: go on with it.
                (Err(error), Some(token)) if !error.whole_side() && !token.left().is_zero() => {
                    Ok(token.clone())
                }
                (Err(error), _) => Err(error),
            },
        }
    }

    /// A token other than `stale`, which a request was refused with. Whoever comes second gets the first
    /// one's renewal.
    ///
    /// # Errors
    /// As [`Self::token`]; [`MoveError::TokenRefused`] when fresh tokens keep being refused.
    pub async fn renew(&self, stale: &Token) -> Result<Token, MoveError> {
        let mut held = self.token.lock().await;
        if let Some(token) = held.as_ref().filter(|token| token.serial != stale.serial) {
            return Ok(token.clone());
        }
        if self.refusals_in_a_row.fetch_add(1, Ordering::Relaxed) >= RENEWALS_IN_A_ROW {
            self.refusals_in_a_row.store(0, Ordering::Relaxed);
            return Err(MoveError::TokenRefused { side: self.access.side });
        }
        *held = None;
        Ok(held.insert(self.sign_in().await?).clone())
    }

    /// Notes that a token was good after all.
    pub fn accepted(&self) {
        self.refusals_in_a_row.store(0, Ordering::Relaxed);
    }

    /// Asks with the administrator's token and reads the answer; a refused token is renewed, and what passes
    /// by itself is asked for again a few times.
    ///
    /// `body` is XML; `account` makes it a request about that mailbox.
    ///
    /// # Errors
    /// Everything that can go wrong with a SOAP request.
    pub async fn ask(&self, body: &str, account: Option<&str>) -> Result<Element, MoveError> {
        patiently(self.access.pause, || async { self.ask_rows(body, account, None, &mut |_| {}).await }).await
    }

    /// As [`Self::ask`], but once; elements named `row` are handed to `each` as they are read.
    ///
    /// # Errors
    /// As [`Self::ask`].
    pub async fn ask_rows(
        &self,
        body: &str,
        account: Option<&str>,
        row: Option<&str>,
        each: &mut (dyn FnMut(Element) + Send),
    ) -> Result<Element, MoveError> {
        let mut token = self.token().await?;
        for last in [false, true] {
            let context = Context { token: Some(token.text.expose_secret()), account };
            match self.post(&soap::envelope(context, body), row, each).await? {
                Ok(answer) => {
                    self.accepted();
                    return Ok(answer);
                }
                Err(fault) if is_about_token(&fault) && !last => token = self.renew(&token).await?,
                Err(fault) => return Err(self.fault(body, fault)),
            }
        }
        Err(MoveError::TokenRefused { side: self.access.side })
    }

    /// An export request for `path` (percent-encoded, with its query), ready to send.
    pub fn get(&self, path: &str, token: &Token) -> RequestBuilder {
        let mut cookie = HeaderValue::from_str(&token.cookie()).unwrap_or(HeaderValue::from_static(""));
        cookie.set_sensitive(true);
        self.http.get(format!("https://{}{path}", self.authority())).header(COOKIE, cookie)
    }

    /// A request for the front page, without a token.
    pub fn knock(&self) -> RequestBuilder {
        self.http.get(format!("https://{}/", self.authority()))
    }

    /// What a failed connection means.
    pub fn unreachable(&self, error: &dyn std::error::Error) -> MoveError {
        let (side, host) = (self.access.side, self.authority());
        let cause = chain(error);
        match self.tls.refused() {
            Some((fingerprint, why)) if cause.contains("certificate") || cause.contains(&why) => {
                MoveError::Untrusted { side, host, cause: why, fingerprint }
            }
            _ => MoveError::Unreachable { side, host, cause },
        }
    }

    async fn sign_in(&self) -> Result<Token, MoveError> {
        let (side, admin) = (self.access.side, self.access.admin.clone());
        if let Some(cause) = self.refused.lock().expect("no holder panics").clone() {
            return Err(MoveError::SignIn { side, admin, cause });
        }
        let refuse = |cause: String| MoveError::SignIn { side, admin: admin.clone(), cause };
        let name = soap::text(&admin).map_err(|cause| refuse(format!("the name: {cause}")))?;
        let given = self.password.lock().expect("no holder panics").clone();
        let password =
            soap::text(given.expose_secret()).map_err(|cause| refuse(format!("the password: {cause}")))?;
        let body = format!(
            "<AuthRequest xmlns=\"{}\"><name>{name}</name><password>{password}</password></AuthRequest>",
            soap::ADMIN
        );
        let begun = Instant::now();
        // No old token goes with it: an expired one would make the sign-in itself fail.
        let cause = match self.post(&soap::envelope(Context::default(), &body), None, &mut |_| {}).await? {
            Ok(answer) => match self.read_token(&answer, begun) {
                Ok(token) => return Ok(token),
                Err(cause) => cause,
            },
            Err(fault) if is_refusal(&fault) => fault.reason,
            Err(fault) => return Err(self.fault(&body, fault)),
        };
        *self.refused.lock().expect("no holder panics") = Some(cause.clone());
        Err(refuse(cause))
    }

    fn read_token(&self, answer: &Element, begun: Instant) -> Result<Token, String> {
        if answer.child("twoFactorAuthRequired").is_some_and(|element| element.text == "true") {
            return Err("it wants a second factor; zmpace needs an administrator without one".to_owned());
        }
        let text = answer.child("authToken").map(|element| element.text.clone()).unwrap_or_default();
        if text.is_empty() || text.bytes().any(|byte| !byte.is_ascii_graphic() || byte == b';') {
            return Err("the answer holds no usable token".to_owned());
        }
        let stated =
            answer.child("lifetime").and_then(|element| element.text.parse().ok()).map(Duration::from_millis);
        // The span first: the token's own expiry is told by the server's clock, which need not agree with ours.
        let Some(lifetime) = stated.or_else(|| expiry_left(&text)) else {
            return Err("the answer does not say how long the token lives".to_owned());
        };
        let made =
            |life: Duration| Some(expiry(&text)?.as_secs_f64() - life.as_secs_f64() - now()?.as_secs_f64());
        let ahead_s = stated.and_then(made);
        let serial = self.renewals.fetch_add(1, Ordering::Relaxed);
        Ok(Token { text: text.into(), begun, lifetime, ahead_s, serial })
    }

    async fn post(
        &self,
        envelope: &str,
        row: Option<&str>,
        each: &mut (dyn FnMut(Element) + Send),
    ) -> Result<Result<Element, Fault>, MoveError> {
        let url = format!("https://{}/service/admin/soap/", self.authority());
        let request = self
            .http
            .post(url)
            .timeout(self.access.answer_timeout)
            .header(CONTENT_TYPE, "application/soap+xml; charset=utf-8")
            .body(envelope.to_owned());
        let response = request.send().await.map_err(|error| self.unreachable(&error.without_url()))?;
        let side = self.access.side;
        let status = response.status();
        if status != StatusCode::OK && status != StatusCode::INTERNAL_SERVER_ERROR {
            return Err(refusal(side, "SOAP", response).await);
        }
        let limit = if row.is_some() { LISTING_LIMIT } else { ANSWER_LIMIT };
        let bytes = self.collect(response, limit).await?;
        soap::read(&bytes, row, each).map_err(|cause| match status {
            StatusCode::OK => MoveError::Garbled { side, request: request_name(envelope), cause },
            _ => MoveError::Refused { side, what: "SOAP", status: 500, message: page_message(&bytes) },
        })
    }

    async fn collect(&self, mut response: Response, limit: usize) -> Result<Vec<u8>, MoveError> {
        let mut bytes = Vec::new();
        while let Some(chunk) =
            response.chunk().await.map_err(|error| self.unreachable(&error.without_url()))?
        {
            if bytes.len() + chunk.len() > limit {
                let cause = format!("it is larger than {} MiB", limit >> 20);
                return Err(MoveError::Garbled {
                    side: self.access.side,
                    request: "a SOAP request".into(),
                    cause,
                });
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes)
    }

    fn fault(&self, body: &str, fault: Fault) -> MoveError {
        let side = self.access.side;
        if is_about_token(&fault) {
            return MoveError::TokenRefused { side };
        }
        MoveError::Fault { side, request: request_name(body), code: fault.code, reason: fault.reason }
    }
}
