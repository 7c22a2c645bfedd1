//! Bodies of made-up items: a head that is written out, filler cut from a prepared block, a closing line.

use super::{
    Dice,
    items::{Item, Plan},
    meta::uid,
    names,
};
use crate::zimbra::archive::format::{ItemKind, digest_text};
use base64::{Engine, engine::general_purpose::STANDARD};
use std::sync::LazyLock;

const LINES: usize = 840;
const LINE: usize = 78;

/// Lines of base64, as an attachment has them.
static BINARY: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut dice = Dice::new(0x6261_7365, 64);
    (0..LINES)
        .flat_map(|_| {
            let raw: Vec<u8> = (0..57).map(|_| dice.next() as u8).collect();
            [STANDARD.encode(raw).into_bytes(), b"\r\n".to_vec()].concat()
        })
        .collect()
});

/// Lines of words, as a letter has them.
static PROSE: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut dice = Dice::new(0x7072_6f73, 65);
    (0..LINES)
        .flat_map(|_| {
            let mut line = Vec::new();
            while line.len() < LINE - 2 {
                line.extend_from_slice(dice.pick(names::WORDS).as_bytes());
                line.push(b' ');
            }
            line.truncate(LINE - 2);
            line.extend_from_slice(b"\r\n");
            line
        })
        .collect()
});

/// One body, of exactly the item's size.
pub(in crate::lab) struct Body {
    head: Vec<u8>,
    filler: &'static [u8],
    /// Where in the block the filler begins.
    offset: usize,
    filler_length: u64,
    tail: Vec<u8>,
}

/// Whether a message of this size carries an attachment.
pub(super) const fn has_attachment(size: u64, index: u64) -> bool {
    size > 30_000 || (size > 6_000 && index.is_multiple_of(3))
}

impl Body {
    pub(super) fn of(plan: &Plan, item: &Item) -> Self {
        let (head, tail, binary) = match item.kind {
            ItemKind::Appointment | ItemKind::Task => calendar(plan, item),
            _ if has_attachment(item.size, item.index) => with_attachment(plan, item),
            _ => {
                let mut head = letter(plan, item, item.size < 1_800);
                head.extend_from_slice(b"\r\n");
                (head, Vec::new(), false)
            }
        };
        let fixed = (head.len() + tail.len()) as u64;
        if fixed > item.size {
            // Only possible for the very smallest: a bare letter, cut.
            let mut head = letter(plan, item, true);
            head.extend_from_slice(b"\r\n");
            head.truncate(item.size as usize);
            let filler_length = item.size - head.len() as u64;
            return Self { head, filler: &PROSE, offset: 0, filler_length, tail: Vec::new() };
        }
        let filler: &'static [u8] = if binary { &BINARY } else { &PROSE };
        let offset = (item.seed % LINES as u64) as usize * LINE;
        Self { head, filler, offset, filler_length: item.size - fixed, tail }
    }

    /// The pieces in order; together they are the body. Each at most 64 KiB.
    pub(in crate::lab) fn pieces(&self) -> impl Iterator<Item = &[u8]> {
        let mut at = self.offset;
        let mut left = self.filler_length;
        let filler = std::iter::from_fn(move || {
            let take = left.min((self.filler.len() - at) as u64) as usize;
            let piece = &self.filler[at..at + take];
            left -= take as u64;
            at = 0;
            (take > 0).then_some(piece)
        });
        std::iter::once(self.head.as_slice()).chain(filler).chain(std::iter::once(self.tail.as_slice()))
    }

    /// Its SHA-256 in Zimbra's notation.
    pub(in crate::lab) fn digest(&self) -> String {
        let mut context = ring::digest::Context::new(&ring::digest::SHA256);
        for piece in self.pieces() {
            context.update(piece);
        }
        digest_text(context.finish().as_ref())
    }
}

fn encoded_word(text: &str) -> String {
    if text.is_ascii() { text.to_owned() } else { format!("=?UTF-8?B?{}?=", STANDARD.encode(text)) }
}

