//! The built files of the site, by their hashed addresses.

/// Where the browser finds the style sheets, the script and the WASM. The server reads them from the
/// manifest made at build time and provides them as context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteFiles {
    /// Address of the style sheet.
    pub style: String,
    /// Address of the style sheet of all pages but the first.
    pub pages: String,
    /// Address of the JavaScript that loads the WASM.
    pub script: String,
    /// Address of the WASM.
    pub wasm: String,
}
