//! Paper: pages that are filled from the top, a new one where there is no room.

use super::font::Used;
use super::text::{BOX, Sign};
use super::{EDGE, WIDE};
use pdf_writer::types::TextRenderingMode;
use pdf_writer::{Content, Finish, Name, Pdf, Rect, Ref, Str, TextStr};

/// A4, lying, points.
const PAPER: (f32, f32) = (842.0, 595.0);

/// What text and bars are drawn with.
#[derive(Debug, Clone, Copy)]
pub(super) enum Tone {
    Plain,
    Strong,
    Soft,
    Main,
    Better,
    Worse,
}

impl Tone {
    fn rgb(self) -> [f32; 3] {
        match self {
            Self::Plain | Self::Strong => [0.08, 0.09, 0.11],
            Self::Soft => [0.36, 0.39, 0.43],
            Self::Main => [0.0, 0.45, 0.70],
            Self::Better => [0.10, 0.45, 0.29],
            Self::Worse => [0.71, 0.07, 0.12],
        }
    }
}

/// Pages under way.
pub(super) struct Pages {
    title: String,
    done: Vec<Content>,
    page: Content,
    /// The base of the line that is written, from the bottom.
    y: f32,
    /// Letters in the font that comes along.
    used: Used,
    /// Whether a letter was in no font.
    has_missing: bool,
}

impl Pages {
    pub(super) fn new(title: String) -> Self {
        let (used, y) = (Used::default(), PAPER.1 - EDGE);
        Self { title, done: Vec::new(), page: Content::new(), y, used, has_missing: false }
    }

    /// Begins a new page when there is no room for this height.
    pub(super) fn room(&mut self, height: f32) {
        if self.y - height < EDGE {
            self.done.push(std::mem::replace(&mut self.page, Content::new()));
            self.y = PAPER.1 - EDGE;
        }
    }

    pub(super) fn down(&mut self, height: f32) {
        self.y -= height;
    }

    /// Text from `left` on the line that is written.
    pub(super) fn text(&mut self, left: f32, size: f32, tone: Tone, text: &str) {
        self.text_below(left, 0.0, size, tone, text);
    }

    /// Text a distance below that line.
    pub(super) fn text_below(&mut self, left: f32, below: f32, size: f32, tone: Tone, text: &str) {
        let signs: Vec<Sign> = text.chars().filter_map(Sign::of).collect();
        let is_missing = signs.contains(&Sign::Missing);
        if is_missing {
            // Who copies or searches has the letters themselves.
            self.page.begin_marked_content_with_properties(Name(b"Span")).properties().actual_text(TextStr(text));
        }
        let [red, green, blue] = tone.rgb();
        self.page.set_fill_rgb(red, green, blue).begin_text().next_line(left, self.y - below);
        for run in signs.chunk_by(|a, b| matches!(a, Sign::Western(_)) == matches!(b, Sign::Western(_))) {
            self.run(size, tone, run);
        }
        self.page.end_text();
        if is_missing {
            self.page.end_marked_content();
        }
        self.has_missing |= is_missing;
    }

    /// Signs of one font.
    fn run(&mut self, size: f32, tone: Tone, signs: &[Sign]) {
        let mut bytes = Vec::new();
        let mut is_own = false;
        for sign in signs {
            let letter = match *sign {
                Sign::Western(byte) => {
                    bytes.push(byte);
                    continue;
                }
                Sign::Own(letter) => letter,
                Sign::Missing => BOX,
            };
            is_own = true;
            bytes.extend(self.used.bytes(letter));
        }
        let is_strong = matches!(tone, Tone::Strong);
        let font: &[u8] = match (is_own, is_strong) {
            (true, _) => b"O",
            (false, true) => b"B",
            (false, false) => b"R",
        };
        // The font that comes along has one weight: a line around its letters makes them bold.
        let is_outlined = is_own && is_strong;
        if is_outlined {
            let [red, green, blue] = tone.rgb();
            self.page.set_stroke_rgb(red, green, blue).set_line_width(size * 0.035);
            self.page.set_text_rendering_mode(TextRenderingMode::FillStroke);
        }
        self.page.set_font(Name(font), size).show(Str(&bytes));
        if is_outlined {
            self.page.set_text_rendering_mode(TextRenderingMode::Fill);
        }
    }

    /// Whether a letter was in no font so far.
    pub(super) fn has_missing(&self) -> bool {
        self.has_missing
    }

    /// A thin line under the one that is written, across the page.
    pub(super) fn line(&mut self) {
        let y = self.y - 3.5;
        self.page.set_stroke_gray(0.85).set_line_width(0.5).move_to(EDGE, y).line_to(EDGE + WIDE, y).stroke();
    }

    /// A bar whose foot lies `below` the line that is written.
    pub(super) fn bar(&mut self, left: f32, below: f32, wide: f32, height: f32, tone: Tone) {
        let [red, green, blue] = tone.rgb();
        self.page.set_fill_rgb(red, green, blue).rect(left, self.y - below, wide, height).fill_nonzero();
    }

    /// The document.
    pub(super) fn finish(mut self) -> Vec<u8> {
        self.done.push(self.page);
        let mut next = 0;
        let mut id = || {
            next += 1;
            Ref::new(next)
        };
        let (catalog, tree, info, regular, bold, own) = (id(), id(), id(), id(), id(), id());
        let ids: Vec<(Ref, Ref)> = self.done.iter().map(|_| (id(), id())).collect();
        let mut pdf = Pdf::new();
        pdf.catalog(catalog).pages(tree);
        pdf.document_info(info).title(TextStr(&self.title)).producer(TextStr("Forewatch"));
        pdf.pages(tree).kids(ids.iter().map(|(page, _)| *page)).count(i32::try_from(ids.len()).unwrap_or(i32::MAX));
        for (font, name) in [(regular, &b"Helvetica"[..]), (bold, b"Helvetica-Bold")] {
            pdf.type1_font(font).base_font(Name(name)).encoding_predefined(Name(b"WinAnsiEncoding"));
        }
        if !self.used.is_empty() {
            self.used.write(&mut pdf, own, &mut id);
        }
        for ((page_id, content_id), content) in ids.iter().zip(self.done) {
            let mut page = pdf.page(*page_id);
            page.media_box(Rect::new(0.0, 0.0, PAPER.0, PAPER.1)).parent(tree).contents(*content_id);
            let mut resources = page.resources();
            let mut fonts = resources.fonts();
            fonts.pair(Name(b"R"), regular).pair(Name(b"B"), bold);
            if !self.used.is_empty() {
                fonts.pair(Name(b"O"), own);
            }
            fonts.finish();
            resources.finish();
            page.finish();
            pdf.stream(*content_id, &content.finish());
        }
        pdf.finish()
    }
}
