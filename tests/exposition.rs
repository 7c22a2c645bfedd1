//! A strict reader of Prometheus' text format: what it lets pass, every collector reads.

use std::collections::{BTreeMap, BTreeSet};

type Labels = Vec<(String, String)>;

/// Reads a whole exposition; the number of its families.
///
/// # Errors
/// The first line that is wrong, and how.
pub fn read(text: &str) -> Result<usize, String> {
    if !text.is_empty() && !text.ends_with('\n') {
        return Err("no line feed at the end".to_owned());
    }
    let mut families: BTreeMap<String, String> = BTreeMap::new();
    let (mut helped, mut present) = (None, None::<(String, String)>);
    let mut seen = BTreeSet::new();
    let mut buckets: BTreeMap<Labels, Vec<(f64, f64)>> = BTreeMap::new();
    let mut counts: BTreeMap<Labels, f64> = BTreeMap::new();
    for line in text.lines() {
        let wrong = |what: &str| Err(format!("{what}: {line}"));
        if let Some(rest) = line.strip_prefix("# HELP ") {
            helped =
                rest.split_once(' ').filter(|(_, help)| !help.is_empty()).map(|(name, _)| name.to_owned());
        } else if let Some(rest) = line.strip_prefix("# TYPE ") {
            let Some((name, kind)) = rest.split_once(' ') else { return wrong("no type") };
            if helped.as_deref() != Some(name) || !["gauge", "counter", "histogram"].contains(&kind) {
                return wrong("no help before it, or no known type");
            }
            if (kind == "counter") != name.ends_with("_total") || families.contains_key(name) {
                return wrong("a counter ends with _total, and a family comes once");
            }
            families.insert(name.to_owned(), kind.to_owned());
            present = Some((name.to_owned(), kind.to_owned()));
        } else {
            let (name, labels, value) = sample(line)?;
            let Some((family, kind)) = &present else { return wrong("a sample before its type") };
            let suffix = name.strip_prefix(family.as_str()).unwrap_or("?");
            let known = if kind == "histogram" {
                ["_bucket", "_sum", "_count"].contains(&suffix)
            } else {
                suffix.is_empty()
            };
            if !known || !seen.insert((name.clone(), labels.clone())) || (kind != "gauge" && value < 0.0) {
                return wrong("of another family, there twice, or negative");
            }
            let (le, others): (Labels, Labels) = labels.into_iter().partition(|(key, _)| key == "le");
            match (suffix, le.first()) {
                ("_bucket", Some((_, end))) => {
                    let end = if end == "+Inf" { f64::INFINITY } else { end.parse().map_err(|_| line)? };
                    buckets.entry(others).or_default().push((end, value));
                }
                ("_bucket", None) => return wrong("a bucket without its end"),
                ("_count", _) => drop(counts.insert(others, value)),
                _ => {}
            }
        }
    }
    for (labels, buckets) in buckets {
        let rising = buckets.windows(2).all(|two| two[0].0 < two[1].0 && two[0].1 <= two[1].1);
        let last = buckets.last().copied();
        if !rising || last != counts.get(&labels).map(|count| (f64::INFINITY, *count)) {
            return Err(format!("buckets of {labels:?} do not rise to their count: {buckets:?}"));
        }
    }
    Ok(families.len())
}

/// `name{key="value",...} number`.
fn sample(line: &str) -> Result<(String, Labels, f64), String> {
    let wrong = |what: &str| format!("{what}: {line}");
    let end = line.find(['{', ' ']).ok_or_else(|| wrong("no value"))?;
    let (name, mut rest) = line.split_at(end);
    if !is_name(name) {
        return Err(wrong("no name"));
    }
    let mut labels = Vec::new();
    if let Some(inside) = rest.strip_prefix('{') {
        rest = inside;
        loop {
            let (key, value) = rest.split_once("=\"").ok_or_else(|| wrong("no label"))?;
            let (value, after) = quoted(value).ok_or_else(|| wrong("no end of a label"))?;
            if !is_name(key) || labels.iter().any(|(known, _)| known == key) {
                return Err(wrong("a label without a name, or twice"));
            }
            labels.push((key.to_owned(), value));
            rest = after;
            if let Some(more) = rest.strip_prefix(',') {
                rest = more;
            } else {
                rest = rest.strip_prefix('}').ok_or_else(|| wrong("no end of the labels"))?;
                break;
            }
        }
    }
    let value = rest.strip_prefix(' ').and_then(|value| value.parse::<f64>().ok());
    let value = value.filter(|value| value.is_finite()).ok_or_else(|| wrong("no number"))?;
    Ok((name.to_owned(), labels, value))
}

/// A label's value up to its quote, and what follows.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut signs = text.char_indices();
    while let Some((at, sign)) = signs.next() {
        match sign {
            '"' => return Some((value, &text[at + 1..])),
            '\\' => value.push(match signs.next()?.1 {
                'n' => '\n',
                escaped @ ('\\' | '"') => escaped,
                _ => return None,
            }),
            sign => value.push(sign),
        }
    }
    None
}

fn is_name(text: &str) -> bool {
    let first = text.chars().next().is_some_and(|sign| sign.is_ascii_lowercase() || sign == '_');
    first && text.chars().all(|sign| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == '_')
}

#[test]
fn what_is_wrong_does_not_pass() {
    let head = "# HELP a_total x\n# TYPE a_total counter\n";
    assert_eq!(read(&format!("{head}a_total{{b=\"c\\\"d\"}} 1\na_total 2\n")), Ok(1));
    for wrong in [
        "a_total x\n",
        "a_total{b=c} 1\n",
        "a_total{b=\"c} 1\n",
        "a_total -1\n",
        "b_total 1\n",
        "a_total NaN\n",
        "a_total 1\na_total 1\n",
        "a_total{b=\"c\",b=\"d\"} 1\n",
        "a_total 1",
        "a_total{b=\"\\x\"} 1\n",
    ] {
        assert!(read(&format!("{head}{wrong}")).is_err(), "{wrong}");
    }
    assert!(read("a 1\n").is_err() && read("# HELP a x\n# TYPE a counter\na 1\n").is_err());
    let bars = "# HELP h x\n# TYPE h histogram\nh_bucket{le=\"1\"} 2\nh_bucket{le=\"+Inf\"} 3\nh_sum 4\n";
    assert_eq!(read(&format!("{bars}h_count 3\n")), Ok(1));
    assert!(read(&format!("{bars}h_count 4\n")).is_err());
}
