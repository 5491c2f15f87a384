package dev.skein.node.net;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigValueType;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Where a listener listens, as its key {@code host} says: one address or name, or several.
 *
 * @param words as configured, one at least
 */
public record Hosts(List<String> words) {
    private static final String LOCALHOST = "localhost";
    private static final String LOOPBACK_4 = "127.0.0.1";
    private static final String LOOPBACK_6 = "::1";
    private static final Pattern LOOPBACK =
            Pattern.compile("localhost|127(\\.\\d{1,3}){3}|::1|\\[::1]", Pattern.CASE_INSENSITIVE);

    /** Copies the words. */
    public Hosts {
        words = List.copyOf(words);
    }

    /**
     * Reads {@code host} of a section: a list, or text with commas.
     *
     * @param path full key of the section
     * @throws IllegalArgumentException naming the key when it is empty or neither
     */
    public static Hosts from(String path, Config section) {
        List<String> raw = switch (section.getValue("host").valueType()) {
            case LIST -> section.getStringList("host");
            case STRING, NUMBER, BOOLEAN -> List.of(section.getString("host").split(",", -1));
            case OBJECT, NULL -> List.of();
        };
        List<String> words = raw.stream().map(String::strip).toList();
        if (words.isEmpty() || words.contains("")) {
            String shown = section.getValue("host").valueType() == ConfigValueType.LIST
                    ? "" + words
                    : '"' + String.join(",", words) + '"';
            throw new IllegalArgumentException(
                    "%s.host: %s (expected: an address or a list of addresses, not empty)".formatted(path, shown));
        }
        return new Hosts(words);
    }

    /**
     * The addresses and names to bind, in their order, each once: {@code localhost} is 127.0.0.1 and, where the machine
     * has it, ::1.
     */
    public List<String> toBind() {
        Set<String> all = new LinkedHashSet<>();
        for (String word : words) {
            if (word.equalsIgnoreCase(LOCALHOST)) {
                all.add(LOOPBACK_4);
                if (hasLoopback6()) {
                    all.add(LOOPBACK_6);
                }
            } else {
                all.add(word.startsWith("[") && word.endsWith("]") ? word.substring(1, word.length() - 1) : word);
            }
        }
        return new ArrayList<>(all);
    }

    /** Whether only this machine reaches it: {@code localhost}, 127.0.0.0/8 and {@code ::1}. */
    public boolean isLoopback() {
        return words.stream().allMatch(Hosts::isLoopback);
    }

    /** Whether {@code host}, an address or a name, is this machine alone. */
    public static boolean isLoopback(String host) {
        return LOOPBACK.matcher(host).matches();
    }

    private static boolean hasLoopback6() {
        try {
            return NetworkInterface.getByInetAddress(InetAddress.ofLiteral(LOOPBACK_6)) != null;
        } catch (SocketException e) {
            throw new UncheckedIOException("the addresses of this machine cannot be read", e);
        }
    }

    /** The words, parted by commas. */
    @Override
    public String toString() {
        return String.join(",", words);
    }
}
