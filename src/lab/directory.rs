//! Who has an account here.

use super::{
    config::{Config, MailShape, Population},
    mail::{self, Dice, Plan, text_hash},
    mailbox::Mailbox,
};
use std::{
    collections::HashMap,
    sync::{Arc, OnceLock},
};

/// One account.
pub(super) struct Account {
    pub(super) name: String,
    pub(super) id: String,
    /// Spam and ham training, quarantine, address book synchronisation.
    pub(super) system: bool,
    pub(super) admin: bool,
    pub(super) removed: bool,
    pub(super) status: String,
    /// 0 = none.
    pub(super) quota: u64,
    /// Attributes set by requests.
    pub(super) attributes: Vec<(String, String)>,
    bytes: u64,
    equal_messages: Option<u64>,
    mailbox: OnceLock<Arc<Mailbox>>,
}

impl Account {
    /// Bytes in use; makes no mailbox.
    pub(super) fn used(&self) -> u64 {
        self.mailbox.get().map_or(self.bytes, |mailbox| mailbox.contents().bytes)
    }

    pub(super) fn has_mailbox(&self) -> bool {
        self.bytes > 0 || self.mailbox.get().is_some()
    }

    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// Sets an attribute; empty unsets it.
    pub(super) fn set(&mut self, name: &str, value: &str) {
        match name {
            "zimbraAccountStatus" => value.clone_into(&mut self.status),
            "zimbraMailQuota" => self.quota = value.parse().unwrap_or(0),
            _ => {
                self.attributes.retain(|(key, _)| !key.eq_ignore_ascii_case(name));
                if !value.is_empty() {
                    self.attributes.push((name.into(), value.into()));
                }
            }
        }
    }
}

/// All accounts.
pub(super) struct Directory {
    pub(super) accounts: Vec<Account>,
    by_text: HashMap<u64, u32>,
    pub(super) domains: Vec<String>,
    seed: u64,
    shape: MailShape,
}

impl Directory {
    pub(super) fn new(config: &Config) -> Self {
        let shape = match &config.accounts {
            Population::Generated { shape, .. } => shape.clone(),
            _ => MailShape::default(),
        };
        let mut directory = Self {
            accounts: Vec::new(),
            by_text: HashMap::new(),
            domains: vec![config.domain.clone()],
            seed: config.seed,
            shape,
        };
        match &config.accounts {
            Population::Generated { count, giant_bytes, shape, empty } => {
                directory.generate(*count, *giant_bytes, shape, *empty, &config.domain);
            }
            Population::Empty(addresses) => {
                for address in addresses {
                    directory.add(&full(address, &config.domain), 0, None);
                }
            }
            Population::Listed(list) => {
                for sized in list {
                    let least = sized.items.unwrap_or(1) * 640;
                    let bytes = if sized.bytes == 0 { 0 } else { sized.bytes.max(least) };
                    directory.add(&full(&sized.address, &config.domain), bytes, sized.items);
                }
            }
        }
        let admin = directory.add(&config.admin_name, 0, None);
        directory.accounts[admin].admin = true;
        directory
    }

    fn generate(&mut self, count: u32, giant: Option<u64>, shape: &MailShape, empty: bool, domain: &str) {
        self.accounts.reserve(count as usize + 5);
        for number in 0..count {
            let mut dice = Dice::new(self.seed, 0x7369_7a65_0000 + u64::from(number));
            let drawn = dice.log_normal(shape.median_bytes, shape.sigma) as u64;
            let bytes = match giant {
                _ if empty => 0,
                Some(giant) if number + 1 == count => giant,
                _ if dice.share() < shape.empty_share => 0,
                _ => drawn.clamp(2_000, shape.cap_bytes),
            };
            self.add(&format!("{}@{domain}", mail::person(self.seed, number)), bytes, None);
        }
        for (name, bytes) in [
            ("spam.k2p9", 9_000),
            ("ham.w7d1", 4_000),
            ("virus-quarantine.f3m8", 3_000),
            ("galsync.b5t4", 5_000),
        ] {
            let place = self.add(&format!("{name}@{domain}"), if empty { 0 } else { bytes }, None);
            self.accounts[place].system = true;
        }
    }

    /// Adds an account; its id follows from the seed and the address.
    pub(super) fn add(&mut self, address: &str, bytes: u64, equal_messages: Option<u64>) -> usize {
        let mut dice = Dice::new(self.seed ^ text_hash(address), 0x6964);
        let account = Account {
            name: address.into(),
            id: dice.uuid(),
            system: false,
            admin: false,
            removed: false,
            status: "active".into(),
            quota: 0,
            attributes: Vec::new(),
            bytes,
            equal_messages,
            mailbox: OnceLock::new(),
        };
        let place = self.accounts.len();
        self.by_text.insert(text_hash(&account.name), place as u32);
        self.by_text.insert(text_hash(&account.id), place as u32);
        self.accounts.push(account);
        place
    }

    /// By address (or its local part, in the first domain) or id.
    pub(super) fn find(&self, name_or_id: &str) -> Option<usize> {
        let lower = name_or_id.to_lowercase();
        let place = self.by_text.get(&text_hash(&lower)).or_else(|| {
            let name = full(&lower, self.domains.first()?);
            self.by_text.get(&text_hash(&name))
        })?;
        let account = &self.accounts[*place as usize];
        (!account.removed).then_some(*place as usize)
    }

    /// By address only.
    pub(super) fn find_name(&self, name: &str) -> Option<usize> {
        self.find(name).filter(|place| !self.accounts[*place].id.eq_ignore_ascii_case(name))
    }

    /// The account's mailbox, made when it has none.
    pub(super) fn mailbox(&self, place: usize) -> Arc<Mailbox> {
        let account = &self.accounts[place];
        let made = || {
            let (bytes, shape) = (account.bytes, self.shape.clone());
            Arc::new(Mailbox::new(Plan::new(self.seed, &account.name, bytes, account.equal_messages, shape)))
        };
        Arc::clone(account.mailbox.get_or_init(made))
    }

    /// Accounts that exist, in order of their making.
    pub(super) fn live(&self) -> impl Iterator<Item = &Account> {
        self.accounts.iter().filter(|account| !account.removed)
    }
}

fn full(address: &str, domain: &str) -> String {
    if address.contains('@') { address.to_lowercase() } else { format!("{address}@{domain}").to_lowercase() }
}
