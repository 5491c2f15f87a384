package dev.skein.loadtest.scenario;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.ToIntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Text with placeholders: {@code {run}}, {@code {n}} (number of the client in its group), {@code {client}},
 * {@code {device}} (what stands behind {@code @@@}), {@code {to}} and {@code {to.n}} (the addressed client),
 * {@code {t}} (topic number). Numbers may be {@code {n%5}}, {@code {n/5}}, {@code {n%rooms}}, {@code {n/rooms}} with a
 * group's count.
 */
public final class Template {
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{([a-z.]+)(?:([%/])([A-Za-z0-9_-]+))?}");
    private static final String SEPARATOR = "@@@";

    private final List<Part> parts;

    private Template(List<Part> parts) {
        this.parts = parts;
    }

    private record Part(String kind, String text, char operator, int operand) {}

    /** Who a template is filled in for. */
    public record Names(String run, int n, String client, int toN, String to, int t) {}

    /**
     * Reads a template.
     *
     * @param allowed names of placeholders that make sense there
     * @param count how many clients a group has; below 1 for a name that no group has
     * @throws IllegalArgumentException with what was expected
     */
    public static Template of(String text, Set<String> allowed, ToIntFunction<String> count) {
        List<Part> parts = new ArrayList<>();
        Matcher found = PLACEHOLDER.matcher(text);
        int at = 0;
        while (found.find()) {
            literal(parts, text.substring(at, found.start()), text);
            at = found.end();
            String kind = found.group(1);
            if (!allowed.contains(kind)) {
                throw new IllegalArgumentException("{" + kind + "} (expected: one of "
                        + String.join(", ", allowed.stream().sorted().toList()) + ")");
            }
            String operator = found.group(2);
            if (operator == null) {
                parts.add(new Part(kind, "", ' ', 1));
            } else {
                String operand = found.group(3);
                int number = Character.isDigit(operand.charAt(0)) ? number(operand) : count.applyAsInt(operand);
                if (number < 1) {
                    throw new IllegalArgumentException(found.group() + " (expected: a number from 1 or a group)");
                }
                parts.add(new Part(kind, "", operator.charAt(0), number));
            }
        }
        literal(parts, text.substring(at), text);
        return new Template(parts);
    }

    private static int number(String digits) {
        try {
            return Integer.parseInt(digits);
        } catch (NumberFormatException tooLong) {
            return 0;
        }
    }

    private static void literal(List<Part> parts, String text, String whole) {
        if (text.indexOf('{') >= 0 || text.indexOf('}') >= 0) {
            throw new IllegalArgumentException(whole + " (expected: placeholders such as {n} or {n%5})");
        }
        if (!text.isEmpty()) {
            parts.add(new Part("", text, ' ', 1));
        }
    }

    /** Fills it in. */
    public String fill(Names names) {
        StringBuilder filled = new StringBuilder();
        for (Part part : parts) {
            switch (part.kind) {
                case "" -> filled.append(part.text);
                case "run" -> filled.append(names.run);
                case "n" -> filled.append(number(names.n, part));
                case "client" -> filled.append(names.client);
                case "device" -> filled.append(device(names.client));
                case "to" -> filled.append(names.to);
                case "to.n" -> filled.append(number(names.toN, part));
                case "t" -> filled.append(number(names.t, part));
                default -> throw new IllegalStateException("placeholder: " + part.kind);
            }
        }
        return filled.toString();
    }

    private static int number(int value, Part part) {
        return switch (part.operator) {
            case '%' -> value % part.operand;
            case '/' -> value / part.operand;
            default -> value;
        };
    }

    private static String device(String client) {
        int at = client.indexOf(SEPARATOR);
        return at < 0 ? client : client.substring(at + SEPARATOR.length());
    }

    /** Whether a placeholder of that name occurs. */
    public boolean uses(String kind) {
        return parts.stream().anyMatch(part -> part.kind.equals(kind));
    }
}
