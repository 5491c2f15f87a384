package dev.skein.node.trace;

import dev.skein.node.registry.TraceRules;
import java.util.List;

/** Tells which clients of an instance are recorded. Immutable. */
final class Chosen {
    private static final int SPREAD = 0x9E3779B9;
    private static final int HALF = 16;

    private final boolean all;
    private final List<String[]> patterns;
    private final int sample;

    Chosen(TraceRules rules) {
        this.all = rules.mode() == TraceRules.Mode.ALL;
        this.patterns = rules.mode() == TraceRules.Mode.CLIENTS
                ? rules.clients().stream()
                        .map(pattern -> pattern.split("\\*", -1))
                        .toList()
                : List.of();
        this.sample = rules.mode() == TraceRules.Mode.SAMPLED ? rules.sample() : 0;
    }

    /** Whether what has no client is recorded. */
    boolean hasAll() {
        return all;
    }

    /** Whether that client is. */
    boolean has(String clientId) {
        if (all) {
            return true;
        }
        if (clientId.isEmpty()) {
            return false;
        }
        if (sample > 0) {
            int hash = clientId.hashCode() * SPREAD; // of the text alone: the same on each node
            return Integer.remainderUnsigned(hash ^ (hash >>> HALF), sample) == 0;
        }
        for (String[] pattern : patterns) {
            if (matches(pattern, clientId)) {
                return true;
            }
        }
        return false;
    }

    /** Whether {@code text} is made of {@code parts} with anything between them. */
    private static boolean matches(String[] parts, String text) {
        String first = parts[0];
        if (parts.length == 1) {
            return text.equals(first);
        }
        String last = parts[parts.length - 1];
        int end = text.length() - last.length();
        if (end < first.length() || !text.startsWith(first) || !text.endsWith(last)) {
            return false;
        }
        int from = first.length();
        for (int i = 1; i < parts.length - 1; i++) {
            int at = text.indexOf(parts[i], from);
            if (at < 0 || at + parts[i].length() > end) {
                return false;
            }
            from = at + parts[i].length();
        }
        return true;
    }
}
