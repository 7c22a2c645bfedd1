//! Which mailboxes can be moved: the source's accounts held against the destination's. Pure.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    fmt,
};

use super::{directory::Listed, error::MoveError};
use crate::control::{event::Failure, sample::Side};

/// What was asked for.
#[derive(Clone, Debug, Default)]
pub struct Wish {
    /// Source address and, where given, destination address; none = everybody.
    pub accounts: Option<Vec<(String, Option<String>)>>,
    /// Left out.
    pub exclude: HashSet<String>,
    /// Source domain to destination domain.
    pub domain_map: BTreeMap<String, String>,
}

/// One mailbox of the plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// Address on the source.
    pub source: String,
    /// Address on the destination.
    pub target: String,
    /// `zimbraId` on the source.
    pub source_id: String,
    /// The source's mail store it lives on.
    pub mail_host: String,
    /// Bytes it uses there.
    pub bytes: u64,
    /// Why it cannot be moved, if so.
    pub obstacle: Option<Obstacle>,
    /// What may go wrong although it can.
    pub warning: Option<Warning>,
}

/// What may go wrong although a mailbox can be moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Warning {
    /// Its quota on the destination is smaller than it.
    Quota {
        /// What the destination allows, in bytes.
        quota: u64,
        /// What the source holds.
        bytes: u64,
    },
}

impl fmt::Display for Warning {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::Quota { quota, bytes } = self;
        write!(out, "its quota of {quota} bytes on the destination is too small for {bytes} bytes")
    }
}

/// Why a mailbox cannot be moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// It was asked for, but the source has no such account.
    MissingOnSource,
    /// The destination has no such account.
    MissingOnDestination,
    /// Maintenance forbids the export.
    SourceShut(String),
    /// Its status forbids the import.
    DestinationShut(String),
}

impl Obstacle {
    /// In words, with the side.
    pub fn cause(&self, planned: &Planned) -> String {
        self.error(planned).to_string()
    }

    /// The next command to type.
    pub fn next(&self, planned: &Planned) -> String {
        match self {
            Self::MissingOnSource => "correct the list of accounts, then `zmpace run`".to_owned(),
            _ => self.error(planned).next(),
        }
    }

    /// As a failure of that mailbox.
    pub fn failure(&self, planned: &Planned) -> Failure {
        Failure { next: self.next(planned), ..self.error(planned).failure() }
    }

    fn error(&self, planned: &Planned) -> MoveError {
        let shut = |side, account: &str, status: &str| MoveError::AccountShut {
            side,
            account: account.to_owned(),
            cause: format!("its status is {status}"),
        };
        let (source, target) = (&planned.source, &planned.target);
        match self {
            Self::MissingOnSource => MoveError::NoSuchAccount { side: Side::Source, account: source.clone() },
            Self::MissingOnDestination => {
                MoveError::NoSuchAccount { side: Side::Destination, account: target.clone() }
            }
            Self::SourceShut(status) => shut(Side::Source, source, status),
            Self::DestinationShut(status) => shut(Side::Destination, target, status),
        }
    }
}

impl Wish {
    /// The destination's address for a source address.
    pub fn target_of(&self, source: &str) -> String {
        match source.rsplit_once('@') {
            Some((name, domain)) => match self.domain_map.get(domain) {
                Some(mapped) => format!("{name}@{mapped}"),
                None => source.to_owned(),
            },
            None => source.to_owned(),
        }
    }
}

/// Reads a list of accounts: one address a line, or `source,target`; `#` begins a comment.
///
/// # Errors
/// The first line that is neither, with its number.
pub fn parse_accounts(text: &str) -> Result<Vec<(String, Option<String>)>, String> {
    let mut accounts = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let line = line.split('#').next().unwrap_or_default().trim().trim_start_matches('\u{feff}');
        if line.is_empty() || (at == 0 && line.starts_with("source")) {
            continue;
        }
        let mut fields = line.split(',').map(|field| field.trim().trim_matches('"').to_lowercase());
        let source = fields.next().unwrap_or_default();
        let target = fields.next().filter(|field| !field.is_empty());
        for address in [Some(&source), target.as_ref()].into_iter().flatten() {
            if !is_address(address) {
                return Err(format!("line {}: `{address}` is not an address", at + 1));
            }
        }
        accounts.push((source, target));
    }
    Ok(accounts)
}

