//! The live picture for other programs: metrics over HTTP or in a file, and the page.
//!
//! - `page` the page, its stream, and who may see them.
//!
//! Everything is answered from the newest picture; nobody who asks can hold the run up.

mod page;

use std::{
    convert::Infallible,
    fs, io,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, combinators::UnsyncBoxBody};
use hyper::{
    Method, Request, Response, StatusCode,
    body::Incoming,
    header::{CONTENT_TYPE, HOST, HeaderValue},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    task::JoinHandle,
};
use tokio_util::task::TaskTracker;

use super::{
    Ended, Exit,
    hand::socket::Pictures,
    night::{Bell, Happening},
};
use crate::{control::code::Code, settings::show::ShowSettings, ui::metrics};
use page::Page;

/// Between two writings of the metrics file, in real time.
const FILE_EVERY: Duration = Duration::from_secs(15);
/// Connections at once, each way in; a browser uses two.
const CONNECTIONS: usize = 32;
/// A caller that does not say what it wants by then is left.
const PATIENCE: Duration = Duration::from_secs(10);
/// Answers under way when the run ends get this long to be sent.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// What is sent back.
type Body = UnsyncBoxBody<Bytes, Infallible>;

/// What a way in leads to.
enum Site {
    Metrics(Pictures),
    Page(Page),
}

/// Ways in that are open, and the file that is kept.
pub struct Outlets {
    doors: Vec<JoinHandle<()>>,
    talks: TaskTracker,
    file: Option<PathBuf>,
    pictures: Pictures,
    /// What to tell the operator: where they are.
    pub told: Vec<String>,
}

impl Outlets {
    /// Opens what is wanted.
    ///
    /// # Errors
    /// An address that is taken, or a file that cannot be written: better now than at midnight.
    pub async fn open(show: &ShowSettings, pictures: &Pictures) -> Result<Self, Ended> {
        let file = Some(show.metrics_file.clone()).filter(|file| !file.as_os_str().is_empty());
        let mut outlets = Self {
            doors: Vec::new(),
            talks: TaskTracker::new(),
            file,
            pictures: pictures.clone(),
            told: Vec::new(),
        };
        if let Some(file) = &outlets.file {
            replace(file, "").map_err(|error| {
                let text = format!("cannot write the metrics file {}: {error}", file.display());
                Ended::new(Exit::Usage, text + "; name another with --metrics-file")
            })?;
        }
        if let Some(address) = show.metrics {
            let site = Site::Metrics(pictures.clone());
            outlets.listen("metrics", address, site, "/metrics").await?;
        }
        if let Some(address) = show.web {
            let site = Site::Page(Page::new(pictures.clone(), show.web_token.clone()));
            outlets.listen("web", address, site, "/").await?;
        }
        Ok(outlets)
    }

    async fn listen(&mut self, what: &str, address: SocketAddr, site: Site, path: &str) -> Result<(), Ended> {
        let taken = |error: io::Error| {
            let text = format!("--{what} {address}: {error}");
            Ended::new(Exit::Usage, text + "; choose another port, or `ss -ltnp` says who has it")
        };
        let listener = TcpListener::bind(address).await.map_err(taken)?;
        let bound = listener.local_addr().map_err(taken)?;
        self.told.push(format!("{what}: http://{bound}{path}"));
        self.doors.push(tokio::spawn(welcome(listener, Arc::new(site), self.talks.clone())));
        Ok(())
    }

    /// Keeps the file from now on; a failure is told once.
    pub fn keep_file(&mut self, bell: &Bell) {
        let Some(file) = self.file.clone() else { return };
        let (pictures, bell) = (self.pictures.clone(), bell.downgrade());
        self.doors.push(tokio::spawn(async move {
            let mut failed = false;
            loop {
                tokio::time::sleep(FILE_EVERY).await;
                if let Err(error) = write(&file, &pictures)
                    && !std::mem::replace(&mut failed, true)
                    && let Some(bell) = bell.upgrade()
                {
                    let text = format!("cannot write the metrics file {}: {error}", file.display());
                    let _ = bell.send(Happening::Noticed(Code::Outlet, text));
                }
            }
        }));
    }

    /// Closes everything once the last answers are out; the file keeps the last picture.
    pub async fn close(self) {
        for door in &self.doors {
            door.abort();
        }
        if let Some(file) = &self.file {
            // The run is over: who reads the report misses nothing.
            let _ = write(file, &self.pictures);
        }
        self.talks.close();
        let _ = tokio::time::timeout(LAST_WORDS, self.talks.wait()).await;
    }
}

fn write(file: &Path, pictures: &Pictures) -> io::Result<()> {
    let live = pictures.borrow().clone();
    live.map_or(Ok(()), |live| replace(file, &metrics::text(&live)))
}

/// Writes a file whole or not at all: a collector never reads half of one.
fn replace(file: &Path, text: &str) -> io::Result<()> {
    let mut aside = file.as_os_str().to_owned();
    aside.push(".tmp");
    fs::write(&aside, text)?;
    fs::rename(&aside, file)
}

async fn welcome(listener: TcpListener, site: Arc<Site>, talks: TaskTracker) {
    let seats = Arc::new(Semaphore::new(CONNECTIONS));
    while let Ok(seat) = Arc::clone(&seats).acquire_owned().await {
        match listener.accept().await {
            Ok((stream, _)) => {
                let site = Arc::clone(&site);
                talks.spawn(async move {
                    talk(stream, site).await;
                    drop(seat);
                });
            }
            // Out of descriptors, most likely: it passes.
            Err(_) => tokio::time::sleep(Duration::from_secs(1)).await,
        }
    }
}

async fn talk(stream: TcpStream, site: Arc<Site>) {
    let service = service_fn(|request| {
        let site = Arc::clone(&site);
        async move { Ok::<_, Infallible>(answer(&site, request).await) }
    });
    // A caller who has gone does not want the rest.
    let _ = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(PATIENCE)
        .keep_alive(false)
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

async fn answer(site: &Site, request: Request<Incoming>) -> Response<Body> {
    match site {
        Site::Page(page) => page.answer(request).await,
        Site::Metrics(pictures) if request.method() == Method::GET && request.uri().path() == "/metrics" => {
            let text = pictures.borrow().as_deref().map(metrics::text).unwrap_or_default();
            reply(StatusCode::OK, "text/plain; version=0.0.4; charset=utf-8", text)
        }
        Site::Metrics(_) => {
            reply(StatusCode::NOT_FOUND, "text/plain", "metrics are at /metrics\n".to_owned())
        }
    }
}

fn reply(status: StatusCode, kind: &'static str, text: String) -> Response<Body> {
    let mut response = Response::new(Full::new(Bytes::from(text)).boxed_unsync());
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}

/// Whether the request names this machine as a person on it would: a page elsewhere that had its own name point
/// here could read what only loopback may see.
fn names_loopback(request: &Request<Incoming>) -> bool {
    let host = request.headers().get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, port)| {
        if port.bytes().all(|byte| byte.is_ascii_digit()) { name } else { host }
    });
    let name = name.trim_matches(['[', ']']);
    name == "localhost" || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}
