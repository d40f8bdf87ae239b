//! The allow-lists of element and attribute names, from the HTML, SVG 2 and MathML Core standards.
//!
//! Tables only, sorted for binary search. What is not here cannot be in a replica.

use super::AttrKind;

pub(super) fn is_html_tag(name: &str) -> bool {
    HTML.binary_search(&name).is_ok()
}

pub(super) fn is_svg_tag(name: &str) -> bool {
    SVG.binary_search(&name).is_ok()
}

pub(super) fn is_mathml_tag(name: &str) -> bool {
    MATHML.binary_search(&name).is_ok()
}

/// Elements of a page that consists of frames.
pub(super) fn is_frame(name: &str) -> bool {
    matches!(name, "frame" | "frameset")
}

/// Elements that nobody sees.
pub(super) fn is_hidden(name: &str) -> bool {
    HIDDEN.binary_search(&name).is_ok()
}

pub(super) fn attribute_kind(name: &str) -> Option<AttrKind> {
    KINDS.iter().find_map(|(kind, names)| names.binary_search(&name).is_ok().then_some(*kind))
}

/// Names with a hyphen that do have a meaning, and not a harmless one: in HTML, or in a replica,
/// whose own attributes no page may set.
pub(super) fn is_active(name: &str) -> bool {
    ACTIVE.iter().any(|active| active.eq_ignore_ascii_case(name))
}

/// Attributes whose values are addresses, or documents, or what is allowed to do something.
pub(super) fn is_address(name: &str) -> bool {
    ADDRESSES.binary_search(&name).is_ok() || name.starts_with("xmlns:")
}

#[cfg(test)]
pub(super) fn attributes() -> impl Iterator<Item = &'static str> {
    KINDS.iter().flat_map(|(_, names)| names.iter().copied())
}

#[cfg(test)]
pub(super) fn assert_sorted() {
    let tables =
        [HTML, SVG, MATHML, HIDDEN, ADDRESSES].into_iter().chain(KINDS.iter().map(|kind| kind.1));
    for table in tables {
        assert!(table.is_sorted_by(|a, b| a < b), "{table:?}");
    }
}

#[rustfmt::skip]
const HTML: &[&str] = &[
    "a", "abbr", "acronym", "address", "area", "article", "aside", "b", "bdi", "bdo", "big",
    "blockquote", "body", "br", "button", "caption", "center", "cite", "code", "col", "colgroup",
    "data", "datalist", "dd", "del", "details", "dfn", "dialog", "dir", "div", "dl", "dt", "em",
    "fieldset", "figcaption", "figure", "font", "footer", "form", "h1", "h2", "h3", "h4", "h5",
    "h6", "head", "header", "hgroup", "hr", "html", "i", "iframe", "img", "input", "ins", "kbd", "label",
    "legend", "li", "main", "map", "mark", "marquee", "menu", "meter", "nav", "nobr", "ol",
    "optgroup", "option", "output", "p", "picture", "pre", "progress", "q", "rp", "rt", "ruby",
    "s", "samp", "search", "section", "select", "slot", "small", "span", "strike", "strong",
    "style", "sub", "summary", "sup", "table", "tbody", "td", "textarea", "tfoot", "th", "thead",
    "time", "title", "tr", "tt", "u", "ul", "var", "wbr",
];

#[rustfmt::skip]
const SVG: &[&str] = &[
    "a", "circle", "clipPath", "defs", "desc", "ellipse", "feBlend", "feColorMatrix",
    "feComponentTransfer", "feComposite", "feConvolveMatrix", "feDiffuseLighting",
    "feDisplacementMap", "feDistantLight", "feDropShadow", "feFlood", "feFuncA", "feFuncB",
    "feFuncG", "feFuncR", "feGaussianBlur", "feImage", "feMerge", "feMergeNode", "feMorphology", "feOffset",
    "fePointLight", "feSpecularLighting", "feSpotLight", "feTile", "feTurbulence", "filter", "foreignObject", "g",
    "image", "line", "linearGradient", "marker", "mask", "metadata", "path", "pattern", "polygon",
    "polyline", "radialGradient", "rect", "stop", "style", "svg", "switch", "symbol", "text",
    "textPath", "title", "tspan", "use", "view",
];