fn is_address(text: &str) -> bool {
    let plain = |part: &str| {
        !part.is_empty() && !part.chars().any(|c| c.is_whitespace() || c.is_control() || c == '/')
    };
    matches!(text.split_once('@'), Some((name, domain)) if plain(name) && plain(domain) && !domain.contains('@'))
}

/// The mailboxes asked for, each with what stands in its way.
pub fn join(source: Vec<Listed>, destination: &[Listed], wish: &Wish) -> Vec<Planned> {
    let there: HashMap<&str, &Listed> =
        destination.iter().map(|account| (account.address.as_str(), account)).collect();
    let chosen: Vec<(Listed, Option<String>, bool)> = match &wish.accounts {
        None => source.into_iter().map(|account| (account, None, true)).collect(),
        Some(list) => {
            let mut known: HashMap<String, Listed> =
                source.into_iter().map(|account| (account.address.clone(), account)).collect();
            let mut seen = HashSet::new();
            list.iter()
                .filter(|(address, _)| seen.insert(address.clone()))
                .map(|(address, target)| match known.remove(address) {
                    Some(account) => (account, target.clone(), true),
                    None => (Listed { address: address.clone(), ..Listed::default() }, target.clone(), false),
                })
                .collect()
        }
    };
    let wanted = chosen.into_iter().filter(|(account, ..)| !wish.exclude.contains(&account.address));
    wanted.map(|(account, target, exists)| plan_one(account, target, exists, &there, wish)).collect()
}

fn plan_one(
    account: Listed,
    target: Option<String>,
    exists: bool,
    there: &HashMap<&str, &Listed>,
    wish: &Wish,
) -> Planned {
    let target = target.unwrap_or_else(|| wish.target_of(&account.address));
    let found = there.get(target.as_str());
    let obstacle = if !exists {
        Some(Obstacle::MissingOnSource)
    } else if account.status == "maintenance" {
        Some(Obstacle::SourceShut(account.status.clone()))
    } else {
        match found {
            None => Some(Obstacle::MissingOnDestination),
            Some(listed) if listed.status == "maintenance" => {
                Some(Obstacle::DestinationShut(listed.status.clone()))
            }
            Some(_) => None,
        }
    };
    let warning = found
        .filter(|listed| listed.quota > 0 && listed.used + account.used > listed.quota)
        .map(|listed| Warning::Quota { quota: listed.quota, bytes: account.used });
    Planned {
        source: account.address,
        target,
        source_id: account.id,
        mail_host: account.mail_host,
        bytes: account.used,
        obstacle,
        warning,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(address: &str, used: u64, quota: u64) -> Listed {
        Listed { address: address.into(), status: "active".into(), used, quota, ..Listed::default() }
    }

    #[test]
    fn what_is_missing_or_too_small_is_told_before_the_run() {
        let source = vec![listed("ann@a", 50, 0), listed("bob@a", 500, 0), listed("cid@a", 1, 0)];
        let destination = [listed("ann@b", 0, 0), listed("bob@b", 0, 100)];
        let wish = Wish { domain_map: BTreeMap::from([("a".into(), "b".into())]), ..Wish::default() };
        let plan = join(source, &destination, &wish);
        assert_eq!((plan[0].target.as_str(), &plan[0].obstacle), ("ann@b", &None));
        assert!(plan[1].obstacle.is_none() && plan[1].warning.unwrap().to_string().contains("quota"));
        assert_eq!(plan[2].obstacle, Some(Obstacle::MissingOnDestination));
        assert!(plan[2].obstacle.as_ref().unwrap().cause(&plan[2]).contains("cid@b"));
    }

    #[test]
    fn a_list_chooses_renames_and_names_the_unknown_once() {
        let list = parse_accounts("source,target\n# pilot\nann@a, eve@b\nghost@a\nghost@a\n\n").unwrap();
        let wish = Wish { accounts: Some(list), ..Wish::default() };
        let plan = join(vec![listed("ann@a", 1, 0), listed("bob@a", 1, 0)], &[listed("eve@b", 0, 0)], &wish);
        assert_eq!(plan.len(), 2);
        assert_eq!((plan[0].target.as_str(), &plan[0].obstacle), ("eve@b", &None));
        assert_eq!(plan[1].obstacle, Some(Obstacle::MissingOnSource));
    }

    #[test]
    fn lines_that_are_no_addresses_are_refused_with_their_number() {
        assert!(parse_accounts("ann@a\nnobody\n").unwrap_err().contains("line 2"));
        assert!(parse_accounts("a/b@c").is_err());
        assert!(parse_accounts("a@b@c").is_err());
    }
}
