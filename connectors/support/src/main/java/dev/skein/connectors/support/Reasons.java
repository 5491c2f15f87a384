package dev.skein.connectors.support;

import java.util.concurrent.CompletionException;

/** Failures as a line that an operator can read. */
public final class Reasons {
    private static final int LONGEST = 500;

    private Reasons() {}

    /** What the innermost cause says, in one line. */
    public static String of(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null && cause.getCause() != cause) {
            cause = cause.getCause();
        }
        String message = cause.getMessage();
        return message == null ? cause.getClass().getSimpleName() : line(message);
    }

    /** What has failed, without the exception of the stage that tells of it. */
    public static Throwable unwrapped(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    /** A text as one line of bounded length. */
    public static String line(String text) {
        String line = text.strip().replaceAll("\\s+", " ");
        return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "...";
    }
}
