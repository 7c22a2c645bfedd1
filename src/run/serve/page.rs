//! The page: one file and a stream of pictures, for whoever holds the token, or anybody on this machine without one.

use std::{collections::HashSet, sync::Mutex, time::Duration};

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use bytes::Bytes;
use futures_util::stream;
use http_body_util::{BodyExt as _, Collected, Limited, StreamBody};
use hyper::{
    Method, Request, Response, StatusCode,
    body::{Frame, Incoming},
    header::{
        AUTHORIZATION, CACHE_CONTROL, CONTENT_SECURITY_POLICY, COOKIE, HeaderName, HeaderValue, LOCATION,
        REFERRER_POLICY, SET_COOKIE, X_CONTENT_TYPE_OPTIONS,
    },
};
use ring::{
    digest::{SHA256, digest},
    rand::{SecureRandom as _, SystemRandom},
};
use secrecy::{ExposeSecret as _, SecretString};

use super::{Body, names_loopback, reply};
use crate::run::hand::socket::Pictures;

const HTML: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");
const SIGN_IN: &str = include_str!("sign_in.html");

/// Between two pictures of a stream: eyes need no more.
const EVERY: Duration = Duration::from_secs(1);
/// After a wrong token, so that guessing takes years.
const WRONG_TOKEN: Duration = Duration::from_secs(1);
/// Longest form.
const FORM_BYTES: usize = 4096;
/// Browsers signed in at once; the next one starts the list anew.
const BROWSERS: usize = 256;

/// The page and who may see it.
pub(super) struct Page {
    pictures: Pictures,
    token: Option<SecretString>,
    /// Cookies given out.
    browsers: Mutex<HashSet<String>>,
    /// What the page may do, told to the browser.
    policy: HeaderValue,
}

impl Page {
    pub(super) fn new(pictures: Pictures, token: Option<SecretString>) -> Self {
        let print = |text: &str| STANDARD.encode(digest(&SHA256, text.as_bytes()).as_ref());
        let policy = format!(
            "default-src 'none'; script-src 'sha256-{}'; style-src 'sha256-{}'; connect-src 'self'; img-src data:; \
             form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
            print(SCRIPT),
            print(STYLE)
        );
        let policy = HeaderValue::from_str(&policy).expect("digests in base64 are plain text");
        Self { pictures, token, browsers: Mutex::default(), policy }
    }

