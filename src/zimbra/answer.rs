//! The import's answer: the HTTP head, and the page in which a server tells what became of the items.
//!
//! With `callback=` the status is always 200 and the truth stands in a script: `success`, `warn` with one
//! fault per rejected item, or `fail`. The page may hold thousands of faults, so it is read line by line,
//! all faults counted and the first 200 kept.

use std::{io, time::Duration};

use bytes::{Buf, BytesMut};
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncReadExt};

use super::soap::Fault;

/// A head larger than this is refused.
const MAX_HEAD: usize = 64 << 10;
/// Longer lines of the page are cut.
const MAX_LINE: usize = 64 << 10;
/// Bytes of an error page kept.
const MAX_PAGE: usize = 16 << 10;
/// Faults kept.
const MAX_FAULTS: usize = 200;

/// Status line and the headers that matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// HTTP status.
    pub status: u16,
    /// How the body ends.
    pub framing: Framing,
    /// Pause asked for.
    pub retry_after: Option<Duration>,
}

/// How a body ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Framing {
    /// With the connection.
    #[default]
    Close,
    /// After this many bytes.
    Length(u64),
    /// With an empty chunk.
    Chunked,
}

/// What the server said of an import.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Pause asked for.
    pub retry_after: Option<Duration>,
    /// The word in the script, where there is one.
    pub verdict: Option<Verdict>,
    /// Faults in all.
    pub faults: u64,
    /// The first 200.
    pub first: Vec<Fault>,
    /// The beginning of the page, for messages.
    pub page: Vec<u8>,
}

/// The word by which an import ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Every entry that arrived was taken.
    Success,
    /// Entries were rejected, one fault each.
    Warn,
    /// The whole import was refused.
    Fail,
}

/// Reads a head, leaving what follows in `buffer`.
///
/// # Errors
/// The connection ends, or what comes is not HTTP.
pub async fn read_head(receive: &mut (impl AsyncRead + Unpin), buffer: &mut BytesMut) -> io::Result<Head> {
    loop {
        if let Some((length, head)) = parse_head(buffer)? {
            buffer.advance(length);
            return Ok(head);
        }
        if buffer.len() > MAX_HEAD {
            return Err(invalid("the answer's head is too large"));
        }
        if receive.read_buf(buffer).await? == 0 {
            return Err(io::Error::new(
                io::ErrorKind::UnexpectedEof,
                "the connection was closed without an answer",
            ));
        }
    }
}

fn parse_head(buffer: &[u8]) -> io::Result<Option<(usize, Head)>> {
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut response = httparse::Response::new(&mut headers);
    let parsed =
        response.parse(buffer).map_err(|error| invalid(&format!("the answer is not HTTP: {error}")))?;
    let httparse::Status::Complete(length) = parsed else { return Ok(None) };
    let mut head = Head { status: response.code.unwrap_or(0), ..Head::default() };
    for header in response.headers.iter() {
        let value = std::str::from_utf8(header.value).unwrap_or_default().trim();
        match header.name.to_ascii_lowercase().as_str() {
            "content-length" if head.framing == Framing::Close => {
                head.framing =
                    Framing::Length(value.parse().map_err(|_| invalid("a Content-Length is no number"))?);
            }
            "transfer-encoding" if value.eq_ignore_ascii_case("chunked") => head.framing = Framing::Chunked,
            "retry-after" => head.retry_after = value.parse().ok().map(Duration::from_secs),
            _ => {}
        }
    }
    if head.status == 204 || head.status == 304 {
        head.framing = Framing::Length(0);
    }
    Ok(Some((length, head)))
}

/// Reads the body that follows `head` (read first when there is none yet).
///
/// # Errors
/// The connection breaks, or the framing is wrong.
pub async fn read_answer(
    mut receive: impl AsyncRead + Unpin,
    mut buffer: BytesMut,
    head: Option<Head>,
) -> io::Result<Answer> {
    let head = match head {
        Some(head) => head,
        None => read_head(&mut receive, &mut buffer).await?,
    };
    let mut page = Page::default();
    let mut left = match head.framing {
        Framing::Length(length) => Some(length),
        Framing::Close => None,
        Framing::Chunked => Some(next_chunk(&mut receive, &mut buffer).await?),
    };
    while left != Some(0) {
        if buffer.is_empty() && receive.read_buf(&mut buffer).await.or_else(close_is_an_end)? == 0 {
            if left.is_none() {
                break;
            }
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the answer was cut short"));
        }
        let take =
            left.map_or(buffer.len(), |left| buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX)));
        page.feed(&buffer.split_to(take));
        if let Some(left) = &mut left {
            *left -= take as u64;
            if *left == 0 && head.framing == Framing::Chunked {
                *left = next_chunk(&mut receive, &mut buffer).await?;
            }
        }
    }
    Ok(page.finish(&head))
}

/// TLS peers often close without saying goodbye.
fn close_is_an_end(error: io::Error) -> io::Result<usize> {
    if error.kind() == io::ErrorKind::UnexpectedEof { Ok(0) } else { Err(error) }
}

/// Size of the next chunk, with the line before and after it passed over.
async fn next_chunk(receive: &mut (impl AsyncRead + Unpin), buffer: &mut BytesMut) -> io::Result<u64> {
    loop {
        while buffer.starts_with(b"\r\n") {
            buffer.advance(2);
        }
        match httparse::parse_chunk_size(buffer) {
            Ok(httparse::Status::Complete((length, size))) => {
                buffer.advance(length);
                return Ok(size);
            }
            Ok(httparse::Status::Partial) if buffer.len() < 1024 => {}
            _ => return Err(invalid("a chunk's size cannot be read")),
        }
        if receive.read_buf(buffer).await? == 0 {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the answer was cut short"));
        }
    }
}

