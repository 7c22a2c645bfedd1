//! A plain client that says exactly what it is told to, byte for byte.

use crate::lab::Lab;
use rustls::pki_types::{CertificateDer, ServerName, pem::PemObject};
use std::{io, net::SocketAddr, sync::Arc};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_rustls::{TlsConnector, client::TlsStream};

/// What came back.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) head: String,
    pub(super) body: Vec<u8>,
    /// The body came to its proper end.
    pub(super) whole: bool,
}

impl Answer {
    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(super) fn between(&self, from: &str, to: &str) -> String {
        let text = self.text();
        let start = text.find(from).unwrap_or_else(|| panic!("no {from} in {text}")) + from.len();
        text[start..start + text[start..].find(to).unwrap()].to_owned()
    }

    /// The result word of an import's page.
    pub(super) fn result(&self) -> String {
        self.between("window.parent.cb('", "'")
    }
}

pub(super) struct Client {
    address: SocketAddr,
    config: Arc<rustls::ClientConfig>,
    pub(super) token: String,
}

pub(super) struct Wire {
    pub(super) stream: TlsStream<TcpStream>,
    buffer: Vec<u8>,
}

impl Client {
    pub(super) fn new(lab: &Lab) -> Self {
        let mut roots = rustls::RootCertStore::empty();
        let pem = lab.certificate_pem();
        roots.add(CertificateDer::from_pem_slice(pem.as_bytes()).unwrap()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        Self { address: lab.address(), config: Arc::new(config), token: String::new() }
    }

    pub(super) async fn signed_in(lab: &Lab) -> Self {
        let mut client = Self::new(lab);
        client.sign_in("admin@old.example", "lab-secret").await;
        client
    }

    pub(super) async fn sign_in(&mut self, name: &str, password: &str) -> Answer {
        let answer = self
            .soap_with(
                "<nosession/>",
                &format!("<AuthRequest xmlns=\"urn:zimbraAdmin\"><name>{name}</name><password>{password}</password></AuthRequest>"),
            )
            .await;
        if answer.status == 200 {
            self.token = answer.between("<authToken>", "<");
        }
        answer
    }

    pub(super) async fn connect(&self) -> Wire {
        let socket = TcpStream::connect(self.address).await.unwrap();
        socket.set_nodelay(true).unwrap();
        let name = ServerName::try_from("localhost").unwrap();
        let stream = TlsConnector::from(Arc::clone(&self.config)).connect(name, socket).await.unwrap();
        Wire { stream, buffer: Vec::new() }
    }

    pub(super) async fn raw(&self, request: &[u8]) -> Answer {
        let mut wire = self.connect().await;
        wire.stream.write_all(request).await.unwrap();
        wire.answer().await.unwrap()
    }

    /// SOAP 1.2 with this inside the context.
    pub(super) async fn soap_with(&self, context: &str, body: &str) -> Answer {
        let envelope = format!(
            "<soap:Envelope xmlns:soap=\"http://www.w3.org/2003/05/soap-envelope\"><soap:Header><context \
             xmlns=\"urn:zimbra\">{context}</context></soap:Header><soap:Body>{body}</soap:Body></soap:Envelope>"
        );
        self.raw(&post("/service/admin/soap/", "", envelope.as_bytes())).await
    }

    pub(super) async fn soap(&self, body: &str) -> Answer {
        self.soap_with(&format!("<authToken>{}</authToken>", self.token), body).await
    }

    pub(super) fn cookie(&self) -> String {
        format!("Cookie: ZM_ADMIN_AUTH_TOKEN={}\r\n", self.token)
    }

    pub(super) async fn get(&self, path: &str) -> Answer {
        self.raw(format!("GET {path} HTTP/1.1\r\nHost: lab\r\n{}\r\n", self.cookie()).as_bytes()).await
    }

    pub(super) async fn export(&self, account: &str, query: &str) -> Answer {
        self.get(&format!("/service/home/{account}?fmt=tar{query}")).await
    }

    /// Uploads a whole archive.
    pub(super) async fn import(&self, account: &str, query: &str, archive: &[u8]) -> Answer {
        let path = format!("/service/home/{account}?callback=cb&{query}");
        self.raw(&post(&path, &self.cookie(), archive)).await
    }

    /// Begins an upload in chunks.
    pub(super) async fn upload(&self, account: &str, query: &str) -> Wire {
        let mut wire = self.connect().await;
        let head = format!(
            "POST /service/home/{account}?callback=cb&{query} HTTP/1.1\r\nHost: lab\r\n{}Transfer-Encoding: \
             chunked\r\n\r\n",
            self.cookie()
        );
        wire.stream.write_all(head.as_bytes()).await.unwrap();
        wire
    }

    /// Items and bytes of each folder, as SOAP says.
    pub(super) async fn folders(&self, account: &str) -> Answer {
        self.soap_with(
            &format!("<authToken>{}</authToken><account by=\"name\">{account}</account>", self.token),
            "<GetFolderRequest xmlns=\"urn:zimbraMail\"/>",
        )
        .await
    }
}

pub(super) fn post(path: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let head =
        format!("POST {path} HTTP/1.1\r\nHost: lab\r\n{headers}Content-Length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

impl Wire {
    pub(super) async fn chunk(&mut self, data: &[u8]) {
        let line = format!("{:x}\r\n", data.len());
        self.stream.write_all(line.as_bytes()).await.unwrap();
        self.stream.write_all(data).await.unwrap();
        self.stream.write_all(b"\r\n").await.unwrap();
        self.stream.flush().await.unwrap();
    }

    pub(super) async fn finish(&mut self) {
        self.stream.write_all(b"0\r\n\r\n").await.unwrap();
        self.stream.flush().await.unwrap();
    }

    async fn more(&mut self) -> io::Result<usize> {
        let mut piece = vec![0; 256 * 1024];
        let read = match self.stream.read(&mut piece).await {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => 0,
            other => other?,
        };
        self.buffer.extend_from_slice(&piece[..read]);
        Ok(read)
    }

    /// The next answer; what follows it stays for the next call.
    pub(super) async fn answer(&mut self) -> io::Result<Answer> {
        let end = loop {
            if let Some(at) = self.buffer.windows(4).position(|at| at == b"\r\n\r\n") {
                break at + 4;
            }
            if self.more().await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        };
        let head = String::from_utf8_lossy(&self.buffer[..end]).into_owned();
        self.buffer.drain(..end);
        let status = head[9..12].parse().unwrap();
        let lower = head.to_ascii_lowercase();
        let mut answer = Answer { status, head, body: Vec::new(), whole: true };
        if status == 204 || status == 100 {
            return Ok(answer);
        }
        if lower.contains("transfer-encoding: chunked") {
            self.chunked(&mut answer).await?;
            return Ok(answer);
        }
        let length: usize =
            lower.split("content-length: ").nth(1).unwrap().split("\r\n").next().unwrap().parse().unwrap();
        while self.buffer.len() < length {
            if self.more().await? == 0 {
                answer.whole = false;
                break;
            }
        }
        let have = length.min(self.buffer.len());
        answer.body = self.buffer.drain(..have).collect();
        Ok(answer)
    }

    async fn chunked(&mut self, answer: &mut Answer) -> io::Result<()> {
        loop {
            let line = loop {
                if let Some(at) = self.buffer.windows(2).position(|at| at == b"\r\n") {
                    break at;
                }
                if self.more().await? == 0 {
                    answer.whole = false;
                    return Ok(());
                }
            };
            let size = usize::from_str_radix(std::str::from_utf8(&self.buffer[..line]).unwrap(), 16).unwrap();
            let total = line + 2 + size + 2;
            while self.buffer.len() < total {
                if self.more().await? == 0 {
                    answer.whole = false;
                    answer.body.extend_from_slice(&self.buffer[line + 2..]);
                    return Ok(());
                }
            }
            answer.body.extend_from_slice(&self.buffer[line + 2..line + 2 + size]);
            self.buffer.drain(..total);
            if size == 0 {
                return Ok(());
            }
        }
    }
}
