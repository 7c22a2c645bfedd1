//! HTTP/1.1 as Jetty speaks it, on one TLS connection: heads, bodies read late, chunked answers, cuts.

use super::head::{Framing, Head, malformed, parse};
use jiff::{Timestamp, fmt::rfc2822::DateTimePrinter};
use std::{io, net::SocketAddr, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::server::TlsStream;

/// Jetty's request header buffer.
const HEAD_LIMIT: usize = 8_192;
const BUFFER: usize = 64 * 1024;

enum Body {
    None,
    Length(u64),
    /// Bytes left in this chunk; `None` before a chunk's size line. The flag: a chunk has been read.
    Chunked {
        left: u64,
        first: bool,
    },
}

/// One client, between its requests and within them.
pub(super) struct Connection {
    stream: TlsStream<TcpStream>,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    body: Body,
    /// A `100 Continue` is owed before the first read of the body.
    owes_continue: bool,
    /// Silence allowed before the first body byte.
    pub(super) idle: Duration,
    body_began: bool,
    pub(super) peer: SocketAddr,
    pub(super) bytes_in: u64,
    pub(super) bytes_out: u64,
}

impl Connection {
    pub(super) fn new(stream: TlsStream<TcpStream>, peer: SocketAddr) -> Self {
        Self {
            stream,
            buffer: vec![0; BUFFER],
            start: 0,
            end: 0,
            body: Body::None,
            owes_continue: false,
            idle: Duration::from_mins(1),
            body_began: false,
            peer,
            bytes_in: 0,
            bytes_out: 0,
        }
    }

    /// The next request, or `None` when the client is gone.
    pub(super) async fn next(&mut self, continues: bool) -> io::Result<Option<Head>> {
        (self.bytes_in, self.bytes_out, self.body_began) = (0, 0, false);
        loop {
            if self.start < self.end {
                match parse(&self.buffer[self.start..self.end])? {
                    Some((head, used, framing)) => {
                        self.start += used;
                        self.frame(&framing, continues)?;
                        return Ok(Some(head));
                    }
                    None if self.end - self.start > HEAD_LIMIT => {
                        self.answer(431, &[], b"").await?;
                        return Ok(None);
                    }
                    None => {}
                }
            }
            if self.fill().await? == 0 {
                return Ok(None);
            }
        }
    }

    fn frame(&mut self, framing: &Framing, continues: bool) -> io::Result<()> {
        self.body = if framing.chunked {
            Body::Chunked { left: 0, first: true }
        } else {
            match framing.length.as_deref().map(str::parse::<u64>) {
                None | Some(Ok(0)) => Body::None,
                Some(Ok(length)) => Body::Length(length),
                Some(Err(_)) => return Err(malformed("bad Content-Length")),
            }
        };
        self.owes_continue = framing.expects && continues;
        Ok(())
    }

    async fn fill(&mut self) -> io::Result<usize> {
        if self.start == self.end {
            (self.start, self.end) = (0, 0);
        } else if self.end == self.buffer.len() {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        let read = match self.stream.read(&mut self.buffer[self.end..]).await {
            Ok(read) => read,
            // A missing close_notify is an ordinary end here: Java does not care either.
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => 0,
            Err(error) => return Err(error),
        };
        self.end += read;
        Ok(read)
    }

    /// The next piece of the request's body; `None` at its end. An early end of the connection is an error.
    ///
    /// Only the wait for the very first byte is bounded, as on the real server.
    pub(super) async fn body(&mut self) -> io::Result<Option<&[u8]>> {
        let Some(most) = self.body_left().await? else { return Ok(None) };
        if self.start == self.end && self.fill_body().await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.body_began = true;
        let taken = most.min((self.end - self.start) as u64) as usize;
        match &mut self.body {
            Body::Length(left) | Body::Chunked { left, .. } => *left -= taken as u64,
            Body::None => {}
        }
        self.bytes_in += taken as u64;
        let piece = &self.buffer[self.start..self.start + taken];
        self.start += taken;
        Ok(Some(piece))
    }

    async fn fill_body(&mut self) -> io::Result<usize> {
        if self.owes_continue {
            self.owes_continue = false;
            self.stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await?;
            self.stream.flush().await?;
        }
        if self.body_began {
            return self.fill().await;
        }
        let idle = self.idle;
        timeout(idle, self.fill()).await.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?
    }

    /// Bytes that may be taken before the next framing decision; `None` at the end of the body.
    async fn body_left(&mut self) -> io::Result<Option<u64>> {
        match self.body {
            Body::None | Body::Length(0) => {
                self.body = Body::None;
                Ok(None)
            }
            Body::Length(left) => Ok(Some(left)),
            Body::Chunked { left, .. } if left > 0 => Ok(Some(left)),
            Body::Chunked { first, .. } => {
                if !first {
                    self.line().await?;
                }
                let line = self.line().await?;
                let size = line.split(';').next().unwrap_or_default().trim();
                let left = u64::from_str_radix(size, 16).map_err(|_| malformed("bad chunk size"))?;
                if left == 0 {
                    while !self.line().await?.is_empty() {}
                    self.body = Body::None;
                    return Ok(None);
                }
                self.body = Body::Chunked { left, first: false };
                Ok(Some(left))
            }
        }
    }

    async fn line(&mut self) -> io::Result<String> {
        loop {
            if let Some(at) = self.buffer[self.start..self.end].iter().position(|byte| *byte == b'\n') {
                let line = &self.buffer[self.start..self.start + at];
                let line = String::from_utf8_lossy(line).trim_end_matches('\r').to_owned();
                self.start += at + 1;
                return Ok(line);
            }
            if self.end - self.start > HEAD_LIMIT {
                return Err(malformed("line too long"));
            }
            if self.fill_body().await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
    }

    /// The whole body, at most `limit` bytes; `None` when it is larger.
    pub(super) async fn whole_body(&mut self, limit: usize) -> io::Result<Option<Vec<u8>>> {
        let mut whole = Vec::new();
        while let Some(piece) = self.body().await? {
            if whole.len() + piece.len() > limit {
                return Ok(None);
            }
            whole.extend_from_slice(piece);
        }
        Ok(Some(whole))
    }

    /// Whether the request has been read to its end.
    pub(super) const fn is_drained(&self) -> bool {
        matches!(self.body, Body::None)
    }

    /// A complete answer. With the body unread the connection cannot go on and says so.
    pub(super) async fn answer(
        &mut self,
        status: u16,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> io::Result<()> {
        let mut head = start_line(status);
        for (name, value) in headers {
            head.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
        }
        if status != 204 {
            head.extend_from_slice(format!("Content-Length: {}\r\n", body.len()).as_bytes());
        }
        if !self.is_drained() {
            head.extend_from_slice(b"Connection: close\r\n");
        }
        head.extend_from_slice(b"Server: Jetty(9.4.57.v20241219)\r\n\r\n");
        head.extend_from_slice(body);
        self.bytes_out += body.len() as u64;
        self.stream.write_all(&head).await?;
        self.stream.flush().await
    }

    /// The head of an answer whose body follows in chunks.
    pub(super) async fn begin(&mut self, status: u16, headers: &[(&str, &str)]) -> io::Result<()> {
        let mut head = start_line(status);
        for (name, value) in headers {
            head.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
        }
        head.extend_from_slice(b"Transfer-Encoding: chunked\r\nServer: Jetty(9.4.57.v20241219)\r\n\r\n");
        self.stream.write_all(&head).await
    }

    /// One chunk. `framed` holds [`CHUNK_ROOM`] bytes for the size line, the data, and nothing behind.
    pub(super) async fn chunk(&mut self, framed: &mut Vec<u8>) -> io::Result<()> {
        let length = framed.len() - CHUNK_ROOM;
        if length == 0 {
            return Ok(());
        }
        // The size line has a fixed width (leading zeros are legal), so the data never moves.
        framed[..CHUNK_ROOM].copy_from_slice(format!("{length:08X}\r\n").as_bytes());
        framed.extend_from_slice(b"\r\n");
        self.bytes_out += length as u64;
        let sent = self.stream.write_all(framed).await;
        framed.truncate(CHUNK_ROOM);
        sent
    }

    /// The final chunk.
    pub(super) async fn finish(&mut self) -> io::Result<()> {
        self.stream.write_all(b"0\r\n\r\n").await?;
        self.stream.flush().await
    }

    /// Part of a chunk: its size line promises more than follows.
    pub(super) async fn half_chunk(&mut self, data: &[u8]) -> io::Result<()> {
        let line = format!("{:08X}\r\n", data.len() * 2 + 1_000);
        self.stream.write_all(line.as_bytes()).await?;
        self.stream.write_all(data).await?;
        self.stream.flush().await
    }

    pub(super) async fn flush(&mut self) -> io::Result<()> {
        self.stream.flush().await
    }

    /// Ends the connection with FIN and `close_notify`, after what was written has gone out.
    pub(super) async fn close(mut self) {
        let unread = !self.is_drained();
        let _ = timeout(Duration::from_secs(2), self.stream.shutdown()).await;
        if unread {
            // Closing over unread data makes the kernel send a reset that may overtake the answer; the
            // real server leaves about this much time too.
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
    }

    /// Ends the connection with FIN in the middle of whatever was being said.
    pub(super) async fn cut(mut self) {
        let _ = self.stream.flush().await;
        let (socket, _) = self.stream.into_inner();
        drop(socket);
    }

    /// Ends the connection with RST.
    pub(super) fn reset(self) {
        let _ = self.stream.get_ref().0.set_zero_linger();
    }
}

/// Bytes in front of a chunk's data, see [`Connection::chunk`].
pub(super) const CHUNK_ROOM: usize = 10;

/// The words that go with a status.
pub(super) const fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        204 => "No Content",
        302 => "Found",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        415 => "Unsupported Media Type",
        429 => "Too Many Requests",
        431 => "Request Header Fields Too Large",
        500 => "Server Error",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "Status",
    }
}

fn start_line(status: u16) -> Vec<u8> {
    let now = DateTimePrinter::new().timestamp_to_rfc9110_string(&Timestamp::now());
    let date = now.map_or_else(|_| String::new(), |now| format!("Date: {now}\r\n"));
    format!("HTTP/1.1 {status} {}\r\n{date}", reason(status)).into_bytes()
}
