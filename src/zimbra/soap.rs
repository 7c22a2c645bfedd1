//! SOAP envelopes, faults, and answers as a small tree.
//!
//! Prefixes are ignored and local names compared, as every client of these servers does. Document types and
//! unknown entities are refused; depth and size are bounded, so a hostile answer costs bounded memory.

use quick_xml::{
    Reader, XmlVersion,
    escape::{escape, resolve_predefined_entity},
    events::{BytesStart, Event},
};

/// Elements deeper than this are refused.
const MAX_DEPTH: usize = 64;

/// Administration requests.
pub const ADMIN: &str = "urn:zimbraAdmin";
/// Mailbox requests.
pub const MAIL: &str = "urn:zimbraMail";

/// One element of an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Element {
    /// Local name.
    pub name: String,
    /// Attributes by local name.
    pub attributes: Vec<(String, String)>,
    /// Its own text, trimmed.
    pub text: String,
    /// Child elements in order.
    pub children: Vec<Element>,
}

impl Element {
    /// An attribute's value.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The first child of that name.
    pub fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name == name)
    }

    /// Follows child names downwards.
    pub fn at(&self, path: &[&str]) -> Option<&Element> {
        path.iter().try_fold(self, |element, name| element.child(name))
    }

    /// Zimbra's `<a n="key">value</a>`: the first value of that key.
    pub fn property(&self, key: &str) -> Option<&str> {
        self.children
            .iter()
            .find(|child| child.name == "a" && child.attribute("n") == Some(key))
            .map(|child| child.text.as_str())
    }
}

/// A fault as the server tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Such as `service.AUTH_EXPIRED`; empty when the fault carries none.
    pub code: String,
    /// The server's words.
    pub reason: String,
}

/// Whom a request is about, beyond the administrator who sends it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Context<'a> {
    /// The administrator's token.
    pub token: Option<&'a str>,
    /// Act on this account's mailbox.
    pub account: Option<&'a str>,
}

/// A SOAP 1.2 envelope around `body`, which is XML already.
pub fn envelope(context: Context<'_>, body: &str) -> String {
    let token =
        context.token.map(|token| format!("<authToken>{}</authToken>", escape(token))).unwrap_or_default();
    let account = context
        .account
        .map(|name| format!("<account by=\"name\">{}</account>", escape(name)))
        .unwrap_or_default();
    format!(
        "<soap:Envelope xmlns:soap=\"http://www.w3.org/2003/05/soap-envelope\"><soap:Header>\
         <context xmlns=\"urn:zimbra\">{token}<nosession/>{account}\
         <userAgent name=\"zmpace\" version=\"{}\"/></context></soap:Header>\
         <soap:Body>{body}</soap:Body></soap:Envelope>",
        env!("CARGO_PKG_VERSION")
    )
}

/// Text made safe for XML.
///
/// # Errors
/// Control characters, which XML cannot carry in any form.
pub fn text(value: &str) -> Result<String, String> {
    if value.chars().any(|c| c.is_control() && !matches!(c, '\t' | '\n' | '\r')) {
        return Err("it holds a control character, which XML cannot carry".to_owned());
    }
    Ok(escape(value).into_owned())
}

/// Reads an answer: the first element in the body, or the fault in it.
///
/// Elements named `row` are handed to `each` and left out of the tree, so a listing of a million accounts
/// needs memory for one at a time.
///
/// # Errors
/// What is wrong with the document, in words.
pub fn read(
    bytes: &[u8],
    row: Option<&str>,
    each: &mut dyn FnMut(Element),
) -> Result<Result<Element, Fault>, String> {
    let envelope = parse(bytes, row, each)?;
    let body = envelope.child("Body").ok_or("there is no Body in it")?;
    let answer = body.children.first().cloned().unwrap_or_default();
    Ok(if answer.name == "Fault" { Err(fault(&answer)) } else { Ok(answer) })
}

fn fault(element: &Element) -> Fault {
    let reason = element.at(&["Reason", "Text"]).or_else(|| element.child("faultstring"));
    let code = element.at(&["Detail", "Error", "Code"]).or_else(|| element.at(&["detail", "Error", "Code"]));
    let text = |found: Option<&Element>| found.map(|element| element.text.clone()).unwrap_or_default();
    Fault { code: text(code), reason: text(reason) }
}

