//! What a terminal can show: bars, curves and rules in Unicode or ASCII, with or without colour. Pure.

use ratatui::style::{Color, Modifier, Style};

use super::words::tame;

/// What a terminal can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ink {
    /// Whether its locale is UTF-8.
    pub unicode: bool,
    /// Whether colour is welcome.
    pub colour: bool,
}

/// Signs of a curve, lowest first.
const STEPS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const PLAIN_STEPS: [char; 8] = ['_', '.', ',', '-', '~', '=', '*', '#'];

impl Ink {
    /// By the locale's variables, the strongest first, and whether colour is welcome.
    #[must_use]
    pub fn of(locale: [Option<&str>; 3], colour: bool) -> Self {
        let told = locale.into_iter().flatten().find(|value| !value.is_empty()).unwrap_or_default();
        let unicode = told.to_ascii_lowercase().replace('-', "").contains("utf8");
        Self { unicode, colour }
    }

    /// Any text, made safe and made to fit the locale.
    #[must_use]
    pub fn text(self, text: &str) -> String {
        let text = tame(text);
        if self.unicode {
            return text;
        }
        let mut out = String::with_capacity(text.len());
        for sign in text.chars() {
            match sign {
                '→' => out.push_str("->"),
                '×' => out.push('x'),
                '·' => out.push('-'),
                '≤' => out.push_str("<="),
                sign if sign.is_ascii() => out.push(sign),
                _ => out.push('?'),
            }
        }
        out
    }

    /// At most so many columns, with a sign at the end where something is missing.
    #[must_use]
    pub fn fit(self, text: &str, width: usize) -> String {
        let text = self.text(text);
        if text.chars().count() <= width {
            return text;
        }
        let (more, room) = if self.unicode { ("…", 1) } else { ("..", 2) };
        text.chars().take(width.saturating_sub(room)).chain(more.chars()).take(width).collect()
    }

    /// A bar of so many cells with its lines drawn over it: `####..|..!.`.
    #[must_use]
    pub fn bar(self, width: usize, value: f64, line: f64, critical: Option<f64>) -> String {
        let (full, bare, soft, hard) =
            if self.unicode { ('█', '░', '│', '┃') } else { ('#', '.', '|', '!') };
        let cell = |share: f64| (share.clamp(0.0, 1.0) * width as f64).round() as usize;
        let filled = cell(value);
        let at = |share: f64| cell(share).min(width.saturating_sub(1));
        let (soft_at, hard_at) = (at(line), critical.map(at));
        let sign = |place: usize| match place {
            _ if hard_at == Some(place) => hard,
            _ if place == soft_at => soft,
            _ if place < filled => full,
            _ => bare,
        };
        (0..width).map(sign).collect()
    }

    /// The last so many points of a curve between 0 and 1.
    #[must_use]
    pub fn curve(self, points: &[f32], width: usize) -> String {
        let steps = if self.unicode { STEPS } else { PLAIN_STEPS };
        let shown = &points[points.len().saturating_sub(width)..];
        let sign = |point: &f32| steps[((point.clamp(0.0, 1.0) * 8.0) as usize).min(7)];
        let curve: String = shown.iter().map(sign).collect();
        format!("{curve:>width$}")
    }

    /// A heading with a rule to the end of the line.
    #[must_use]
    pub fn heading(self, words: &str, width: usize) -> String {
        let stroke = if self.unicode { '─' } else { '-' };
        let words = self.fit(words, width.saturating_sub(4));
        let rest = width.saturating_sub(words.chars().count() + 4);
        let rule: String = std::iter::repeat_n(stroke, rest).collect();
        format!("{stroke}{stroke} {words} {rule}")
    }

    /// For a reading over its soft line, or a state that wants a look.
    #[must_use]
    pub fn warn(self) -> Style {
        let style = Style::new().add_modifier(Modifier::BOLD);
        if self.colour { style.fg(Color::Yellow) } else { style }
    }

    /// For a reading over its critical line, or a failure.
    #[must_use]
    pub fn bad(self) -> Style {
        let style = Style::new().add_modifier(Modifier::BOLD);
        if self.colour { style.fg(Color::Red) } else { style.add_modifier(Modifier::REVERSED) }
    }

    /// For what is well.
    #[must_use]
    pub fn good(self) -> Style {
        if self.colour { Style::new().fg(Color::Green) } else { Style::new() }
    }

    /// For headings and labels.
    #[must_use]
    pub fn faint(self) -> Style {
        if self.colour { Style::new().fg(Color::Cyan) } else { Style::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_variable_that_says_something_decides() {
        let unicode = |all, ctype, lang| Ink::of([all, ctype, lang], true).unicode;
        assert!(unicode(None, None, Some("id_ID.UTF-8")) && unicode(Some(""), Some("C.utf8"), Some("C")));
        assert!(!unicode(Some("C"), None, Some("en_US.UTF-8")) && !unicode(None, None, None));
    }

    #[test]
    fn without_unicode_everything_is_ascii() {
        let ink = Ink { unicode: false, colour: false };
        assert_eq!(ink.text("6 → 7 ×1.5 \u{1b}[2J ü"), "6 -> 7 x1.5 ?[2J ?");
        assert_eq!(ink.bar(10, 0.5, 0.8, Some(0.94)), "#####...|!");
        assert_eq!(ink.curve(&[0.0, 0.5, 1.0], 5), "  _~#");
        assert_eq!((ink.fit("abcdef", 4), ink.fit("abcd", 4)), ("ab..".into(), "abcd".into()));
        assert_eq!(ink.heading("workers", 16), "-- workers -----");
    }

    #[test]
    fn a_line_stays_visible_in_a_full_bar() {
        let ink = Ink { unicode: true, colour: true };
        assert_eq!(ink.bar(10, 1.0, 0.8, Some(0.94)), "████████│┃");
        assert_eq!(ink.bar(0, 1.0, 0.8, None), "");
    }
}
