package dev.skein.connectors.testing;

import dev.skein.connectors.api.SourceListener;
import dev.skein.connectors.api.SourceRecord;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;

/** Collects what a source gives, and does with it what the test says. */
public final class Received implements SourceListener {
    private final List<SourceRecord> messages = new ArrayList<>();
    private final List<Optional<String>> problems = new CopyOnWriteArrayList<>();
    private final Set<String> bodies = ConcurrentHashMap.newKeySet();
    private volatile BiConsumer<SourceRecord, Acknowledgement> then;

    /** @param then what is done with each message */
    public Received(BiConsumer<SourceRecord, Acknowledgement> then) {
        this.then = then;
    }

    /** Acknowledges everything at once. */
    public static Received acknowledging() {
        return new Received((message, acknowledgement) -> acknowledgement.done());
    }

    /** From now on this is done with each message. */
    public void then(BiConsumer<SourceRecord, Acknowledgement> next) {
        then = next;
    }

    @Override
    public void received(SourceRecord message, Acknowledgement acknowledgement) {
        synchronized (messages) {
            messages.add(message);
        }
        bodies.add(body(message));
        then.accept(message, acknowledgement);
    }

    @Override
    public void problem(Optional<String> reason) {
        problems.add(reason);
    }

    /** The body as text. */
    public static String body(SourceRecord message) {
        return new String(message.body(), StandardCharsets.UTF_8);
    }

    /** All that came, with what came twice. */
    public List<SourceRecord> messages() {
        synchronized (messages) {
            return List.copyOf(messages);
        }
    }

    /** The bodies of all that came, in their order. */
    public List<String> bodies() {
        return messages().stream().map(Received::body).toList();
    }

    /** The bodies, each once. */
    public Set<String> distinct() {
        return bodies;
    }

    /** What was told of problems, in order. */
    public List<Optional<String>> problems() {
        return problems;
    }

    /** Waits until this many different bodies have come. */
    public void awaitDistinct(int count) {
        Await.until(() -> bodies.size() >= count, () -> bodies.size() + " of " + count + " came; problems " + problems);
    }
}
