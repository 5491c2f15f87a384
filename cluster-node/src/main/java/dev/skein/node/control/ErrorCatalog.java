package dev.skein.node.control;

import com.fasterxml.jackson.core.type.TypeReference;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What {@code openapi/errors.json} says of each {@link ErrorCode}. */
final class ErrorCatalog {
    static final String RESOURCE = "/openapi/errors.json";

    private static final Map<ErrorCode, Entry> ENTRIES = load();

    private ErrorCatalog() {}

    /** HTTP status of an error. */
    static int status(ErrorCode code) {
        return Objects.requireNonNull(ENTRIES.get(code)).status();
    }

    /** All entries in the order of the file. */
    static List<Entry> read() {
        try (InputStream in = Objects.requireNonNull(ErrorCatalog.class.getResourceAsStream(RESOURCE), RESOURCE)) {
            return Json.MAPPER.readValue(in, new TypeReference<List<Entry>>() {});
        } catch (IOException e) {
            throw new UncheckedIOException(RESOURCE, e);
        }
    }

    private static Map<ErrorCode, Entry> load() {
        Map<ErrorCode, Entry> entries = new EnumMap<>(ErrorCode.class);
        List<Entry> read = read();
        for (ErrorCode code : ErrorCode.values()) {
            entries.put(
                    code,
                    read.stream()
                            .filter(entry -> entry.code().equals(code.text()))
                            .findFirst()
                            .orElseThrow(() -> new IllegalStateException(RESOURCE + ": no entry " + code.text())));
        }
        return entries;
    }

    /**
     * One error.
     *
     * @param code stable code
     * @param status HTTP status
     * @param description what it means
     * @param help what to do about it
     */
    record Entry(String code, int status, String description, String help) {}
}
