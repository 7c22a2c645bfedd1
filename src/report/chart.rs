//! One kind of drawing for all charts: axes, ticks and curves by plotters, colours that follow the reader's scheme.
//!
//! Colours are written into the SVG as its light scheme; [`style`] tells a browser the dark ones and the dashes,
//! so that nothing is told by colour alone. What can be pointed at carries its words in a `<title>`.

use std::fmt::{self, Write as _};

use plotters::{
    chart::{ChartBuilder, ChartContext, SeriesLabelPosition},
    coord::{Shift, types::RangedCoordf64},
    drawing::{DrawingArea, DrawingAreaErrorKind, IntoDrawingArea as _},
    element::{Circle, PathElement, Polygon, Rectangle},
    prelude::{Cartesian2d, SVGBackend},
    series::LineSeries,
    style::{Color as _, IntoFont as _, ShapeStyle, TextStyle, WHITE},
};

use super::ink::dashes;
pub use super::ink::{Ink, style};
use crate::ui::words::tame;

/// Points of one curve at most; more could not be told apart on paper.
const MOST_POINTS: usize = 700;

/// The shape of a mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Up.
    Up,
    /// Down.
    Down,
    /// Neither.
    Dot,
}

/// A point of a chart that can be pointed at.
#[derive(Clone, Debug)]
pub struct Mark {
    /// Where.
    pub at: (f64, f64),
    /// Its form.
    pub shape: Shape,
    /// Its colour.
    pub ink: Ink,
    /// Half its width in pixels.
    pub radius: f64,
    /// What it says.
    pub words: String,
}

/// A filled stretch that can be pointed at.
#[derive(Clone, Debug)]
pub struct Block {
    /// Lower left corner.
    pub from: (f64, f64),
    /// Upper right corner.
    pub to: (f64, f64),
    /// Its colour.
    pub ink: Ink,
    /// What it says.
    pub words: String,
    /// A word printed after it.
    pub label: String,
}

/// A curve.
#[derive(Clone, Debug)]
pub struct Curve {
    /// Its name, printed beside it; empty where a key outside the chart tells it.
    pub name: String,
    /// What it is drawn with.
    pub ink: Ink,
    /// Its points, from left to right.
    pub points: Vec<(f64, f64)>,
}

/// One axis.
pub struct Axis<'a> {
    /// Its ends.
    pub range: (f64, f64),
    /// What it counts.
    pub name: &'a str,
    /// How a value is written.
    pub words: &'a dyn Fn(f64) -> String,
    /// Ticks wanted at most.
    pub ticks: usize,
    /// Pixels for its words.
    pub room: u32,
}

/// A chart.
pub struct Chart<'a> {
    /// What it shows, for those who cannot see it.
    pub title: &'a str,
    /// Pixels high; all are equally wide.
    pub height: u32,
    /// Left to right.
    pub x: Axis<'a>,
    /// Bottom to top.
    pub y: Axis<'a>,
    /// Intervals: left to right along the lower ends and the upper ends.
    pub bands: Vec<Vec<(f64, f64, f64)>>,
    /// Level lines not to be crossed.
    pub lines: Vec<f64>,
    /// Curves.
    pub curves: Vec<Curve>,
    /// Filled stretches.
    pub blocks: Vec<Block>,
    /// Marks, above all else.
    pub marks: Vec<Mark>,
}

impl<'a> Chart<'a> {
    /// Pixels wide.
    pub const WIDTH: u32 = 760;

    /// An empty chart.
    pub fn new(title: &'a str, height: u32, x: Axis<'a>, y: Axis<'a>) -> Self {
        let (bands, lines, curves) = (Vec::new(), Vec::new(), Vec::new());
        Self { title, height, x, y, bands, lines, curves, blocks: Vec::new(), marks: Vec::new() }
    }

    /// As an SVG element.
    ///
    /// # Errors
    /// Memory cannot hold it; nothing else can go wrong with a string.
    pub fn svg(&self) -> Result<String, fmt::Error> {
        let mut svg = String::new();
        let overlay = {
            let root = SVGBackend::with_string(&mut svg, (Self::WIDTH, self.height)).into_drawing_area();
            let overlay = self.draw(&root).map_err(|_| fmt::Error)?;
            root.present().map_err(|_| fmt::Error)?;
            overlay
        };
        let size = format!("<svg width=\"{}\" height=\"{}\"", Self::WIDTH, self.height);
        let named = format!("<svg role=\"img\" aria-label=\"{}\"", escaped(self.title));
        let body = svg.trim_end().trim_end_matches("</svg>").replacen(&size, &named, 1);
        Ok(format!("{}{overlay}</svg>\n", compact(&body)))
    }

