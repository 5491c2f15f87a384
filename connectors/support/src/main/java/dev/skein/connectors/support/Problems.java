package dev.skein.connectors.support;

import dev.skein.connectors.api.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Collects what is wrong with settings, one line for each. */
public final class Problems {
    private final Settings settings;
    private final List<String> lines = new ArrayList<>();

    /** @param settings what is looked at */
    public Problems(Settings settings) {
        this.settings = settings;
    }

    /** Names the keys that are not among these. */
    public Problems keys(Set<String> known) {
        for (String key : new TreeSet<>(settings.values().keySet())) {
            if (!known.contains(key)) {
                lines.add(settings.path() + "." + key + ": unknown key (expected: one of "
                        + String.join(", ", new TreeSet<>(known)) + ")");
            }
        }
        return this;
    }

    /** Expects at least one {@code host:port} at the key. */
    public Problems addresses(String key) {
        List<String> addresses = settings.texts(key);
        if (addresses.isEmpty()) {
            add(key, "nothing", "at least one host:port");
        }
        addresses.stream().filter(address -> !isAddress(address)).forEach(address -> add(key, address, "host:port"));
        return this;
    }

    /** Expects both keys or neither. Their values are secrets and not repeated. */
    public Problems together(String one, String other) {
        boolean hasOne = settings.text(one).filter(text -> !text.isBlank()).isPresent();
        boolean hasOther = settings.text(other).filter(text -> !text.isBlank()).isPresent();
        if (hasOne != hasOther) {
            String missing = hasOne ? other : one;
            add(missing, "nothing", "a value, since " + (hasOne ? one : other) + " is set");
        }
        return this;
    }

    /** Runs what throws {@link IllegalArgumentException} for a wrong value, such as {@link Settings#number}. */
    public Problems reads(Runnable reading) {
        try {
            reading.run();
        } catch (IllegalArgumentException e) {
            lines.add(Reasons.line(String.valueOf(e.getMessage())));
        }
        return this;
    }

    /** Says that the value of a key is not as expected. */
    public Problems add(String key, String value, String expected) {
        lines.add(settings.path() + "." + key + " = " + value + " (expected: " + expected + ")");
        return this;
    }

    /** What was found. */
    public List<String> lines() {
        return List.copyOf(lines);
    }

    /** @throws IllegalArgumentException with all that was found, when something was */
    public void refuse() {
        if (!lines.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", lines));
        }
    }

    private static boolean isAddress(String address) {
        int colon = address.lastIndexOf(':');
        try {
            int port = Integer.parseInt(address.substring(colon + 1));
            return colon > 0 && port > 0 && port <= 65_535;
        } catch (NumberFormatException e) {
            return false;
        }
    }
}
