//! The import request: one connection of its own, its answer read while the body is written.
//!
//! A general HTTP client loses early answers, hides how much has left, and cannot wait for `100 Continue`.
//! Here the socket's send buffer is 64 KiB, so what is written is at most a few dozen messages ahead of
//! what is stored; the body starts only after the server has accepted token and account; and an answer that
//! comes early ends the writing.

use std::{
    collections::VecDeque,
    io,
    sync::{Arc, atomic::Ordering::Relaxed},
    time::Duration,
};

use bytes::{Bytes, BytesMut};
use rustls::pki_types::ServerName;
use tokio::{
    io::{AsyncWriteExt, ReadHalf, WriteHalf, split},
    net::{TcpSocket, TcpStream, lookup_host},
    sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch},
    task::JoinHandle,
    time::timeout,
};
use tokio_rustls::{TlsConnector, client::TlsStream};

use super::{
    Counters,
    answer::{Answer, Head, read_answer, read_head},
    archive::{
        format::{filler, trailer},
        item::Item,
        wire::{Packer, Wire},
    },
    error::MoveError,
    session::Server,
    token::Token,
};

/// Bytes the kernel may hold for us: keeps progress honest at the same speed.
const SEND_BUFFER: u32 = 64 << 10;
/// Body bytes are gathered into chunks of this size.
const CHUNK: usize = 64 << 10;
/// Longest wait for `100 Continue`; some servers never send it.
const CONTINUE_WAIT: Duration = Duration::from_secs(5);
/// Items that may wait for the socket.
const QUEUE: usize = 8;
/// KiB of them; a larger one waits until the queue is empty.
const QUEUE_KIB: u32 = 2 << 10;
/// The stream is brought to a safe spot at least this often.
const FILL_EVERY: u64 = 4 << 20;

/// How long things may stand still.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// For a connection and its handshake.
    pub connect: Duration,
    /// For the other end to take or give a byte.
    pub stall: Duration,
}

use crate::control::sample::Side;

type Connection = TlsStream<TcpStream>;

enum Write {
    /// A whole item. The writer sees it through even when whoever sent it is gone: a break inside an entry is
    /// what harms the destination.
    Item(Item, OwnedSemaphorePermit),
    /// Bring the stream to a safe spot and send all of it.
    Fill,
    /// Tar end and final chunk.
    End,
}

/// An import under way.
pub struct Upload {
    side: Side,
    queue: Option<mpsc::Sender<Write>>,
    room: Arc<Semaphore>,
    writer: JoinHandle<Result<(), WriteEnd>>,
    reader: JoinHandle<io::Result<Answer>>,
    patience: Patience,
}

enum WriteEnd {
    Broken(io::Error),
    /// A large item could not be read back; the stream ends inside it.
    Spill(io::Error),
    Stalled,
    Answered,
}

impl Upload {
    /// Connects, sends the request's head and waits until the server wants the body.
    ///
    /// # Errors
    /// Out of reach, certificate refused, or an answer that is no success (the body is then never sent).
    pub async fn open(
        server: &Server,
        path: &str,
        wire: Wire,
        token: &Token,
        patience: Patience,
        counters: Arc<Counters>,
    ) -> Result<Result<Self, Answer>, MoveError> {
        let stream = timeout(patience.connect, connect(server)).await.unwrap_or_else(|_| {
            Err(server.unreachable(&io::Error::new(io::ErrorKind::TimedOut, "no connection in time")))
        })?;
        let (mut receive, mut send) = split(stream);
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: {}\r\nCookie: {}\r\nUser-Agent: zmpace/{}\r\n\
             Content-Type: application/octet-stream\r\nTransfer-Encoding: chunked\r\n\
             Expect: 100-continue\r\nConnection: close\r\n\r\n",
            server.authority(),
            token.cookie(),
            env!("CARGO_PKG_VERSION")
        );
        let side = server.access().side;
        let cut = |error: io::Error| MoveError::Cut { side, what: "the import", cause: error.to_string() };
        send.write_all(head.as_bytes()).await.map_err(cut)?;
        send.flush().await.map_err(cut)?;

