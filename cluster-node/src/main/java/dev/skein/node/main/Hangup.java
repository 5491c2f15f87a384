package dev.skein.node.main;

import dev.skein.node.wiring.Failures;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * SIGHUP. The JVM ends on it unless somebody takes it; from {@link #take} on it never does. One that comes before the
 * node can act on it is acted on as soon as it can. Thread-safe.
 */
final class Hangup {
    private static final Hangup INSTANCE = new Hangup();

    private @Nullable Runnable action;
    private boolean early;

    private Hangup() {}

    /** SIGHUP no longer ends the process. */
    static void take() {
        try {
            // The JDK has no other way to hear of a signal, and javac warns of this one whatever is suppressed.
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object onSignal =
                    Proxy.newProxyInstance(Hangup.class.getClassLoader(), new Class<?>[] {handler}, INSTANCE::invoked);
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance("HUP"), onSignal);
        } catch (ReflectiveOperationException e) {
            // This system has no such signal, or the JVM was told to leave signals alone (-Xrs).
            LoggerFactory.getLogger(Hangup.class).debug("SIGHUP is not taken", e);
        }
    }

    private @Nullable Object invoked(Object proxy, Method method, Object @Nullable [] arguments) {
        return switch (method.getName()) {
            case "handle" -> {
                on();
                yield null;
            }
            case "equals" -> arguments != null && proxy == arguments[0];
            case "hashCode" -> System.identityHashCode(proxy);
            default -> "SIGHUP";
        };
    }

    /** What a signal does from now on; at once when there was one already. */
    static void act(Runnable action) {
        INSTANCE.set(action);
    }

    private synchronized void set(Runnable now) {
        action = now;
        if (early) {
            early = false;
            run(now);
        }
    }

    /** Runs on a thread of its own, one signal after another. */
    private synchronized void on() {
        Runnable now = action;
        if (now == null) {
            early = true;
            return;
        }
        run(now);
    }

    private static void run(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException e) {
            Logger log = LoggerFactory.getLogger(Hangup.class);
            log.error("SIGHUP: not everything was read: {}", Failures.describe(e));
        }
    }
}
