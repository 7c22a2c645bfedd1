//! A TLS server that answers what it is told to and remembers what it was sent: for answers that no lab
//! would give, and for looking at an upload byte by byte.

use std::{
    io,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use secrecy::SecretString;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};
use zmpace::{
    control::sample::Side,
    zimbra::{
        session::{Access, Server},
        tls::{Tls, Trust},
    },
};

use crate::world::{DOMAIN, PASSWORD};

/// How an upload begins.
const UPLOAD: &str = "POST /service/home/";

/// What a puppet answers to one request: raw bytes, its head included.
type Script = dyn Fn(&str, &str) -> Vec<u8> + Send + Sync;

/// A server that plays a part. It ends when dropped.
pub struct Puppet {
    address: SocketAddr,
    print: [u8; 32],
    uploads: Arc<Mutex<Vec<u8>>>,
    serving: JoinHandle<()>,
}

impl Drop for Puppet {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Puppet {
    /// Answers each SOAP request by `script(head, body)`; swallows uploads, which it answers with success.
    pub async fn playing(script: impl Fn(&str, &str) -> Vec<u8> + Send + Sync + 'static) -> Self {
        Self::answering(page(200, "<script>\nwindow.parent.zmpace('success');\n</script>\n"), script).await
    }

    /// The same with this answer to an upload.
    pub async fn answering(
        uploaded: Vec<u8>,
        script: impl Fn(&str, &str) -> Vec<u8> + Send + Sync + 'static,
    ) -> Self {
        let key = rcgen::KeyPair::generate().unwrap();
        let certificate = rcgen::CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
        let certificate = certificate.self_signed(&key).unwrap();
        let mut print = [0; 32];
        print.copy_from_slice(ring::digest::digest(&ring::digest::SHA256, certificate.der()).as_ref());
        let private = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], private)
            .unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let uploads = Arc::new(Mutex::new(Vec::new()));
        let script: Arc<Script> =
            Arc::new(
                move |head, body| {
                    if head.starts_with(UPLOAD) { uploaded.clone() } else { script(head, body) }
                },
            );
        let serving = tokio::spawn(serve(listener, config.into(), script, Arc::clone(&uploads)));
        Self { address, print, uploads, serving }
    }

    /// A client of it.
    pub fn server(&self, side: Side) -> Arc<Server> {
        let access = Access {
            side,
            host: "127.0.0.1".into(),
            port: self.address.port(),
            admin: format!("admin@{DOMAIN}"),
            password: SecretString::from(PASSWORD),
            connect_timeout: Duration::from_secs(20),
            answer_timeout: Duration::from_secs(20),
            pause: Duration::from_millis(5),
        };
        Arc::new(Server::new(access, Tls::new(Trust::Pinned(vec![self.print])).unwrap()).unwrap())
    }

    /// All body bytes of uploads so far, chunk framing taken off.
    pub fn uploaded(&self) -> Vec<u8> {
        self.uploads.lock().unwrap().clone()
    }
}

/// A 200 with this SOAP body.
pub fn soap(body: &str) -> Vec<u8> {
    page(
        200,
        &format!(
            "<soap:Envelope xmlns:soap=\"http://www.w3.org/2003/05/soap-envelope\"><soap:Header/><soap:Body>{body}\
             </soap:Body></soap:Envelope>"
        ),
    )
}

/// Any page with its length.
pub fn page(status: u16, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status} Said\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}")
        .into_bytes()
}

/// A sign-in that succeeds.
pub fn signed_in() -> Vec<u8> {
    let token = format!("0_{}_69643d", "ab".repeat(20));
    soap(&format!(
        "<AuthResponse xmlns=\"urn:zimbraAdmin\"><authToken>{token}</authToken><lifetime>43200000</lifetime></AuthResponse>"
    ))
}

