package dev.skein.node.wiring;

import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** Words for what went wrong. */
public final class Failures {
    private Failures() {}

    /** One line: what failed and, when that says more, its first cause. */
    public static String describe(Throwable failure) {
        Throwable top = unwrap(failure);
        Throwable root = top;
        for (Throwable next = root.getCause(); next != null && next != root; next = root.getCause()) {
            root = next;
        }
        String what = words(top);
        String why = words(root);
        return what.contains(why) ? what : what + ": " + why;
    }

    /** The failure itself, without the wrappers of futures. */
    public static Throwable unwrap(Throwable failure) {
        Throwable inner = failure;
        while ((inner instanceof CompletionException || inner instanceof ExecutionException)
                && inner.getCause() != null) {
            inner = inner.getCause();
        }
        return inner;
    }

    private static String words(Throwable failure) {
        @Nullable String message = failure.getMessage();
        if (message == null || message.isBlank()) {
            return failure.getClass().getSimpleName();
        }
        return String.join(" ", message.strip().split("\\s*\\R\\s*", -1));
    }
}
