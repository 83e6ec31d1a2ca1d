//! The font that comes along for letters that Helvetica has not: DejaVu Sans Condensed, cut down to Latin, Greek and
//! Cyrillic letters and common signs (`font/`, with its licence; made with `pyftsubset --no-hinting --layout-features=`).
//! A document has in it only the letters that it uses.

use pdf_writer::types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap};
use pdf_writer::{Finish, Name, Pdf, Rect, Ref, Str};
use std::collections::BTreeMap;
use std::sync::LazyLock;
use subsetter::GlyphRemapper;
use ttf_parser::{Face, GlyphId};

static BYTES: &[u8] = include_bytes!("font/DejaVuSansCondensed.ttf");
static FACE: LazyLock<Face<'static>> =
    LazyLock::new(|| Face::parse(BYTES, 0).expect("the font that comes along can be read"));

/// Its name in a document; the letters before it say that it is a part of a font.
const NAME: Name<'static> = Name(b"FOREWA+DejaVuSansCondensed");
const SYSTEM: SystemInfo<'static> = SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Identity"), supplement: 0 };

/// Thousandths of the size.
fn thousandths(units: f32) -> f32 {
    units * 1_000.0 / f32::from(FACE.units_per_em())
}

/// How wide a letter is, in thousandths of the size; none where the font has it not.
pub(super) fn width(letter: char) -> Option<f32> {
    FACE.glyph_index(letter).map(glyph_width)
}

fn glyph_width(glyph: GlyphId) -> f32 {
    thousandths(f32::from(FACE.glyph_hor_advance(glyph).unwrap_or_default()))
}

/// The letters that a document uses.
#[derive(Default)]
pub(super) struct Used {
    glyphs: GlyphRemapper,
    /// What each stands for, by its number in the document.
    letters: BTreeMap<u16, char>,
}

impl Used {
    /// The bytes of a letter in the document, of those that the font has.
    pub(super) fn bytes(&mut self, letter: char) -> [u8; 2] {
        let glyph = FACE.glyph_index(letter).unwrap_or_default();
        let number = self.glyphs.remap(glyph.0);
        self.letters.insert(number, letter);
        number.to_be_bytes()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.letters.is_empty()
    }

    /// Writes the font with these letters under the number `font`; `next` gives more numbers.
    pub(super) fn write(&self, pdf: &mut Pdf, font: Ref, mut next: impl FnMut() -> Ref) {
        let (cid, descriptor, file, unicode) = (next(), next(), next(), next());
        let part = subsetter::subset(BYTES, 0, &self.glyphs).expect("the font that comes along can be cut");
        pdf.type0_font(font)
            .base_font(NAME)
            .encoding_predefined(Name(b"Identity-H"))
            .descendant_font(cid)
            .to_unicode(unicode);
        let mut cid_font = pdf.cid_font(cid);
        cid_font
            .subtype(CidFontType::Type2)
            .base_font(NAME)
            .system_info(SYSTEM)
            .font_descriptor(descriptor)
            .cid_to_gid_map_predefined(Name(b"Identity"));
        cid_font.widths().consecutive(0, self.glyphs.remapped_gids().map(|glyph| glyph_width(GlyphId(glyph))));
        cid_font.finish();
        let bounds = FACE.global_bounding_box();
        let [left, bottom, right, top] =
            [bounds.x_min, bounds.y_min, bounds.x_max, bounds.y_max].map(|units| thousandths(f32::from(units)));
        pdf.font_descriptor(descriptor)
            .name(NAME)
            .flags(FontFlags::SYMBOLIC)
            .bbox(Rect::new(left, bottom, right, top))
            .italic_angle(0.0)
            .ascent(thousandths(f32::from(FACE.ascender())))
            .descent(thousandths(f32::from(FACE.descender())))
            .cap_height(730.0)
            .stem_v(80.0)
            .font_file2(file);
        pdf.stream(file, &part).pair(Name(b"Length1"), i32::try_from(part.len()).unwrap_or(i32::MAX));
        let mut map = UnicodeCmap::new(Name(b"Letters"), SYSTEM);
        self.letters.iter().for_each(|(number, letter)| map.pair(*number, *letter));
        pdf.cmap(unicode, &map.finish());
    }
}
