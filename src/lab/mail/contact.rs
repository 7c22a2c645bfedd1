//! Made-up contacts; some have no e-mail address, some share their name with another.

use super::{Dice, items::Item, names};

/// A contact's fields, sorted by name as the server stores them.
pub(super) fn fields(item: &Item) -> Vec<(&'static str, String)> {
    let mut dice = Dice::new(item.seed, 0x636f_6e74);
    let (first, last) = names::display(item.from.0, item.from.1);
    let mut fields = Vec::new();
    if dice.once_in(4) {
        fields.push(("company", format!("{last} & Sons")));
    }
    if !dice.once_in(7) {
        fields.push(("email", format!("{}.{}{}@partner.example", item.from.0, item.from.1, item.index)));
    }
    fields.push(("firstName", first.clone()));
    fields.push(("fullName", format!("{first} {last}")));
    fields.push(("lastName", last));
    if dice.once_in(2) {
        fields.push(("mobilePhone", format!("+49 170 {:07}", dice.below(10_000_000))));
    }
    fields
}

/// What it is filed as.
pub(super) fn file_as(item: &Item) -> String {
    let (first, last) = names::display(item.from.0, item.from.1);
    format!("{last}, {first}")
}