#[rustfmt::skip]
const MATHML: &[&str] = &[
    "annotation", "annotation-xml", "maction", "math", "menclose", "merror", "mfenced", "mfrac",
    "mi", "mmultiscripts", "mn", "mo", "mover", "mpadded", "mphantom", "mprescripts", "mroot",
    "mrow", "ms", "mspace", "msqrt", "mstyle", "msub", "msubsup", "msup", "mtable", "mtd",
    "mtext", "mtr", "munder", "munderover", "none", "semantics",
];

#[rustfmt::skip]
const HIDDEN: &[&str] = &[
    "base", "basefont", "bgsound", "link", "meta", "noembed", "noframes", "noscript", "param",
    "script", "source", "template", "track",
];

const ACTIVE: &[&str] = &[
    "accept-charset",
    "data-saath-label",
    "data-saath-look",
    "data-saath-picture",
    "data-saath-state",
    "data-saath-withheld",
    "http-equiv",
];

const ADDRESSES: &[&str] = &[
    "action",
    "allow",
    "archive",
    "attributionsrc",
    "background",
    "classid",
    "code",
    "codebase",
    "csp",
    "data",
    "dynsrc",
    "formaction",
    "imagesrcset",
    "integrity",
    "longdesc",
    "lowsrc",
    "manifest",
    "nonce",
    "ping",
    "poster",
    "profile",
    "sandbox",
    "src",
    "srcdoc",
    "srcset",
    "xmlns",
];

const KINDS: &[(AttrKind, &[&str])] = &[
    (AttrKind::Name, NAME),
    (AttrKind::Structure, STRUCTURE),
    (AttrKind::Style, STYLE),
    (AttrKind::Data, DATA),
    (AttrKind::Seen, SEEN),
    (AttrKind::Link, LINK),
    (AttrKind::Fragment, FRAGMENT),
];

#[rustfmt::skip]
const NAME: &[&str] = &[
    "aria-activedescendant", "aria-controls", "aria-describedby", "aria-details",
    "aria-errormessage", "aria-flowto", "aria-labelledby", "aria-owns", "class", "command",
    "commandfor", "exportparts", "for", "form", "headers", "id", "is", "itemprop", "itemtype", "name",
    "part", "popovertarget", "slot",
];

