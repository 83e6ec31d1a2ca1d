//! A canvas as sharp as the screen, and the colours of the style sheet.

use super::raster::{Raster, Rgb};
use plotters::style::RGBColor;
use std::cell::RefCell;
use wasm_bindgen::{Clamped, JsCast};
use web_sys::{CanvasRenderingContext2d, Element, HtmlCanvasElement, HtmlElement, ImageData};

/// The size of the page's text where nobody chose another, CSS pixels.
const USUAL_TEXT: f64 = 16.0;

/// A canvas and its size.
pub struct Surface {
    /// The element.
    pub canvas: HtmlCanvasElement,
    /// What draws on it; its units are CSS pixels.
    pub context: CanvasRenderingContext2d,
    /// Width in CSS pixels.
    pub width: f64,
    /// Height in CSS pixels.
    pub height: f64,
    /// Device pixels a CSS pixel.
    pub density: f64,
}

impl Surface {
    /// The surface of a canvas; `None` in a browser that has none to give.
    pub fn new(canvas: HtmlCanvasElement) -> Option<Self> {
        let context = canvas.get_context("2d").ok()??.dyn_into().ok()?;
        Some(Self { canvas, context, width: 0.0, height: 0.0, density: 0.0 })
    }

    /// Takes the size of its place in the page. True when it changed, and the canvas is empty.
    pub fn fit(&mut self, width: f64, height: f64, density: f64) -> bool {
        if (self.width, self.height, self.density) == (width, height, density) {
            return false;
        }
        (self.width, self.height, self.density) = (width, height, density);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "pixels of a screen")]
        let device = |css: f64| (css * density).round().max(1.0) as u32;
        self.canvas.set_width(device(width));
        self.canvas.set_height(device(height));
        true
    }

    /// Empties it and makes CSS pixels its unit.
    pub fn clear(&self) {
        // These fail only for numbers that are not finite.
        let _ = self.context.set_transform(self.density, 0.0, 0.0, self.density, 0.0, 0.0);
        self.context.clear_rect(0.0, 0.0, self.width, self.height);
    }

    /// Shows a picture of its own size in the place of what it shows.
    pub fn show(&self, raster: &Raster) {
        let (width, _) = raster.size();
        let width = u32::try_from(width).unwrap_or(u32::MAX);
        // It fails for a picture without pixels only, of which nothing can be seen.
        if let Ok(image) = ImageData::new_with_u8_clamped_array(Clamped(raster.pixels()), width) {
            let _ = self.context.put_image_data(&image, 0.0, 0.0);
        }
    }
}

/// Reads colours of the style sheet. A custom property with two themes in it has no value of its own:
/// an element must wear it. Asking the browser has it work out styles and places anew, so what it said is kept.
pub struct Palette {
    probe: HtmlElement,
    known: RefCell<Vec<(&'static str, String, Rgb)>>,
}

impl Palette {
    /// A palette that reads what applies at `place`.
    pub fn at(place: &Element) -> Option<Self> {
        let probe: HtmlElement = place.owner_document()?.create_element("i").ok()?.dyn_into().ok()?;
        probe.set_hidden(true);
        place.append_child(&probe).ok()?;
        Some(Self { probe, known: RefCell::default() })
    }

    /// The theme may have changed: colours are read anew.
    pub fn forget(&self) {
        self.known.borrow_mut().clear();
    }

    /// The colour of a custom property, as CSS writes it.
    pub fn css(&self, property: &'static str) -> String {
        self.read(property, |css, _| css.to_owned())
    }

    /// The colour of a custom property, for plotters.
    pub fn plotters(&self, property: &'static str) -> RGBColor {
        let [red, green, blue] = self.rgb(property);
        RGBColor(red, green, blue)
    }

    /// The colour of a custom property.
    pub fn rgb(&self, property: &'static str) -> Rgb {
        self.read(property, |_, rgb| rgb)
    }

    fn read<T>(&self, property: &'static str, take: impl FnOnce(&str, Rgb) -> T) -> T {
        let mut known = self.known.borrow_mut();
        if let Some((_, css, rgb)) = known.iter().find(|(name, ..)| *name == property) {
            return take(css, *rgb);
        }
        // Set through the object model, which the content security policy allows.
        let _ = self.probe.style().set_property("color", &format!("var({property})"));
        let css = self.computed("color");
        let rgb = parts(&css);
        let taken = take(&css, rgb);
        known.push((property, css, rgb));
        taken
    }

    /// The page's font family.
    pub fn font(&self) -> String {
        self.computed("font-family")
    }

    /// How much larger text is than usual: on the wall it is sized by the screen.
    pub fn text_scale(&self) -> f64 {
        let root = leptos::prelude::document().document_element();
        let style = root.and_then(|root| leptos::prelude::window().get_computed_style(&root).ok().flatten());
        let size = style.and_then(|style| style.get_property_value("font-size").ok());
        let size = size.and_then(|size| size.trim_end_matches("px").parse::<f64>().ok());
        size.map_or(1.0, |size| (size / USUAL_TEXT).clamp(0.5, 8.0))
    }

    fn computed(&self, property: &str) -> String {
        let style = leptos::prelude::window().get_computed_style(&self.probe).ok().flatten();
        style.and_then(|style| style.get_property_value(property).ok()).unwrap_or_default()
    }
}

/// Red, green and blue of a colour as CSS writes it.
fn parts(css: &str) -> Rgb {
    let mut parts = css.split(|c: char| !c.is_ascii_digit() && c != '.').filter_map(|part| part.parse::<f64>().ok());
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a float to u8 saturates")]
    let mut next = || parts.next().unwrap_or(128.0) as u8;
    [next(), next(), next()]
}