    fn draw(
        &self,
        root: &DrawingArea<SVGBackend<'_>, Shift>,
    ) -> Result<String, DrawingAreaErrorKind<std::io::Error>> {
        let mut builder = ChartBuilder::on(root);
        let mut plot = builder
            .margin_top(8)
            .margin_right(34)
            .x_label_area_size(self.x.room)
            .y_label_area_size(self.y.room)
            .build_cartesian_2d(span(self.x.range), span(self.y.range))?;
        let ink = Ink::Text.colour();
        let words = || TextStyle::from(("sans-serif", 16).into_font()).color(&ink);
        let mut mesh = plot.configure_mesh();
        mesh.light_line_style(WHITE.mix(0.0))
            .bold_line_style(Ink::Grid.colour())
            .axis_style(Ink::Text.colour())
            .label_style(words())
            .axis_desc_style(words())
            .max_light_lines(0)
            .x_labels(self.x.ticks)
            .y_labels(self.y.ticks);
        let (x_words, y_words) = (|x: &f64| (self.x.words)(*x), |y: &f64| (self.y.words)(*y));
        mesh.x_label_formatter(&x_words).y_label_formatter(&y_words);
        if !self.x.name.is_empty() {
            mesh.x_desc(self.x.name);
        }
        if !self.y.name.is_empty() {
            mesh.y_desc(self.y.name);
        }
        mesh.draw()?;
        for band in &self.bands {
            let upper = band.iter().map(|(x, _, high)| (*x, *high));
            let lower = band.iter().rev().map(|(x, low, _)| (*x, *low));
            let outline: Vec<(f64, f64)> = upper.chain(lower).collect();
            plot.draw_series([Polygon::new(outline, Ink::Band.colour().filled())])?;
        }
        for line in &self.lines {
            let ends = vec![(self.x.range.0, *line), (self.x.range.1, *line)];
            plot.draw_series([PathElement::new(ends, stroke(Ink::Limit, 1))])?;
        }
        for block in &self.blocks {
            plot.draw_series([Rectangle::new([block.from, block.to], block.ink.colour().filled())])?;
        }
        for curve in &self.curves {
            let style = stroke(curve.ink, 2);
            let drawn = plot.draw_series(LineSeries::new(thinned(&curve.points), style))?;
            if !curve.name.is_empty() {
                drawn.label(&curve.name).legend(move |(x, y)| PathElement::new([(x, y), (x + 30, y)], style));
            }
            if let [only] = curve.points.as_slice() {
                plot.draw_series([Circle::new(*only, 3, curve.ink.colour().filled())])?;
            }
        }
        if self.curves.iter().any(|curve| !curve.name.is_empty()) {
            plot.configure_series_labels()
                .position(SeriesLabelPosition::UpperRight)
                .legend_area_size(40)
                .background_style(WHITE.mix(0.85))
                .label_font(words())
                .draw()?;
        }
        Ok(self.overlay(&plot))
    }

    /// What can be pointed at; plotters gives the places.
    fn overlay(
        &self,
        plot: &ChartContext<'_, SVGBackend<'_>, Cartesian2d<RangedCoordf64, RangedCoordf64>>,
    ) -> String {
        let mut text = String::new();
        for block in &self.blocks {
            let (left, top) = plot.backend_coord(&(block.from.0, block.to.1));
            let (right, bottom) = plot.backend_coord(&(block.to.0, block.from.1));
            let width = (right - left).max(1);
            if !block.words.is_empty() {
                let _ = write!(
                    text,
                    "<rect x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"{}\" fill=\"{}\"><title>{}</title></rect>",
                    (bottom - top).max(1),
                    block.ink.hex(),
                    escaped(&block.words)
                );
            }
            if !block.label.is_empty() {
                let _ = write!(
                    text,
                    "<text x=\"{}\" y=\"{}\" dy=\"0.35em\" font-size=\"12\" font-family=\"sans-serif\" fill=\"{}\">{}</text>",
                    right + 5,
                    i32::midpoint(top, bottom),
                    Ink::Text.hex(),
                    escaped(&block.label)
                );
            }
        }
        for mark in &self.marks {
            let (x, y) = plot.backend_coord(&mark.at);
            let r = mark.radius.round() as i32;
            let path = match mark.shape {
                Shape::Up => format!("M{} {}h{}l-{r} -{}z", x - r, y + r, 2 * r, 2 * r),
                Shape::Down => format!("M{} {}h{}l-{r} {}z", x - r, y - r, 2 * r, 2 * r),
                Shape::Dot => format!("M{} {y}a{r} {r} 0 1 0 {} 0a{r} {r} 0 1 0 -{} 0z", x - r, 2 * r, 2 * r),
            };
            let title = if mark.words.is_empty() {
                String::new()
            } else {
                format!("<title>{}</title>", escaped(&mark.words))
            };
            let _ = write!(text, "<path d=\"{path}\" fill=\"{}\">{title}</path>", mark.ink.hex());
        }
        text
    }
}

