package dev.skein.node.conformance;

/**
 * How a case opens a WebSocket.
 *
 * @param path request target
 * @param offer subprotocols offered, parted by commas; {@code none} for no header
 * @param selected the subprotocol that the broker must select; {@code none}: it must select none, or refuse
 */
record WebSocketOptions(String path, String offer, String selected) {
    private static final WebSocketOptions USUAL = new WebSocketOptions("/mqtt", "mqtt", "mqtt");

    /** Reads {@code path=/ offer=foo,mqtt selected=mqtt}; what is not there is usual. */
    static WebSocketOptions parse(String text) {
        WebSocketOptions options = USUAL;
        for (String word : text.strip().split(" ", -1)) {
            String value = word.substring(word.indexOf('=') + 1);
            options = switch (word.substring(0, Math.max(0, word.indexOf('=')))) {
                case "path" -> new WebSocketOptions(value, options.offer, options.selected);
                case "offer" -> new WebSocketOptions(options.path, value, options.selected);
                case "selected" -> new WebSocketOptions(options.path, options.offer, value);
                case "" -> options;
                default -> throw new IllegalArgumentException("option: " + word + " (expected: path, offer, selected)");
            };
        }
        return options;
    }

    /** Whether the broker's answer is the one wanted. */
    boolean agree(WebSocketConnection connection) {
        return "none".equals(selected)
                ? !connection.isOpen() || connection.selected() == null
                : connection.isOpen() && selected.equals(connection.selected());
    }
}