    pub(super) async fn answer(&self, request: Request<Incoming>) -> Response<Body> {
        let mut response = self.routed(request).await;
        let headers = response.headers_mut();
        headers.insert(CONTENT_SECURITY_POLICY, self.policy.clone());
        let fixed: [(HeaderName, &str); 3] = [
            (CACHE_CONTROL, "no-store"),
            (REFERRER_POLICY, "no-referrer"),
            (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        ];
        for (name, value) in fixed {
            headers.insert(name, HeaderValue::from_static(value));
        }
        response
    }

    async fn routed(&self, request: Request<Incoming>) -> Response<Body> {
        let plain = |status, text: &str| reply(status, "text/plain; charset=utf-8", text.to_owned());
        if self.token.is_none() && !names_loopback(&request) {
            return plain(StatusCode::MISDIRECTED_REQUEST, "ask for it by 127.0.0.1 or localhost\n");
        }
        match (request.method(), request.uri().path()) {
            (&Method::POST, "/sign-in") => self.sign_in(request).await,
            (&Method::GET, "/") if self.is_known(&request) => html(StatusCode::OK, HTML),
            (&Method::GET, "/") => html(StatusCode::OK, SIGN_IN),
            (&Method::GET, "/live") if self.is_known(&request) => self.stream(),
            (&Method::GET, "/live") => plain(StatusCode::UNAUTHORIZED, "sign in first\n"),
            (&Method::GET, _) => plain(StatusCode::NOT_FOUND, "there is / and /live\n"),
            _ => plain(StatusCode::METHOD_NOT_ALLOWED, "this page only shows\n"),
        }
    }

    fn is_known(&self, request: &Request<Incoming>) -> bool {
        if self.token.is_none() {
            return true;
        }
        let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
        let bearer = header(AUTHORIZATION).and_then(|value| value.strip_prefix("Bearer "));
        let cookies = header(COOKIE).unwrap_or_default().split("; ");
        let browsers = self.browsers.lock().expect("no holder panics");
        bearer.is_some_and(|token| self.is_token(token))
            || cookies.filter_map(|cookie| cookie.strip_prefix("zmpace=")).any(|id| browsers.contains(id))
    }

    /// Digests are compared, so that the time it takes tells nothing of the token.
    fn is_token(&self, told: &str) -> bool {
        let print = |text: &str| digest(&SHA256, text.as_bytes());
        self.token.as_ref().is_some_and(|token| print(token.expose_secret()).as_ref() == print(told).as_ref())
    }

    async fn sign_in(&self, request: Request<Incoming>) -> Response<Body> {
        let body = Limited::new(request.into_body(), FORM_BYTES).collect().await;
        let form = body.map(Collected::to_bytes).unwrap_or_default();
        let told =
            String::from_utf8_lossy(&form).strip_prefix("token=").unwrap_or_default().replace('+', " ");
        let told = percent_encoding::percent_decode_str(&told).decode_utf8_lossy().into_owned();
        let mut bytes = [0; 32];
        if !self.is_token(told.trim()) || SystemRandom::new().fill(&mut bytes).is_err() {
            tokio::time::sleep(WRONG_TOKEN).await;
            let again = SIGN_IN.replace("<!--wrong-->", "<p role=\"alert\">That is not the token.</p>");
            return html(StatusCode::FORBIDDEN, &again);
        }
        let id = URL_SAFE_NO_PAD.encode(bytes);
        let cookie = HeaderValue::from_str(&format!("zmpace={id}; Path=/; HttpOnly; SameSite=Strict"))
            .expect("base64 is plain text");
        let mut browsers = self.browsers.lock().expect("no holder panics");
        if browsers.len() >= BROWSERS {
            browsers.clear();
        }
        browsers.insert(id);
        let mut response = reply(StatusCode::SEE_OTHER, "text/plain", String::new());
        response.headers_mut().insert(SET_COOKIE, cookie);
        response.headers_mut().insert(LOCATION, HeaderValue::from_static("/"));
        response
    }

    /// Pictures as they come, until the run ends.
    fn stream(&self) -> Response<Body> {
        let pictures = self.pictures.clone();
        let frames = stream::unfold((pictures, true), |(mut pictures, first)| async move {
            if !first {
                tokio::time::sleep(EVERY).await;
                pictures.changed().await.ok()?;
            }
            let live = pictures.borrow_and_update().clone();
            let json = live.and_then(|live| serde_json::to_string(&*live).ok());
            let text = json.map_or_else(|| ": wait\n\n".to_owned(), |json| format!("data: {json}\n\n"));
            Some((Ok(Frame::data(Bytes::from(text))), (pictures, false)))
        });
        let mut response = Response::new(StreamBody::new(frames).boxed_unsync());
        let kind = HeaderValue::from_static("text/event-stream");
        response.headers_mut().insert(hyper::header::CONTENT_TYPE, kind);
        response
    }
}

fn html(status: StatusCode, page: &str) -> Response<Body> {
    let page = page.replace("/*style*/", STYLE).replace("/*script*/", SCRIPT);
    reply(status, "text/html; charset=utf-8", page)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_self_contained_and_only_text_is_set() {
        assert!(HTML.contains("<style>/*style*/</style>") && HTML.contains("<script>/*script*/</script>"));
        assert!(SIGN_IN.contains("<style>/*style*/</style>") && SIGN_IN.contains("<!--wrong-->"));
        for part in [HTML, STYLE, SCRIPT, SIGN_IN] {
            assert!(!part.contains("http://") && !part.contains("https://") || part == SCRIPT, "{part}");
        }
        for way in ["innerHTML", "outerHTML", "document.write", "insertAdjacentHTML", "eval("] {
            assert!(!SCRIPT.contains(way), "{way} takes text for markup");
        }
    }
}