        let mut buffer = BytesMut::new();
        match timeout(CONTINUE_WAIT.min(patience.stall), read_head(&mut receive, &mut buffer)).await {
            Err(_) => {} // it does not speak of 100; the first byte must not wait any longer
            Ok(Ok(head)) if head.status == 100 => {}
            Ok(Ok(head)) => {
                let answer = timeout(patience.stall, read_answer(receive, buffer, Some(head))).await;
                let answer = answer.map_err(|_| MoveError::Stalled {
                    side,
                    what: "the import",
                    after: patience.stall,
                })?;
                return Ok(Err(answer.map_err(cut)?));
            }
            Ok(Err(error)) => return Err(cut(error)),
        }
        let (answered, answer_seen) = watch::channel(false);
        let (queue, pieces) = mpsc::channel(QUEUE);
        let reader = tokio::spawn(async move {
            let answer = answer_after_continue(receive, buffer).await;
            answered.send_replace(true);
            answer
        });
        let writer = Writer {
            send,
            answered: answer_seen,
            packer: Packer::new(wire),
            chunk: BytesMut::with_capacity(2 * CHUNK),
            position: 0,
            filled: 0,
            behind: Behind::default(),
            stall: patience.stall,
            counters,
        };
        let writer = tokio::spawn(writer.run(pieces));
        let room = Arc::new(Semaphore::new(QUEUE_KIB as usize));
        Ok(Ok(Self { side, queue: Some(queue), room, writer, reader, patience }))
    }

    /// Sends one whole item. `false` when the upload has ended by itself: [`Self::finish`] tells why.
    pub async fn item(&self, item: Item) -> bool {
        let kib = u32::try_from(item.payload.len() >> 10).unwrap_or(QUEUE_KIB).clamp(1, QUEUE_KIB);
        // When the writer has ended, what it held has been given back.
        match Arc::clone(&self.room).acquire_many_owned(kib).await {
            Ok(room) => self.queue(Write::Item(item, room)).await,
            Err(_) => false,
        }
    }

    /// Brings the stream to a spot where a break does no harm, and sends all of it.
    pub async fn fill(&self) -> bool {
        self.queue(Write::Fill).await
    }

    async fn queue(&self, write: Write) -> bool {
        match &self.queue {
            Some(queue) => queue.send(write).await.is_ok(),
            None => false,
        }
    }

    /// Ends the body and waits for the answer.
    ///
    /// # Errors
    /// The connection broke or stood still and no answer came.
    pub async fn finish(mut self) -> Result<Answer, MoveError> {
        self.queue(Write::End).await;
        self.queue = None;
        let side = self.side;
        let cut = |cause: String| MoveError::Cut { side, what: "the import", cause };
        let stalled = MoveError::Stalled { side, what: "the import", after: self.patience.stall };
        let end = self.writer.await.map_err(|error| cut(error.to_string()))?;
        // After a broken pipe the answer may still lie in our receive buffer.
        let patience = match &end {
            Err(WriteEnd::Broken(_)) => Duration::from_secs(5).min(self.patience.stall),
            Err(WriteEnd::Stalled | WriteEnd::Spill(_)) => Duration::ZERO,
            Ok(()) | Err(WriteEnd::Answered) => self.patience.stall,
        };
        let mut reader = self.reader;
        let answer = timeout(patience, &mut reader).await;
        reader.abort();
        match (answer, end) {
            (_, Err(WriteEnd::Spill(error))) => Err(MoveError::Spill(error)),
            (Ok(Ok(Ok(answer))), _) => Ok(answer),
            (_, Err(WriteEnd::Broken(error))) => Err(cut(error.to_string())),
            (_, Err(WriteEnd::Stalled)) | (Err(_), _) => Err(stalled),
            (Ok(Ok(Err(error))), _) => Err(cut(error.to_string())),
            (Ok(Err(error)), _) => Err(cut(error.to_string())),
        }
    }
}

async fn connect(server: &Server) -> Result<Connection, MoveError> {
    let access = server.access();
    let lost = |error: io::Error| server.unreachable(&error);
    let mut last = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
    let mut stream = None;
    for address in lookup_host((access.host.as_str(), access.port)).await.map_err(lost)? {
        let socket =
            if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }.map_err(lost)?;
        socket.set_send_buffer_size(SEND_BUFFER).map_err(lost)?;
        match socket.connect(address).await {
            Ok(connected) => {
                stream = Some(connected);
                break;
            }
            Err(error) => last = error,
        }
    }
    let stream = stream.ok_or_else(|| server.unreachable(&last))?;
    stream.set_nodelay(true).map_err(lost)?;
    let name = ServerName::try_from(access.host.clone())
        .map_err(|error| server.unreachable(&io::Error::new(io::ErrorKind::InvalidInput, error)))?;
    TlsConnector::from(Arc::clone(&server.tls().config)).connect(name, stream).await.map_err(lost)
}

/// The final answer, with a late `100 Continue` passed over.
async fn answer_after_continue(
    mut receive: ReadHalf<Connection>,
    mut buffer: BytesMut,
) -> io::Result<Answer> {
    loop {
        let head: Head = read_head(&mut receive, &mut buffer).await?;
        if head.status >= 200 {
            return read_answer(receive, buffer, Some(head)).await;
        }
    }
}

/// Items that are written but may still lie in our own send buffer: (end in the stream, items, bytes).
#[derive(Default)]
struct Behind {
    ends: VecDeque<(u64, u64, u64)>,
}

impl Behind {
    /// Credits the items that have left for certain when `written` bytes are through.
    fn credit(&mut self, written: u64, counters: &Counters) {
        while let Some((_, items, bytes)) = self.ends.pop_front_if(|(end, ..)| *end <= written) {
            counters.stored_items.fetch_add(items, Relaxed);
            counters.stored_bytes.fetch_add(bytes, Relaxed);
        }
    }
}