fn invalid(cause: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, cause.to_owned())
}

/// A page being read.
#[derive(Default)]
struct Page {
    answer: Answer,
    line: Vec<u8>,
}

impl Page {
    fn feed(&mut self, bytes: &[u8]) {
        let room = MAX_PAGE.saturating_sub(self.answer.page.len()).min(bytes.len());
        self.answer.page.extend_from_slice(&bytes[..room]);
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            let room = MAX_LINE.saturating_sub(self.line.len()).min(piece.len());
            self.line.extend_from_slice(&piece[..room]);
            if piece.ends_with(b"\n") {
                self.end_line();
            }
        }
    }

    fn end_line(&mut self) {
        let line = String::from_utf8_lossy(&self.line).into_owned();
        self.line.clear();
        if let Some(at) = line.find("window.parent.") {
            self.answer.verdict = self.answer.verdict.or(match line[at..].split('\'').nth(1) {
                Some("success") => Some(Verdict::Success),
                Some("warn") => Some(Verdict::Warn),
                Some("fail") => Some(Verdict::Fail),
                _ => None,
            });
        }
        let Some(start) = line.find('{').filter(|_| line.contains("\"Code\"")) else { return };
        self.answer.faults += 1;
        if self.answer.first.len() < MAX_FAULTS {
            self.answer.first.push(fault(&line[start..]));
        }
    }

    fn finish(mut self, head: &Head) -> Answer {
        if !self.line.is_empty() {
            self.end_line();
        }
        Answer { status: head.status, retry_after: head.retry_after, ..self.answer }
    }
}

/// One fault's JSON, read leniently: what follows it on its line is ignored.
fn fault(json: &str) -> Fault {
    let value = serde_json::Deserializer::from_str(json).into_iter::<Value>().next().and_then(Result::ok);
    let text = |pointer: &str| {
        let found = value.as_ref().and_then(|value| value.pointer(pointer)?.as_str());
        found.unwrap_or_default().chars().filter(|c| !c.is_control()).take(300).collect::<String>()
    };
    Fault { code: text("/Detail/Error/Code"), reason: text("/Reason/Text") }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn answer(bytes: &[u8]) -> io::Result<Answer> {
        read_answer(bytes, BytesMut::new(), None).await
    }

    fn page(script: &str) -> String {
        format!(
            "<html>\n<head>\n</head>\n<body onload='onLoad()'>\n<script>\nfunction onLoad() {{\n    {script}\n}}\n</script>\n</body>\n</html>\n"
        )
    }

    const FAULT: &str = "\t{\"Code\":{\"Value\":\"soap:Sender\"},\"Reason\":{\"Text\":\"mailbox exceeded quota of 1 bytes\"},\
                         \"Detail\":{\"Error\":{\"Code\":\"mail.QUOTA_EXCEEDED\",\"Trace\":\"t\"}}}";

    #[tokio::test]
    async fn the_three_verdicts_are_read_in_every_framing() {
        for (word, faults, verdict) in
            [("success", 0, Verdict::Success), ("warn", 3, Verdict::Warn), ("fail", 1, Verdict::Fail)]
        {
            let list = format!(",\n{FAULT}").repeat(faults);
            let body = page(&format!("window.parent.zmpace('{word}'{list});"));
            let length = body.len();
            let (first, second) = body.split_at(57);
            for bytes in [
                format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{body}"),
                format!("HTTP/1.1 200 OK\r\n\r\n{body}"),
                format!(
                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{first}\r\n{:x}\r\n{second}\r\n0\r\n\r\n",
                    first.len(),
                    second.len()
                ),
            ] {
                let answer = answer(bytes.as_bytes()).await.unwrap();
                assert_eq!((answer.verdict, answer.faults), (Some(verdict), faults as u64), "{word}");
                assert!(answer.first.iter().all(|fault| fault.code == "mail.QUOTA_EXCEEDED"));
            }
        }
    }

    #[tokio::test]
    async fn thousands_of_faults_are_counted_and_two_hundred_kept() {
        let list = format!(",\n{FAULT}").repeat(5000);
        let body = page(&format!("window.parent.x('warn'{list});"));
        let answer = answer(format!("HTTP/1.1 200 OK\r\n\r\n{body}").as_bytes()).await.unwrap();
        assert_eq!((answer.faults, answer.first.len()), (5000, 200));
        assert!(answer.page.len() <= MAX_PAGE);
    }

    #[tokio::test]
    async fn an_empty_200_has_no_verdict_and_a_cut_answer_is_an_error() {
        let empty = answer(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await.unwrap();
        assert_eq!((empty.status, empty.verdict), (200, None));
        assert!(answer(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort").await.is_err());
        assert!(answer(b"").await.is_err());
        assert!(answer(b"\x00\x01garbage\r\n\r\n").await.is_err());
        assert!(answer(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n").await.is_err());
    }

    #[tokio::test]
    async fn a_busy_server_says_for_how_long() {
        let busy = answer(b"HTTP/1.1 503 Busy\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n").await.unwrap();
        assert_eq!((busy.status, busy.retry_after), (503, Some(Duration::from_secs(7))));
    }
}
