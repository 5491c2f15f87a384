package dev.skein.node.wiring;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.pattern.CompositeConverter;
import java.util.regex.Pattern;

/**
 * {@code %printable(...)} in a log pattern: whatever is in it becomes one line that shows what it is. Texts of clients
 * stand in many lines and in the messages of exceptions; none of them begins a line of its own, moves the cursor of a
 * terminal or turns the direction of what follows. Line breaks, as those of a stack trace, become {@code |}; every
 * other control or format character becomes {@code ?}.
 */
public final class PrintableLine extends CompositeConverter<ILoggingEvent> {
    private static final Pattern BREAKS = Pattern.compile("\\s*[\\r\\n\\u0085\\u2028\\u2029]+\\s*");
    private static final String BREAK = " | ";

    @Override
    protected String transform(ILoggingEvent event, String in) {
        return printable(in);
    }

    /** {@code text} as one line. */
    static String printable(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (!isPlain(text.charAt(i))) {
                return cleaned(text);
            }
        }
        return text;
    }

    private static String cleaned(String text) {
        StringBuilder line = new StringBuilder();
        BREAKS.matcher(text.strip())
                .replaceAll(BREAK)
                .codePoints()
                .map(point -> isShown(point) ? point : '?')
                .forEach(line::appendCodePoint);
        return line.toString();
    }

    /** Quick: of the characters that every line has. */
    private static boolean isPlain(char c) {
        return (c >= ' ' && c < 0x7F) || (c >= 0xA0 && isShown(c));
    }

    private static boolean isShown(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL, // moves and colours of terminals
                    Character.FORMAT, // directions, and what has no width
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE -> // half a character
                false;
            default -> true;
        };
    }
}