fn parse(bytes: &[u8], row: Option<&str>, each: &mut dyn FnMut(Element)) -> Result<Element, String> {
    let mut reader = Reader::from_reader(bytes);
    let mut open: Vec<Element> = vec![Element::default()];
    loop {
        match reader.read_event().map_err(|error| error.to_string())? {
            Event::Start(start) => {
                if open.len() > MAX_DEPTH {
                    return Err(format!("elements are nested deeper than {MAX_DEPTH}"));
                }
                open.push(element(&start)?);
            }
            Event::Empty(start) => {
                let done = element(&start)?;
                close(&mut open, done, row, each);
            }
            Event::End(_) => {
                let done = open.pop().filter(|_| !open.is_empty()).ok_or("it closes more than it opens")?;
                close(&mut open, done, row, each);
            }
            Event::Text(text) => append(&mut open, &text),
            Event::CData(text) => append(&mut open, &text),
            Event::GeneralRef(entity) => {
                let resolved = match entity.resolve_char_ref().map_err(|error| error.to_string())? {
                    Some(character) => character.to_string(),
                    None => resolve_predefined_entity(&entity)
                        .ok_or_else(|| format!("unknown entity &{};", &*entity))?
                        .to_owned(),
                };
                append(&mut open, &resolved);
            }
            Event::DocType(_) => return Err("it declares a document type".to_owned()),
            Event::Eof => break,
            Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
        }
    }
    if open.len() != 1 {
        return Err("it ends in the middle".to_owned());
    }
    let document = open.pop().unwrap_or_default();
    document.children.into_iter().next().ok_or_else(|| "it is empty".to_owned())
}

fn element(start: &BytesStart<'_>) -> Result<Element, String> {
    let local = |name: &str| name.to_owned();
    let mut attributes = Vec::new();
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|error| error.to_string())?;
        let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|error| error.to_string())?;
        attributes.push((local(attribute.key.local_name().as_ref()), value.into_owned()));
    }
    Ok(Element { name: local(start.local_name().as_ref()), attributes, ..Element::default() })
}

fn append(open: &mut [Element], text: &str) {
    if let Some(element) = open.last_mut() {
        element.text.push_str(text);
    }
}

fn close(open: &mut [Element], mut done: Element, row: Option<&str>, each: &mut dyn FnMut(Element)) {
    let trimmed = done.text.trim();
    if trimmed.len() != done.text.len() {
        done.text = String::from(trimmed);
    }
    if row == Some(done.name.as_str()) {
        each(done);
    } else if let Some(parent) = open.last_mut() {
        parent.children.push(done);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(body: &str) -> Result<Result<Element, Fault>, String> {
        let document = format!(
            "<s:Envelope xmlns:s=\"x\"><s:Header><context/></s:Header><s:Body>{body}</s:Body></s:Envelope>"
        );
        read(document.as_bytes(), None, &mut |_| {})
    }

    #[test]
    fn both_shapes_of_fault_are_understood() {
        let modern = "<s:Fault><s:Code><s:Value>s:Sender</s:Value></s:Code><s:Reason><s:Text>expired</s:Text></s:Reason>\
                      <s:Detail><Error><Code>service.AUTH_EXPIRED</Code></Error></s:Detail></s:Fault>";
        let old = "<s:Fault><faultcode>s:Client</faultcode><faultstring>expired</faultstring>\
                   <detail><Error><Code>service.AUTH_EXPIRED</Code></Error></detail></s:Fault>";
        let expected = Fault { code: "service.AUTH_EXPIRED".into(), reason: "expired".into() };
        assert_eq!(answer(modern).unwrap(), Err(expected.clone()));
        assert_eq!(answer(old).unwrap(), Err(expected));
    }

    #[test]
    fn entities_are_resolved_and_foreign_ones_refused() {
        let found = answer("<A n=\"a&amp;b\">x &lt;&#65; y</A>").unwrap().unwrap();
        assert_eq!((found.attribute("n"), found.text.as_str()), (Some("a&b"), "x <A y"));
        assert!(answer("<A>&bomb;</A>").is_err());
        assert!(read(b"<!DOCTYPE a [<!ENTITY b 'c'>]><a/>", None, &mut |_| {}).is_err());
    }

    #[test]
    fn rows_are_handed_over_one_by_one() {
        let document = b"<E><Body><R more=\"0\"><account name=\"a\"/><account name=\"b\"><a n=\"k\">v</a></account></R></Body></E>";
        let mut names = Vec::new();
        let rest =
            read(document, Some("account"), &mut |row| names.push(row.attribute("name").unwrap().to_owned()));
        assert_eq!(names, ["a", "b"]);
        assert!(rest.unwrap().unwrap().children.is_empty());
    }

    #[test]
    fn garbage_depth_and_cuts_are_errors_not_panics() {
        for document in ["", "<", "<a>", "</a>", "<a></b>", "plain", "<a><b></a>"] {
            assert!(read(document.as_bytes(), None, &mut |_| {}).is_err(), "{document:?}");
        }
        assert!(read("<a>".repeat(1_000_000).as_bytes(), None, &mut |_| {}).is_err());
    }

    #[test]
    fn what_is_sent_is_escaped_or_refused() {
        assert_eq!(text("a<b&\"c\"").unwrap(), "a&lt;b&amp;&quot;c&quot;");
        assert!(text("bell\u{7}").is_err());
        assert!(
            envelope(Context { token: Some("t"), account: Some("o'x@y") }, "<N/>").contains("o&apos;x@y")
        );
    }
}
