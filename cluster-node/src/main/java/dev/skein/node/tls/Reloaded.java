package dev.skein.node.tls;

import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is made of PEM files and used for new handshakes. Looks at the files at an interval and makes it anew when their
 * contents have changed; contents that do not fit together leave the old one in use. Any thread may read it.
 *
 * @param <C> what is made: a TLS context
 */
public final class Reloaded<C> implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Reloaded.class);

    private final Consumer<Boolean> counted;
    private final ScheduledExecutorService watcher;
    private volatile C current;
    /** Only the watcher touches it. */
    private Recipe<C> recipe;
    /** Fingerprint of what was read last, good or bad. Only the watcher touches it. */
    private String seen;

    /**
     * How it is made.
     *
     * @param make throws {@link UnusableFileException} when the contents do not do
     * @param look told at each look at the files what is in use, changed or not: time passes for it as well
     */
    public record Recipe<C>(PemPaths paths, Function<PemContents, C> make, Consumer<C> look) {
        /** Of what time does not change. */
        public Recipe(PemPaths paths, Function<PemContents, C> make) {
            this(paths, make, _ -> {});
        }
    }

    private Reloaded(Recipe<C> recipe, Consumer<Boolean> counted, PemContents contents) {
        this.recipe = recipe;
        this.counted = counted;
        this.current = recipe.make().apply(contents);
        this.seen = contents.fingerprint();
        this.watcher = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("skein-tls-reload").factory());
    }

    /**
     * Reads the files and begins to watch them.
     *
     * @param interval how often they are looked at
     * @param counted told of each change: whether it is in use, or was refused
     * @throws UnusableFileException naming the key whose file is not usable
     */
    public static <C> Reloaded<C> open(Recipe<C> recipe, Duration interval, Consumer<Boolean> counted) {
        Reloaded<C> reloaded = new Reloaded<>(recipe, counted, PemContents.read(recipe.paths()));
        long millis = interval.toMillis();
        var unused = reloaded.watcher.scheduleWithFixedDelay(reloaded::check, millis, millis, TimeUnit.MILLISECONDS);
        return reloaded;
    }

    /** For a new handshake. */
    public C current() {
        return current;
    }

    /**
     * Reads the files of {@code wanted}, changed or not; it is in use from then on.
     *
     * @return fails with {@link UnusableFileException} when they are not usable; then everything stays as it is
     */
    public CompletableFuture<Void> reload(Recipe<C> wanted) {
        return CompletableFuture.runAsync(
                () -> {
                    try {
                        take(wanted, true);
                    } catch (UnusableFileException e) {
                        counted.accept(false);
                        if (wanted.paths().equals(recipe.paths())) {
                            seen = ""; // whatever the files hold next is read
                        }
                        throw e;
                    }
                },
                watcher);
    }

    private void take(Recipe<C> wanted, boolean always) {
        // The contents are compared, not times and sizes: the files are small, and a copied file may keep its time.
        PemContents contents = PemContents.read(wanted.paths());
        if (!always && contents.fingerprint().equals(seen)) {
            return;
        }
        if (!always) {
            seen = contents.fingerprint();
        }
        current = wanted.make().apply(contents);
        recipe = wanted;
        seen = contents.fingerprint();
        counted.accept(true);
    }

    /** Runs on the watcher; never throws, since that would end the watching. */
    private void check() {
        try {
            take(recipe, false);
        } catch (UnusableFileException e) {
            failed(e);
        }
        try {
            recipe.look().accept(current);
        } catch (RuntimeException e) {
            LOG.error("Whether certificates in use have expired could not be told; it is tried again", e);
        }
    }

    private void failed(UnusableFileException e) {
        // A file that cannot be read has no fingerprint: its message stands for it, so that it is logged once.
        String message = e.getMessage();
        boolean unreadable = e.getCause() instanceof IOException;
        if (unreadable && seen.equals(message)) {
            return;
        }
        if (unreadable) {
            seen = Objects.requireNonNullElse(message, "");
        }
        LOG.error("Changed certificates are not taken up, the old ones stay in use: {}", message);
        counted.accept(false);
    }

    @Override
    public void close() {
        watcher.shutdownNow();
    }
}
