//! Answers in HTML: Jetty's error pages, and the page that calls back with an import's result.

use crate::lab::{
    head::Head,
    http::{Connection, reason},
    mail::json_text,
    record::Ticket,
    server::After,
};
use std::{fmt::Write as _, io};

/// A code, its text and arguments, as faults on both SOAP and callback pages carry them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::lab) struct ImportFault {
    pub(in crate::lab) code: String,
    pub(in crate::lab) text: String,
    pub(in crate::lab) receiver: bool,
    /// Name, type, value.
    pub(in crate::lab) argument: Option<(&'static str, &'static str, String)>,
}

impl ImportFault {
    pub(super) fn sender(code: &str, text: &str) -> Self {
        Self { code: code.into(), text: text.into(), receiver: false, argument: None }
    }

    pub(super) fn at_path(mut self, path: &str) -> Self {
        self.argument = Some(("path", "STR", path.into()));
        self
    }

    pub(super) fn invalid_format() -> Self {
        let mut fault = Self::sender("formatter.INVALID_FORMAT", "invalid file format");
        fault.argument = Some(("filename", "STR", "unknown".into()));
        fault
    }

    pub(super) fn unknown(text: &str) -> Self {
        Self { receiver: true, ..Self::sender("formatter.UNKNOWN_ERROR", text) }
    }

    fn json(&self, trace: &str) -> String {
        let argument = self.argument.as_ref().map_or_else(String::new, |(name, kind, value)| {
            format!(
                ",\"a\":[{{\"n\":\"{name}\",\"t\":\"{kind}\",\"_content\":\"{}\"}}]",
                json_text(value).replace("\\/", "/")
            )
        });
        format!(
            "{{\"Code\":{{\"Value\":\"soap:{}\"}},\"Reason\":{{\"Text\":\"{}\"}},\"Detail\":{{\"Error\":{{\"Code\":\
             \"{}\",\"Trace\":\"{trace}\"{argument},\"_jsns\":\"urn:zimbra\"}}}},\"_jsns\":\"urn:zimbraSoap\"}}",
            if self.receiver { "Receiver" } else { "Sender" },
            json_text(&self.text).replace("\\/", "/"),
            self.code
        )
    }
}

/// The kind of mark the server puts on its faults.
pub(in crate::lab) fn trace() -> String {
    format!("qtp1711574013-21:{}:{:016x}", crate::lab::token::now_ms(), fastrand::u64(..))
}

/// The page with which an import with `callback` answers.
pub(super) fn callback(name: &str, result: &str, faults: &[ImportFault]) -> String {
    let mut page = format!(
        "<html>\n<head>\n</head>\n<body onload='onLoad()'>\n<script>\nfunction onLoad() {{\n    window.parent.{name}(\
         '{result}'"
    );
    let trace = trace();
    for fault in faults {
        let _ = write!(page, ",\n\t{}", fault.json(&trace));
    }
    page.push_str(");\n}\n</script>\n</body>\n</html>\n");
    page
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn error_page(status: u16, uri: &str, message: &str) -> String {
    let (uri, message) = (escaped(uri), escaped(message));
    format!(
        "<html>\n<head>\n<meta http-equiv=\"Content-Type\" content=\"text/html;charset=ISO-8859-1\"/>\n\
         <title>Error {status} {message}</title>\n</head>\n<body><h2>HTTP ERROR {status} {message}</h2>\n<table>\n\
         <tr><th>URI:</th><td>{uri}</td></tr>\n<tr><th>STATUS:</th><td>{status}</td></tr>\n\
         <tr><th>MESSAGE:</th><td>{message}</td></tr>\n<tr><th>SERVLET:</th><td>UserServlet</td></tr>\n</table>\n\
         <hr/><a href=\"https://jetty.org/\">Powered by Jetty:// 9.4.57.v20241219</a><hr/>\n\n</body>\n</html>\n"
    )
}

/// Answers with an error page.
pub(in crate::lab) async fn refuse(
    connection: &mut Connection,
    head: &Head,
    ticket: &Ticket<'_>,
    status: u16,
    message: Option<&str>,
    headers: &[(&str, &str)],
) -> io::Result<After> {
    ticket.status(status);
    let page = error_page(status, &head.raw_path, message.unwrap_or_else(|| reason(status)));
    let mut all = vec![
        ("Cache-Control", "must-revalidate,no-cache,no-store"),
        ("Content-Type", "text/html;charset=iso-8859-1"),
    ];
    all.extend_from_slice(headers);
    connection.answer(status, &all, page.as_bytes()).await?;
    Ok(After::Next)
}

/// Answers 500 as the servlet does when the formatter could not even begin.
pub(super) async fn formatter_failure(
    connection: &mut Connection,
    head: &Head,
    ticket: &Ticket<'_>,
    format: &str,
) -> io::Result<After> {
    let message = format!(
        "javax.servlet.ServletException: com.zimbra.common.service.ServiceException: system failure: {format} \
         formatter failure\nExceptionId:{}\nCode:service.FAILURE",
        trace()
    );
    refuse(connection, head, ticket, 500, Some(&message), &[]).await
}
