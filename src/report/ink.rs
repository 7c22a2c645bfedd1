//! The colours and dashes of all charts: written into an SVG as its light scheme, with rules for the dark one.

use std::fmt::Write as _;

use plotters::style::RGBColor;

/// What something is drawn with: a colour for either scheme and a dash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    /// Words.
    Text,
    /// Grid.
    Grid,
    /// The first curve, solid.
    First,
    /// The second, dashed.
    Second,
    /// The third, dotted.
    Third,
    /// The fourth.
    Fourth,
    /// The fifth.
    Fifth,
    /// A line not to be crossed, and whatever went wrong.
    Limit,
    /// An interval.
    Band,
}

impl Ink {
    const ALL: [Self; 9] = [
        Self::Text,
        Self::Grid,
        Self::First,
        Self::Second,
        Self::Third,
        Self::Fourth,
        Self::Fifth,
        Self::Limit,
        Self::Band,
    ];
    /// Those of curves, in order.
    pub const CURVES: [Self; 5] = [Self::First, Self::Second, Self::Third, Self::Fourth, Self::Fifth];

    /// Light scheme, dark scheme, dashes.
    const fn look(self) -> ((u8, u8, u8), &'static str, &'static str) {
        match self {
            Self::Text => ((0x22, 0x27, 0x2e), "#e6eaf0", ""),
            Self::Grid => ((0xd5, 0xda, 0xe1), "#3a424e", ""),
            Self::First => ((0x1f, 0x63, 0xa8), "#7db7f5", ""),
            Self::Second => ((0xa8, 0x47, 0x0b), "#ffae70", "7 4"),
            Self::Third => ((0x6b, 0x3f, 0xa0), "#c5a3f2", "2 3"),
            Self::Fourth => ((0x1e, 0x6b, 0x3c), "#7fd6a0", "1 5"),
            Self::Fifth => ((0x75, 0x58, 0x00), "#e0c060", "14 3 3 3"),
            Self::Limit => ((0xb0, 0x00, 0x20), "#ff8a95", "12 4"),
            Self::Band => ((0xc3, 0xd9, 0xef), "#2c4763", ""),
        }
    }

    pub(super) const fn colour(self) -> RGBColor {
        let (red, green, blue) = self.look().0;
        RGBColor(red, green, blue)
    }

    /// As plotters writes it.
    pub fn hex(self) -> String {
        let (red, green, blue) = self.look().0;
        format!("#{red:02X}{green:02X}{blue:02X}")
    }
}

/// The rules a page (or a lone SVG) needs once: dashes, and the dark scheme.
pub fn style() -> String {
    let mut dark = String::new();
    for ink in Ink::ALL {
        let (hex, (_, other, _)) = (ink.hex(), ink.look());
        let _ = write!(dark, "svg [stroke=\"{hex}\"]{{stroke:{other}}}svg [fill=\"{hex}\"]{{fill:{other}}}");
    }
    format!("{}@media screen and (prefers-color-scheme:dark){{{dark}}}", dashes())
}

/// The rules for dashes alone.
pub(super) fn dashes() -> String {
    let rule = |ink: Ink| match ink.look().2 {
        "" => String::new(),
        dashes => format!("svg [stroke=\"{}\"]{{stroke-dasharray:{dashes}}}", ink.hex()),
    };
    Ink::ALL.map(rule).concat()
}