/// Header lines of a message; `bare` keeps them short.
fn letter(plan: &Plan, item: &Item, bare: bool) -> Vec<u8> {
    let (first, last) = names::display(item.from.0, item.from.1);
    let mail = format!("{}.{}@partner.example", item.from.0, item.from.1);
    let mut out = format!("From: {first} {last} <{mail}>\r\nTo: {}\r\n", plan.address).into_bytes();
    if !bare {
        let received = format!(
            "Return-Path: {mail}\r\nReceived: from mx.partner.example (mx.partner.example [192.0.2.{}])\r\n\tby \
             mail.old.example (Postfix) with ESMTPS id {:016X}\r\n\tfor <{}>\r\n",
            item.seed % 254,
            item.seed,
            plan.address
        );
        out.splice(..0, received.into_bytes());
    }
    if bare {
        let short: String = item.subject.chars().take(24).collect();
        out.extend_from_slice(format!("Subject: {}\r\n", encoded_word(&short)).as_bytes());
    } else if item.index.is_multiple_of(11) {
        // Raw 8-bit in a header: wrong, and common in old mail.
        out.extend_from_slice(format!("Subject: {}\r\n", item.subject).as_bytes());
    } else {
        out.extend_from_slice(format!("Subject: {}\r\n", encoded_word(&item.subject)).as_bytes());
    }
    let stamp = format!(
        "Message-ID: <{:016x}.{}@partner.example>\r\nMIME-Version: 1.0\r\n",
        item.seed ^ plan.seed,
        item.index
    );
    out.extend_from_slice(stamp.as_bytes());
    out.extend_from_slice(text_part(item, bare));
    out
}

/// Type, encoding and first line of a text part, in one of several old and new charsets.
fn text_part(item: &Item, bare: bool) -> &'static [u8] {
    match item.seed % 6 {
        _ if bare => b"Content-Type: text/plain; charset=us-ascii\r\n\r\nHello,\r\n",
        0 => b"Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: 8bit\r\n\r\nSch\xf6ne Gr\xfc\xdfe,\r\n",
        1 => b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nSch=C3=B6ne Gr=C3=BC=C3=9Fe,\r\n",
        2 => b"Content-Type: text/plain; charset=koi8-r\r\nContent-Transfer-Encoding: 8bit\r\n\r\n\xf0\xd2\xc9\xd7\xc5\xd4,\r\n",
        3 => b"Content-Type: text/plain; charset=ISO-2022-JP\r\nContent-Transfer-Encoding: 7bit\r\n\r\n\x1b$B$3$s\x1b(B,\r\n",
        4 => b"Content-Type: text/html; charset=windows-1252\r\nContent-Transfer-Encoding: 8bit\r\n\r\n<html><body><p>D\xe9j\xe0 vu \x96 \x80 10</p>\r\n",
        _ => b"Content-Type: text/plain; charset=us-ascii\r\n\r\nHello,\r\n",
    }
}

fn with_attachment(plan: &Plan, item: &Item) -> (Vec<u8>, Vec<u8>, bool) {
    let mut head = letter(plan, item, false);
    let boundary = format!("----=_Part_{}_{:08x}", item.index, item.seed as u32);
    // The letter's own text part moves into the multipart.
    let cut = head.windows(14).rposition(|at| at == b"Content-Type: ").unwrap_or(head.len());
    let text = head.split_off(cut);
    head.extend_from_slice(
        format!("Content-Type: multipart/mixed;\r\n\tboundary=\"{boundary}\"\r\n\r\n--{boundary}\r\n")
            .as_bytes(),
    );
    head.extend_from_slice(&text);
    let name = match item.seed % 3 {
        0 => "filename=\"report.pdf\"".to_owned(),
        1 => "filename*=UTF-8''%C3%9Cbersicht%202026.xlsx".to_owned(),
        _ => format!("filename=\"{}\"", encoded_word("Fotos vom Fest für alle.zip")),
    };
    head.extend_from_slice(
        format!(
            "\r\n--{boundary}\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\
             Content-Disposition: attachment; {name}\r\n\r\n"
        )
        .as_bytes(),
    );
    (head, format!("\r\n--{boundary}--\r\n").into_bytes(), true)
}

fn calendar(plan: &Plan, item: &Item) -> (Vec<u8>, Vec<u8>, bool) {
    let boundary = format!("----=_Part_{}_{:08x}", item.index, item.seed as u32);
    let inner = format!("----=_Inner_{:08x}", item.seed as u32);
    let component = if item.kind == ItemKind::Task { "VTODO" } else { "VEVENT" };
    let head = format!(
        "Message-ID: <{:016x}@old.example>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/digest; \r\n\t\
         boundary=\"{boundary}\"\r\n\r\n--{boundary}\r\nContent-Type: message/rfc822\r\n\r\nFrom: {}\r\n\
         Subject: {}\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; \r\n\tboundary=\"{inner}\"\r\n\r\n\
         --{inner}\r\nContent-Type: text/calendar; charset=utf-8; method=PUBLISH; name=meeting.ics\r\n\r\n\
         BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:{component}\r\nUID:{}\r\nEND:{component}\r\nEND:VCALENDAR\r\n\
         --{inner}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n",
        item.seed,
        plan.address,
        encoded_word(&item.subject.chars().take(60).collect::<String>()),
        uid(item),
    );
    let tail = format!("\r\n--{inner}--\r\n--{boundary}--\r\n");
    (head.into_bytes(), tail.into_bytes(), false)
}