/// A destination that lets everybody in and has empty mailboxes.
pub fn empty_mailboxes(_head: &str, body: &str) -> Vec<u8> {
    if body.contains("<AuthRequest") {
        signed_in()
    } else if body.contains("<GetFolderRequest") {
        soap("<GetFolderResponse><folder absFolderPath=\"/\" n=\"0\" s=\"0\"/></GetFolderResponse>")
    } else {
        soap("<NoOpResponse/>")
    }
}

async fn serve(
    listener: TcpListener,
    config: Arc<rustls::ServerConfig>,
    script: Arc<Script>,
    uploads: Arc<Mutex<Vec<u8>>>,
) {
    let acceptor = TlsAcceptor::from(config);
    while let Ok((socket, _)) = listener.accept().await {
        let (acceptor, script, uploads) = (acceptor.clone(), Arc::clone(&script), Arc::clone(&uploads));
        tokio::spawn(async move {
            // A client that goes away early is part of the play.
            let _ = converse(acceptor, socket, &script, &uploads).await;
        });
    }
}

async fn converse(
    acceptor: TlsAcceptor,
    socket: TcpStream,
    script: &Arc<Script>,
    uploads: &Mutex<Vec<u8>>,
) -> io::Result<()> {
    let mut stream = acceptor.accept(socket).await?;
    let mut buffer = Vec::new();
    let end = loop {
        if let Some(at) = buffer.windows(4).position(|four| four == b"\r\n\r\n") {
            break at + 4;
        }
        more(&mut stream, &mut buffer).await?;
    };
    let head = String::from_utf8_lossy(&buffer[..end]).into_owned();
    buffer.drain(..end);
    if head.starts_with(UPLOAD) {
        stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await?;
        stream.flush().await?;
        swallow(&mut stream, &mut buffer, uploads).await?;
        stream.write_all(&script(&head, "")).await?;
        stream.flush().await?;
        return stream.shutdown().await;
    }
    let length = head
        .to_ascii_lowercase()
        .split("content-length: ")
        .nth(1)
        .and_then(|rest| rest.lines().next()?.trim().parse::<usize>().ok())
        .unwrap_or(0);
    while buffer.len() < length {
        more(&mut stream, &mut buffer).await?;
    }
    let body: Vec<u8> = buffer.drain(..length).collect();
    let answer = script(&head, &String::from_utf8_lossy(&body));
    stream.write_all(&answer).await?;
    stream.flush().await?;
    stream.shutdown().await
}

async fn more(stream: &mut TlsStream<TcpStream>, buffer: &mut Vec<u8>) -> io::Result<()> {
    let mut piece = vec![0; 64 << 10];
    match stream.read(&mut piece).await? {
        0 => Err(io::ErrorKind::UnexpectedEof.into()),
        count => {
            buffer.extend_from_slice(&piece[..count]);
            Ok(())
        }
    }
}

/// Takes a chunked body in, piece by piece, up to its last chunk.
async fn swallow(
    stream: &mut TlsStream<TcpStream>,
    buffer: &mut Vec<u8>,
    uploads: &Mutex<Vec<u8>>,
) -> io::Result<()> {
    loop {
        let line = loop {
            if let Some(at) = buffer.windows(2).position(|two| two == b"\r\n") {
                break at;
            }
            more(stream, buffer).await?;
        };
        let size = String::from_utf8_lossy(&buffer[..line]).trim().to_owned();
        let mut left = usize::from_str_radix(&size, 16).map_err(|_| io::ErrorKind::InvalidData)?;
        buffer.drain(..line + 2);
        if left == 0 {
            return Ok(());
        }
        while left > 0 {
            if buffer.is_empty() {
                more(stream, buffer).await?;
            }
            let take = left.min(buffer.len());
            uploads.lock().unwrap().extend(buffer.drain(..take));
            left -= take;
        }
        while buffer.len() < 2 {
            more(stream, buffer).await?;
        }
        buffer.drain(..2);
    }
}
