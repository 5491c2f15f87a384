package dev.skein.connectors.http;

import com.sun.net.httpserver.HttpServer;
import dev.skein.connectors.api.Source;
import dev.skein.connectors.api.SourceListener;
import dev.skein.connectors.support.Reasons;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The server of all sources of a connector. It listens once there is a source, and tries again while it cannot. */
final class Webhook implements AutoCloseable {
    private static final long AGAIN_MS = 1000;

    private final WebhookSettings settings;
    private final ExecutorService executor;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ended = lock.newCondition();
    private final List<WebhookSource> sources = new CopyOnWriteArrayList<>();
    private @Nullable HttpServer server;
    private Optional<String> problem = Optional.empty();
    private boolean opening;
    private boolean closed;

    Webhook(WebhookSettings settings, ExecutorService executor) {
        this.settings = settings;
        this.executor = executor;
    }

    Source source(String path, int inFlight, SourceListener listener) {
        lock.lock();
        try {
            if (sources.stream().anyMatch(other -> other.path().equals(path))) {
                throw new IllegalArgumentException(
                        "source-topic = " + path + " (expected: a path that no other rule has)");
            }
            WebhookSource source = new WebhookSource(path, inFlight, settings, listener, this);
            sources.add(source);
            if (server != null) {
                server.createContext(path, source);
            } else if (!opening && !closed) {
                opening = true;
                executor.execute(this::open);
            } else {
                problem.ifPresent(reason -> listener.problem(Optional.of(reason)));
            }
            return source;
        } catch (RejectedExecutionException e) {
            throw new IllegalStateException("the connector is closed", e);
        } finally {
            lock.unlock();
        }
    }

    /** Until it listens. */
    private void open() {
        lock.lock();
        try {
            while (!closed && server == null) {
                try {
                    HttpServer made = HttpServer.create(settings.address(), 0);
                    made.setExecutor(executor);
                    sources.forEach(source -> made.createContext(source.path(), source));
                    made.start();
                    server = made;
                    tell(Optional.empty());
                } catch (IOException | RuntimeException e) {
                    tell(Optional.of(
                            "cannot listen on " + settings.host() + ":" + settings.port() + ": " + Reasons.of(e)));
                    ended.await(AGAIN_MS, TimeUnit.MILLISECONDS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    private void tell(Optional<String> now) {
        if (!now.equals(problem)) {
            problem = now;
            sources.forEach(source -> source.listener().problem(now));
        }
    }

    Optional<String> problem() {
        lock.lock();
        try {
            return problem;
        } finally {
            lock.unlock();
        }
    }

    /** Where it listens; empty while it does not. */
    Optional<Integer> port() {
        lock.lock();
        try {
            return server == null
                    ? Optional.empty()
                    : Optional.of(server.getAddress().getPort());
        } finally {
            lock.unlock();
        }
    }

    void remove(WebhookSource source) {
        lock.lock();
        try {
            if (sources.remove(source) && server != null) {
                server.removeContext(source.path());
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            sources.forEach(WebhookSource::end);
            sources.clear();
            if (server != null) {
                server.stop(0);
                server = null;
            }
            ended.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
