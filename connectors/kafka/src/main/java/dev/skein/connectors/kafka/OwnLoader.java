package dev.skein.connectors.kafka;

import java.util.function.Supplier;

/** Kafka's client finds classes by the context loader of the thread, and that of the node does not have them. */
final class OwnLoader {
    private OwnLoader() {}

    /** Makes something of the client. Threads that it starts keep the loader. */
    static <T> T make(Supplier<T> maker) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(OwnLoader.class.getClassLoader());
        try {
            return maker.get();
        } finally {
            thread.setContextClassLoader(before);
        }
    }
}
