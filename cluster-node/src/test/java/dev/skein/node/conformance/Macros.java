package dev.skein.node.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Named packets ({@code @connect(id)}, inside the byte notation) and named steps ({@code sub join}). {@code $1} to
 * {@code $9} stand for the arguments, {@code $c} for the name of the connection.
 */
record Macros(Map<String, String> packets, Map<String, List<String>> steps) {
    private static final Pattern CALL = Pattern.compile("@([a-z0-9-]+)(?:\\(([^)]*)\\))?");
    private static final Pattern OPEN = Pattern.compile("\\$[1-9c]");

    /** Replaces every call of a named packet. */
    String expandPackets(String notation) {
        String text = notation;
        for (Matcher call = CALL.matcher(text); call.find(); call = CALL.matcher(text)) {
            String name = call.group(1);
            String body = packets.get(name);
            if (body == null) {
                throw new IllegalArgumentException("packet: @" + name + " (expected: one of " + packets.keySet() + ")");
            }
            List<String> arguments =
                    call.group(2) == null ? List.of() : List.of(call.group(2).split(",", -1));
            text = text.substring(0, call.start()) + fill(body, "", arguments) + text.substring(call.end());
        }
        return text;
    }

    /** The plain steps that {@code step} stands for; itself when it is plain. */
    List<String> expandStep(String step) {
        List<String> words = List.of(step.split(" ", -1));
        List<String> body = words.size() < 2 ? null : steps.get(words.get(1));
        if (body == null) {
            return List.of(step);
        }
        List<String> expanded = new ArrayList<>();
        for (String line : body) {
            String filled = fill(line, words.get(0), words.subList(2, words.size()));
            expanded.addAll(expandStep(filled));
        }
        return expanded;
    }

    private static String fill(String body, String connection, List<String> arguments) {
        String text = body.replace("$c", connection);
        for (int i = 0; i < arguments.size(); i++) {
            text = text.replace("$" + (i + 1), arguments.get(i));
        }
        if (OPEN.matcher(text).find()) {
            throw new IllegalArgumentException("arguments: " + arguments + " (expected: one for each of " + body + ")");
        }
        return text;
    }
}