/// Writes the body: gathers pieces into chunks, keeps the tar position, and brings it to a safe spot often.
struct Writer {
    send: WriteHalf<Connection>,
    answered: watch::Receiver<bool>,
    packer: Packer,
    chunk: BytesMut,
    /// Tar bytes so far, before packing.
    position: u64,
    /// Where the last filler ended.
    filled: u64,
    behind: Behind,
    stall: Duration,
    counters: Arc<Counters>,
}

impl Writer {
    async fn run(mut self, mut pieces: mpsc::Receiver<Write>) -> Result<(), WriteEnd> {
        loop {
            let piece = if let Ok(piece) = pieces.try_recv() {
                piece
            } else {
                // Nothing more to gather: what is there goes out now.
                self.put().await?;
                tokio::select! {
                    piece = pieces.recv() => match piece {
                        Some(piece) => piece,
                        // Dropped without an end, the archive still ends gracefully.
                        None => Write::End,
                    },
                    _ = self.answered.wait_for(|seen| *seen) => return Err(WriteEnd::Answered),
                }
            };
            match piece {
                Write::Item(item, _room) => self.item(item).await?,
                Write::Fill => self.fill().await?,
                Write::End => return self.end().await,
            }
        }
    }

    async fn item(&mut self, mut item: Item) -> Result<(), WriteEnd> {
        let items = u64::from(item.counts());
        let mut left = item.payload.len();
        while let Some(bytes) = item.payload.take().map_err(WriteEnd::Spill)? {
            let length = bytes.len() as u64;
            left = left.saturating_sub(length);
            let items = if left == 0 { items } else { 0 };
            self.position += length;
            self.counters.sent_items.fetch_add(items, Relaxed);
            self.counters.sent_bytes.fetch_add(length, Relaxed);
            self.behind.ends.push_back((self.position + u64::from(SEND_BUFFER), items, length));
            self.pack(bytes).await?;
            self.behind.credit(self.position, &self.counters);
        }
        if left > 0 {
            return Err(WriteEnd::Spill(io::ErrorKind::UnexpectedEof.into()));
        }
        if self.position - self.filled >= FILL_EVERY {
            self.fill().await?;
        }
        Ok(())
    }

    /// To a multiple of 10,240 bytes, and out: a break from here on does no harm.
    async fn fill(&mut self) -> Result<(), WriteEnd> {
        let filler = filler(self.position);
        self.position += filler.len() as u64;
        self.filled = self.position;
        self.pack(filler.into()).await?;
        let flushed = self.packer.flush().map_err(WriteEnd::Broken)?;
        self.gather(&flushed).await?;
        self.put().await
    }

    async fn end(mut self) -> Result<(), WriteEnd> {
        self.pack(trailer(self.position).into()).await?;
        let finished = self.packer.finish().map_err(WriteEnd::Broken)?;
        self.gather(&finished).await?;
        self.put().await?;
        self.write(b"0\r\n\r\n").await?;
        self.flush().await?;
        self.behind.credit(u64::MAX, &self.counters);
        // Held open until the answer is there: an early close could drop it.
        match timeout(self.stall, self.answered.wait_for(|seen| *seen)).await {
            Ok(_) => Ok(()),
            Err(_) => Err(WriteEnd::Stalled),
        }
    }

    async fn pack(&mut self, bytes: Bytes) -> Result<(), WriteEnd> {
        let packed = self.packer.pack(bytes).map_err(WriteEnd::Broken)?;
        self.gather(&packed).await
    }

    async fn gather(&mut self, bytes: &[u8]) -> Result<(), WriteEnd> {
        for part in bytes.chunks(CHUNK) {
            self.chunk.extend_from_slice(part);
            if self.chunk.len() >= CHUNK {
                self.put().await?;
            }
        }
        Ok(())
    }

    /// Writes what is gathered as one chunk.
    async fn put(&mut self) -> Result<(), WriteEnd> {
        if self.chunk.is_empty() {
            return Ok(());
        }
        let frame = format!("{:x}\r\n", self.chunk.len());
        self.chunk.extend_from_slice(b"\r\n");
        self.write(frame.as_bytes()).await?;
        let chunk = self.chunk.split().freeze();
        // In small pieces, so that each one is progress even on a slow server.
        for piece in chunk.chunks(16 << 10) {
            self.write(piece).await?;
        }
        self.flush().await
    }

    async fn write(&mut self, bytes: &[u8]) -> Result<(), WriteEnd> {
        within(self.send.write_all(bytes), &mut self.answered, self.stall).await
    }

    async fn flush(&mut self) -> Result<(), WriteEnd> {
        within(self.send.flush(), &mut self.answered, self.stall).await
    }
}

async fn within(
    work: impl Future<Output = io::Result<()>>,
    answered: &mut watch::Receiver<bool>,
    stall: Duration,
) -> Result<(), WriteEnd> {
    tokio::select! {
        biased;
        done = timeout(stall, work) => match done {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(WriteEnd::Broken(error)),
            Err(_) => Err(WriteEnd::Stalled),
        },
        _ = answered.wait_for(|seen| *seen) => Err(WriteEnd::Answered),
    }
}
