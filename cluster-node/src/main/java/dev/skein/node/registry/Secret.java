package dev.skein.node.registry;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * A text that no log line may show: its {@link #toString()} is always the same.
 *
 * @param value the text itself
 */
public record Secret(@JsonValue String value) {
    /** Jackson's way in: a secret is a plain text on the wire and in the journal. */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public Secret {}

    @Override
    public String toString() {
        return "***";
    }
}
