//! Numbers as people read them.

use std::time::Duration;

/// `0 B`, `812 B`, `1.4 MB`, `52 GB`: powers of ten, as disks and links are sold.
pub fn bytes(count: u64) -> String {
    const UNITS: [&str; 6] = ["B", "kB", "MB", "GB", "TB", "PB"];
    let mut value = count as f64;
    let mut unit = 0;
    while value >= 999.5 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    if unit == 0 || value >= 99.5 {
        format!("{value:.0} {}", UNITS[unit])
    } else {
        format!("{value:.1} {}", UNITS[unit])
    }
}

/// `8 s`, `3 min 20 s`, `2 h 05 min`, `1 d 4 h`.
pub fn span(duration: Duration) -> String {
    let s = duration.as_secs();
    match s {
        0..60 => format!("{s} s"),
        60..3600 => format!("{} min {:02} s", s / 60, s % 60),
        3600..86_400 => format!("{} h {:02} min", s / 3600, s / 60 % 60),
        _ => format!("{} d {} h", s / 86_400, s / 3600 % 24),
    }
}

/// `1,234,567`.
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Text from a mailbox or a server made safe to show: control characters, and signs that turn the direction of
/// writing so that a name looks like another, are shown, not obeyed.
pub fn tame(text: &str) -> String {
    let turns = |c: char| matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars().map(|c| if c.is_control() || turns(c) { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_people_write_them() {
        assert_eq!(
            [0, 999, 1_000, 1_449_000, 99_960_000_000].map(bytes),
            ["0 B", "999 B", "1.0 kB", "1.4 MB", "100 GB"]
        );
        assert_eq!([0, 12, 999, 1_000, 1_234_567].map(count), ["0", "12", "999", "1,000", "1,234,567"]);
        assert_eq!(
            [5, 200, 7500, 100_000].map(|s| span(Duration::from_secs(s))),
            ["5 s", "3 min 20 s", "2 h 05 min", "1 d 3 h"]
        );
        assert_eq!(tame("a\u{1b}[31m\u{202e}b\u{85}\u{61c}"), "a\u{fffd}[31m\u{fffd}b\u{fffd}\u{fffd}");
    }
}
