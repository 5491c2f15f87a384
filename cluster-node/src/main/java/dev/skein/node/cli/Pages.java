package dev.skein.node.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of the commands that list, and the reading of one page or of all. */
final class Pages {
    private static final String AFTER = "after";
    private static final String LIMIT = "limit";
    private static final String NEXT = "next";
    private static final String UNANSWERED = "unanswered";
    private static final int PAGE_MAX = 1000;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "100",
            description = "Entries at the most, 1 and more (default: ${DEFAULT-VALUE}).")
    private int limit;

    @Option(names = "--after", paramLabel = "CURSOR", description = "Go on where a former list ended.")
    private @Nullable String after;

    /** As many pages as it takes, as one answer: the entries and the {@code next} of the last page. */
    JsonNode read(ApiClient client, String path, String entries, Map<String, String> query) {
        if (limit < 1) {
            throw new CliUsage("--limit: %d (expected: 1 and more)".formatted(limit));
        }
        ObjectNode all = ApiClient.MAPPER.createObjectNode();
        ArrayNode found = all.putArray(entries);
        String next = after;
        do {
            Map<String, String> asked = new LinkedHashMap<>(query);
            asked.put(LIMIT, Integer.toString(Math.min(PAGE_MAX, limit - found.size())));
            if (next != null) {
                asked.put(AFTER, next);
            }
            JsonNode page = client.get(path, asked);
            page.path(entries).forEach(found::add);
            all.set(NEXT, page.path(NEXT));
            if (!page.path(UNANSWERED).isEmpty() || (!all.has(UNANSWERED) && page.has(UNANSWERED))) {
                all.set(UNANSWERED, page.path(UNANSWERED));
            }
            next = page.path(NEXT).isNull() ? null : page.path(NEXT).asText();
        } while (next != null && found.size() < limit);
        return all;
    }

    /** The table's lines, and how to go on. */
    static List<String> withNext(Table table, JsonNode answer) {
        List<String> lines = new ArrayList<>(table.lines());
        JsonNode next = answer.path(NEXT);
        if (!next.isNull() && !next.isMissingNode()) {
            lines.add("more: --after " + quoted(Table.printable(next.asText())));
        }
        return lines;
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }
}