#[rustfmt::skip]
const STRUCTURE: &[&str] = &[
    "accent", "accentunder", "align", "alignment-baseline", "alink", "allowfullscreen",
    "amplitude", "aria-atomic", "aria-autocomplete", "aria-busy", "aria-checked", "aria-colcount",
    "aria-colindex", "aria-colspan", "aria-current", "aria-disabled", "aria-expanded",
    "aria-haspopup", "aria-hidden", "aria-invalid", "aria-level", "aria-live", "aria-modal",
    "aria-multiline", "aria-multiselectable", "aria-orientation", "aria-posinset", "aria-pressed",
    "aria-readonly", "aria-relevant", "aria-required", "aria-rowcount", "aria-rowindex",
    "aria-rowspan", "aria-selected", "aria-setsize", "aria-sort",
    "autocomplete", "azimuth", "baseFrequency", "baseline-shift", "bgcolor", "bias",
    "border", "cellpadding", "cellspacing", "char", "charoff", "checked", "clear", "clip-rule",
    "clipPathUnits", "closedby", "color", "color-interpolation", "color-interpolation-filters", "cols",
    "colspan", "columnalign", "columnlines", "columnspacing", "compact", "contenteditable",
    "coords", "cx", "cy", "d", "depth", "diffuseConstant", "dir", "direction", "disabled",
    "display", "displaystyle", "divisor", "dominant-baseline", "draggable", "dx", "dy",
    "edgeMode", "elevation", "exponent", "face", "fence", "fill-opacity",
    "fill-rule", "filterUnits", "flood-color", "flood-opacity", "focusable", "font-family", "font-size",
    "font-size-adjust", "font-stretch", "font-style", "font-variant", "font-weight", "fr",
    "frame", "frameborder", "framespacing", "fx", "fy", "gradientTransform", "gradientUnits",
    "height", "hidden", "hspace", "image-rendering", "in", "in2", "inert",
    "intercept", "ismap", "itemscope", "k1", "k2", "k3", "k4", "kernelMatrix", "kernelUnitLength",
    "lang", "language", "largeop", "lengthAdjust", "letter-spacing", "lighting-color",
    "limitingConeAngle", "linethickness", "link", "loading", "loop", "lspace", "marginheight",
    "marginwidth", "markerHeight", "markerUnits", "markerWidth", "maskContentUnits", "maskUnits",
    "mathbackground", "mathcolor", "mathsize", "mathvariant", "maxlength", "maxsize",
    "minlength", "minsize", "mode", "movablelimits", "multiple", "muted", "nohref", "noshade",
    "notation", "novalidate", "nowrap", "numOctaves", "offset", "opacity", "open", "operator",
    "order", "orient", "overflow", "paint-order", "pathLength", "patternContentUnits",
    "patternTransform", "patternUnits", "pointer-events", "points", "pointsAtX", "pointsAtY",
    "pointsAtZ", "popover", "popovertargetaction", "preserveAlpha", "preserveAspectRatio", "primitiveUnits", "r",
    "radius", "readonly", "refX", "refY", "rel", "required", "result", "reversed", "role",
    "rotate", "rowalign", "rowlines", "rows", "rowspacing", "rowspan", "rspace", "rules", "rx",
    "ry", "scale", "scope", "scoped", "scriptlevel", "scrolling", "seed", "selected", "separator", "shape",
    "shape-rendering", "size", "slope", "spacing", "span", "specularConstant", "specularExponent",
    "spellcheck", "spreadMethod", "start", "startOffset", "stdDeviation", "stitchTiles",
    "stop-color", "stop-opacity", "stretchy", "stroke-dasharray", "stroke-dashoffset",
    "stroke-linecap", "stroke-linejoin", "stroke-miterlimit", "stroke-opacity", "stroke-width",
    "surfaceScale", "symmetric", "systemLanguage", "tabindex", "tableValues", "targetX",
    "targetY", "text", "text-anchor", "text-decoration", "text-rendering", "textLength",
    "transform", "transform-origin", "translate", "type", "unicode-bidi", "valign", "values",
    "vector-effect", "version", "viewBox", "visibility", "vlink", "voffset", "vspace", "width",
    "word-spacing", "wrap", "writing-mode", "x", "x1", "x2", "xChannelSelector", "xml:lang",
    "xml:space", "y", "y1", "y2", "yChannelSelector", "z",
];

#[rustfmt::skip]
const STYLE: &[&str] = &[
    "clip-path", "cursor", "fill", "filter", "marker-end", "marker-mid", "marker-start", "mask",
    "stroke", "style",
];

#[rustfmt::skip]
const DATA: &[&str] = &[
    "abbr", "accept", "accesskey", "alt", "aria-braillelabel",
    "aria-brailleroledescription", "aria-description", "aria-keyshortcuts", "aria-label",
    "aria-placeholder", "aria-roledescription", "aria-valuemax", "aria-valuemin",
    "aria-valuenow", "aria-valuetext", "autocapitalize", "autocorrect", "axis", "cite",
    "content", "datetime", "default", "enterkeyhint", "high", "hreflang", "inputmode",
    "itemid", "itemref", "kind", "list", "low", "max", "media", "method", "min", "optimum",
    "pattern", "sizes", "step", "summary", "target", "title", "usemap", "value",
];

const SEEN: &[&str] = &["label", "placeholder"];

const LINK: &[&str] = &["href"];

const FRAGMENT: &[&str] = &["xlink:href"];
