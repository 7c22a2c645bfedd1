//! XML in and out, no more than SOAP needs: names without prefixes, text, attributes.

use quick_xml::{Reader, events::Event};

/// One element.
#[derive(Clone, Debug, Default)]
pub(super) struct Node {
    pub(super) name: String,
    /// Of the element, as far as it is declared on it or above it; empty when none is.
    pub(super) namespace: String,
    attributes: Vec<(String, String)>,
    pub(super) children: Vec<Self>,
    pub(super) text: String,
}

impl Node {
    pub(super) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// An attribute, or the text of a child of that name: the server takes either.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        let attribute = self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        attribute.or_else(|| self.child(name).map(|child| child.text.as_str()))
    }

    pub(super) fn flag(&self, name: &str, otherwise: bool) -> bool {
        self.value(name).map_or(otherwise, |value| value == "1" || value == "true")
    }

    pub(super) fn number(&self, name: &str) -> usize {
        self.value(name).and_then(|value| value.parse().ok()).unwrap_or(0)
    }

    /// `<a n="name">value</a>` children.
    pub(super) fn settings(&self) -> impl Iterator<Item = (&str, &str)> {
        let settings = self.children.iter().filter(|child| child.name == "a");
        settings.filter_map(|child| child.value("n").map(|name| (name, child.text.as_str())))
    }
}

/// Reads a document; depth and entities are bounded.
pub(super) fn parse(text: &[u8]) -> Option<Node> {
    let mut reader = Reader::from_reader(text);
    let mut stack: Vec<Node> = Vec::new();
    let mut buffer = Vec::new();
    loop {
        match reader.read_event_into(&mut buffer).ok()? {
            Event::Start(start) => {
                let node = opened(&start, stack.last())?;
                stack.push(node);
                if stack.len() > 100 {
                    return None;
                }
            }
            Event::Empty(start) => {
                let node = opened(&start, stack.last())?;
                match stack.last_mut() {
                    Some(parent) => parent.children.push(node),
                    None => return Some(node),
                }
            }
            Event::End(_) => {
                let mut node = stack.pop()?;
                node.text = node.text.trim().into();
                match stack.last_mut() {
                    Some(parent) => parent.children.push(node),
                    None => return Some(node),
                }
            }
            Event::Text(text) => {
                if let Some(node) = stack.last_mut() {
                    node.text.push_str(&text);
                }
            }
            Event::CData(text) => {
                if let Some(node) = stack.last_mut() {
                    node.text.push_str(&text);
                }
            }
            Event::GeneralRef(name) => {
                if let Some(node) = stack.last_mut() {
                    node.text.push_str(&resolved(&name)?);
                }
            }
            Event::Eof => return None,
            _ => {}
        }
        buffer.clear();
    }
}

fn resolved(entity: &str) -> Option<String> {
    let letter = match entity {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => {
            let number = entity.strip_prefix('#')?;
            let code = match number.strip_prefix('x') {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)?
        }
    };
    Some(letter.to_string())
}

fn unescaped(text: &str) -> Option<String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        let (entity, tail) = after.split_once(';')?;
        out.push_str(before);
        out.push_str(&resolved(entity)?);
        rest = tail;
    }
    out.push_str(rest);
    Some(out)
}

fn opened(start: &quick_xml::events::BytesStart<'_>, parent: Option<&Node>) -> Option<Node> {
    let full = start.name().as_ref().to_owned();
    let (prefix, name) = full.split_once(':').unwrap_or(("", &full));
    let mut node = Node { name: name.into(), ..Node::default() };
    node.namespace = parent.map(|parent| parent.namespace.clone()).unwrap_or_default();
    let declared = if prefix.is_empty() { "xmlns".to_owned() } else { format!("xmlns:{prefix}") };
    for attribute in start.attributes() {
        let attribute = attribute.ok()?;
        let key = attribute.key.as_ref().to_owned();
        let value = unescaped(&attribute.value)?;
        if key == declared {
            node.namespace.clone_from(&value);
        }
        let local = key.rsplit(':').next().unwrap_or_default().to_owned();
        node.attributes.push((local, value));
    }
    Some(node)
}

/// A text inside an element or attribute.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
