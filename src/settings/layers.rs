//! Layers of settings, laid over one another; the lowest one is the list of known keys.

use std::collections::BTreeMap;

use toml::{Table, Value};

use super::{Settings, SettingsError};

/// Keys under which any name may stand.
const FREE_TABLES: [&str; 2] = ["plan.domain_map", "mover.environment"];

/// Settings being put together.
#[derive(Clone, Debug)]
pub struct Layers {
    known: Table,
    merged: Table,
}

impl Layers {
    /// Begins with the profile that names every key.
    ///
    /// # Errors
    /// When it is not TOML.
    pub fn new(profile: &str) -> Result<Self, SettingsError> {
        let known = parse("the default profile", profile)?;
        Ok(Self { merged: known.clone(), known })
    }

    /// Lays a settings file over what is there.
    ///
    /// # Errors
    /// Not TOML, or an unknown key.
    pub fn file(&mut self, name: &str, text: &str) -> Result<(), SettingsError> {
        let table = parse(name, text)?;
        self.lay(name, table)
    }

    /// `ZMPACE_SOURCE_HOST=...` for `source.host`. Variables that match no setting are left alone: some
    /// are not settings, and the environment is not ours.
    ///
    /// # Errors
    /// A value that cannot be read.
    pub fn environment(&mut self, variables: &BTreeMap<String, String>) -> Result<(), SettingsError> {
        let mut leaves = Vec::new();
        collect_leaves(&self.known, "", &mut leaves);
        for (key, default) in leaves {
            let name = format!("ZMPACE_{}", key.replace('.', "_").to_uppercase());
            if let Some(text) = variables.get(&name) {
                let value = read_as(&default, text);
                self.lay(&format!("${name}"), nest(&key, value))?;
            }
        }
        Ok(())
    }

    /// `key=value` as typed.
    ///
    /// # Errors
    /// No `=`, or an unknown key.
    pub fn pair(&mut self, layer: &str, pair: &str) -> Result<(), SettingsError> {
        let Some((key, text)) = pair.split_once('=') else {
            return Err(SettingsError::Syntax {
                layer: layer.to_owned(),
                cause: format!("`{pair}` is not KEY=VALUE"),
            });
        };
        let key = key.trim();
        let default = find(&self.known, key).cloned().unwrap_or(Value::String(String::new()));
        self.lay(layer, nest(key, read_as(&default, text.trim())))
    }

    /// A flag of ours; its key is known to exist.
    pub fn flag(&mut self, key: &str, value: Value) {
        merge(&mut self.merged, nest(key, value));
    }

    /// Checks the whole and gives it its types.
    ///
    /// # Errors
    /// A value of the wrong type or out of range, with its key.
    pub fn settle(self) -> Result<Settings, SettingsError> {
        serde_path_to_error::deserialize(Value::Table(self.merged)).map_err(|error| SettingsError::Value {
            key: error.path().to_string(),
            cause: error.into_inner().to_string().trim().to_owned(),
        })
    }

    fn lay(&mut self, layer: &str, table: Table) -> Result<(), SettingsError> {
        check_keys(layer, &self.known, &table, "")?;
        merge(&mut self.merged, table);
        Ok(())
    }
}

fn parse(layer: &str, text: &str) -> Result<Table, SettingsError> {
    text.parse().map_err(|error: toml::de::Error| SettingsError::Syntax {
        layer: layer.to_owned(),
        cause: error.to_string().trim().to_owned(),
    })
}

fn check_keys(layer: &str, known: &Table, given: &Table, path: &str) -> Result<(), SettingsError> {
    for (key, value) in given {
        let full = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        match (known.get(key), value) {
            (None, _) => {
                let suggestion = nearest(key, known.keys())
                    .map(|near| if path.is_empty() { near.clone() } else { format!("{path}.{near}") });
                return Err(SettingsError::Unknown { layer: layer.to_owned(), key: full, suggestion });
            }
            // An enum such as `limit = { fixed = 5 }` has other keys than its default; its type knows them.
            (Some(Value::Table(inner)), Value::Table(given))
                if !FREE_TABLES.contains(&full.as_str()) && full != "law.limit" =>
            {
                check_keys(layer, inner, given, &full)?;
            }
            _ => {}
        }
    }
    Ok(())
}

fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a String>) -> Option<&'a String> {
    known
        .map(|candidate| (strsim::jaro_winkler(word, candidate), candidate))
        .filter(|(likeness, _)| *likeness > 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}

fn merge(base: &mut Table, over: Table) {
    for (key, value) in over {
        match (base.get_mut(&key), value) {
            (Some(Value::Table(inner)), Value::Table(over)) if key != "limit" => merge(inner, over),
            (_, value) => {
                base.insert(key, value);
            }
        }
    }
}

fn nest(key: &str, value: Value) -> Table {
    let (first, rest) = key.split_once('.').unwrap_or((key, ""));
    let value = if rest.is_empty() { value } else { Value::Table(nest(rest, value)) };
    Table::from_iter([(first.to_owned(), value)])
}

fn find<'a>(table: &'a Table, key: &str) -> Option<&'a Value> {
    match key.split_once('.') {
        None => table.get(key),
        Some((first, rest)) => find(table.get(first)?.as_table()?, rest),
    }
}

fn collect_leaves(table: &Table, path: &str, leaves: &mut Vec<(String, Value)>) {
    for (key, value) in table {
        let full = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        match value {
            Value::Table(inner) if full != "law.limit" => collect_leaves(inner, &full, leaves),
            value => leaves.push((full, value.clone())),
        }
    }
}

/// Text as a value of the default's kind; a list may be written `a,b`.
fn read_as(default: &Value, text: &str) -> Value {
    match default {
        Value::String(_) => Value::String(text.trim_matches('"').to_owned()),
        Value::Array(_) if !text.starts_with('[') => {
            Value::Array(text.split(',').map(|item| Value::String(item.trim().to_owned())).collect())
        }
        _ => format!("v = {text}")
            .parse::<Table>()
            .ok()
            .and_then(|mut table| table.remove("v"))
            .unwrap_or_else(|| Value::String(text.to_owned())),
    }
}
