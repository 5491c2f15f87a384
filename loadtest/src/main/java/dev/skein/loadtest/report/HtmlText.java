package dev.skein.loadtest.report;

/** Text in HTML and SVG. */
final class HtmlText {
    private HtmlText() {}

    /** Escapes what means something in text and in quoted attributes. */
    static String of(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