fn stroke(ink: Ink, width: u32) -> ShapeStyle {
    ink.colour().stroke_width(width)
}

/// Charts one below the other as a file of its own, with a title. In the light scheme only: the paper is white.
///
/// # Errors
/// As for [`Chart::svg`].
pub fn sheet(title: &str, charts: &[Chart<'_>]) -> Result<String, fmt::Error> {
    let mut body = String::new();
    let mut below = 40;
    for chart in charts {
        let _ = write!(
            body,
            "<text x=\"8\" y=\"{}\" fill=\"{}\">{}</text>",
            below + 14,
            Ink::Text.hex(),
            escaped(chart.title)
        );
        let place = format!(
            "<svg x=\"0\" y=\"{}\" width=\"{}\" height=\"{}\"",
            below + 20,
            Chart::WIDTH,
            chart.height
        );
        body += &chart.svg()?.replacen("<svg", &place, 1);
        below += chart.height + 40;
    }
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {below}\" font-family=\"sans-serif\" \
         font-size=\"13\"><style>{}</style><rect width=\"100%\" height=\"100%\" fill=\"white\"/>\
         <text x=\"8\" y=\"24\" font-size=\"16\" fill=\"{}\">{}</text>\n{body}</svg>\n",
        Chart::WIDTH,
        dashes(),
        Ink::Text.hex(),
        escaped(title)
    ))
}

/// A range that is one, whatever it is given.
fn span((from, to): (f64, f64)) -> std::ops::Range<f64> {
    let from = if from.is_finite() { from } else { 0.0 };
    from..if to.is_finite() && to > from { to } else { from + 1.0 }
}

/// The largest of each stretch where there are too many.
fn thinned(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let most = |part: &[(f64, f64)]| part.iter().copied().max_by(|a, b| a.1.total_cmp(&b.1));
    points.chunks(points.len().div_ceil(MOST_POINTS).max(1)).filter_map(most).collect()
}

/// Points as steps: each value holds until the next.
pub fn steps(points: &[(f64, f64)], end: f64) -> Vec<(f64, f64)> {
    let mut out = Vec::with_capacity(points.len() * 2 + 1);
    for (place, (x, y)) in points.iter().enumerate() {
        out.push((*x, *y));
        out.push((points.get(place + 1).map_or(end, |next| next.0).max(*x), *y));
    }
    out
}

/// Text as it may stand in an element or a quoted attribute; control characters are shown, not kept.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in tame(text).chars() {
        match letter {
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '&' => out += "&amp;",
            '"' => out += "&quot;",
            '\'' => out += "&#39;",
            _ => out.push(letter),
        }
    }
    out
}

/// Leaves out what says nothing: plotters states an opacity of 1 for everything.
fn compact(svg: &str) -> String {
    svg.replace(" opacity=\"1\"", "").replace(" stroke-width=\"1\"", "")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(value: f64) -> String {
        format!("{value:.0}")
    }

    fn axis(range: (f64, f64)) -> Axis<'static> {
        Axis { range, name: "<x>", words: &plain, ticks: 5, room: 30 }
    }

    #[test]
    fn words_cannot_leave_their_place() {
        let mut chart = Chart::new("a\"><script>", 200, axis((0.0, 10.0)), axis((0.0, 10.0)));
        let words = "</title><script>alert(1)</script>".to_owned();
        chart.marks.push(Mark { at: (1.0, 1.0), shape: Shape::Up, ink: Ink::First, radius: 4.0, words });
        let svg = chart.svg().unwrap();
        assert!(!svg.contains("<script") && svg.contains("&lt;script&gt;"), "{svg}");
        assert!(svg.starts_with("<svg role=\"img\"") && svg.trim_end().ends_with("</svg>"), "{svg}");
        assert!(svg.contains("&lt;x&gt;"), "the axis has its name: {svg}");
    }

    #[test]
    fn odd_numbers_draw_something() {
        for range in [(0.0, 0.0), (f64::NAN, 1.0), (0.0, f64::INFINITY)] {
            let mut chart = Chart::new("t", 100, axis(range), axis(range));
            chart.curves.push(Curve {
                name: "c".to_owned(),
                ink: Ink::First,
                points: vec![(0.0, 0.0), (0.5, 0.5)],
            });
            assert!(chart.svg().is_ok(), "{range:?}");
        }
        assert_eq!(steps(&[(0.0, 1.0), (2.0, 3.0)], 5.0), [(0.0, 1.0), (2.0, 1.0), (2.0, 3.0), (5.0, 3.0)]);
    }

    #[test]
    fn many_points_are_thinned_to_their_largest() {
        let mut points: Vec<(f64, f64)> = (0..10_000).map(|at| (f64::from(at), 1.0)).collect();
        points[5003].1 = 9.0;
        let thin = thinned(&points);
        assert!(thin.len() <= MOST_POINTS && thin.iter().any(|point| point.1 > 8.0));
    }
}
