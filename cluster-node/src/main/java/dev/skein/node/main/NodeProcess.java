package dev.skein.node.main;

import dev.skein.node.wiring.DownedException;
import dev.skein.node.wiring.Failures;
import dev.skein.node.wiring.Logging;
import dev.skein.node.wiring.NodeStart;
import dev.skein.node.wiring.SkeinNode;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ties a node to its process: a signal drains the node before the process ends. */
final class NodeProcess {
    private static final Logger LOG = LoggerFactory.getLogger(NodeProcess.class);

    /** Longer than all phases of the coordinated shutdown together; a node that hangs is then cut off. */
    private static final Duration DRAIN_LIMIT = Duration.ofSeconds(45);

    private static final Duration RETRY = Duration.ofSeconds(2);

    private final Supplier<NodeStart> starter;
    private volatile @Nullable NodeStart start;
    private volatile CompletableFuture<SkeinNode> node = new CompletableFuture<>();
    private volatile boolean released;
    private volatile boolean draining;
    private volatile boolean rejoining;

    private NodeProcess(Supplier<NodeStart> starter) {
        this.starter = starter;
    }

    private CompletableFuture<SkeinNode> begin() {
        return CompletableFuture.completedFuture(starter)
                .thenApply(Supplier::get)
                .thenCompose(begun -> {
                    start = begun;
                    return begun.node();
                });
    }

    /** Begins to start a node; signals count from now on. A start that throws fails as one that completes so. */
    static NodeProcess start(Supplier<NodeStart> starter) {
        NodeProcess process = new NodeProcess(starter);
        Runtime.getRuntime().addShutdownHook(new Thread(process::onSignal, "skein-drain"));
        process.node = process.begin();
        return process;
    }

    /**
     * Waits until the node serves, also when the cluster downs it meanwhile. After a signal that came before, it does
     * not return: the process ends first.
     */
    SkeinNode await() throws ExecutionException, InterruptedException {
        try {
            return served();
        } catch (ExecutionException e) {
            if (Failures.unwrap(e) instanceof DownedException) {
                LOG.warn("{}; joining it again", Failures.describe(e));
                return rejoin();
            }
            throw e;
        }
    }

    private SkeinNode served() throws ExecutionException, InterruptedException {
        try {
            return node.get();
        } catch (ExecutionException e) {
            waitForTheEnd();
            throw e;
        }
    }

    private void waitForTheEnd() throws InterruptedException {
        if (draining) {
            new CountDownLatch(1).await();
        }
    }

    /**
     * Waits until the node has ended by itself. After a signal it does not return: the process ends first.
     *
     * @return whether the cluster downed it, so that it may {@link #rejoin}
     */
    boolean awaitEnd() throws ExecutionException, InterruptedException {
        SkeinNode now = node.get();
        now.ended().toCompletableFuture().get();
        waitForTheEnd();
        return now.isLost();
    }

    /** Whether the node ended because an operator asked it to. */
    boolean isDrained() {
        return node.resultNow().isDrainAsked();
    }

    /** Starts the node anew, with nothing in memory, until the cluster has taken it in. */
    SkeinNode rejoin() throws InterruptedException {
        rejoining = true;
        while (true) {
            try {
                node = begin();
                SkeinNode back = served();
                rejoining = false;
                return back;
            } catch (ExecutionException e) {
                LOG.warn("not back in the cluster yet: {}", Failures.describe(e));
                new CountDownLatch(1).await(RETRY.toMillis(), TimeUnit.MILLISECONDS);
            }
        }
    }

    /** The node that serves, or null while none does. */
    @Nullable
    SkeinNode serving() {
        CompletableFuture<SkeinNode> now = node;
        return now.isDone() && !now.isCompletedExceptionally() && !draining ? now.join() : null;
    }

    /** Whether a signal has begun to end the process. */
    boolean isDraining() {
        return draining;
    }

    /** Drains the node; gives the exit code. */
    int stop() throws InterruptedException {
        Duration limit = DRAIN_LIMIT;
        try {
            limit = limit.plus(node.thenApply(SkeinNode::drainTime).getNow(Duration.ZERO));
            ending().get(limit.toMillis(), TimeUnit.MILLISECONDS);
            return Main.OK;
        } catch (ExecutionException e) {
            LOG.error("draining failed: {}", Failures.describe(e));
        } catch (TimeoutException e) {
            LOG.error("draining took longer than {} s; cut off", limit.toSeconds());
        }
        return Main.FAILED;
    }

    /** A node that waits for others, and may do so for ever, is not waited for: nobody is connected to it. */
    private CompletableFuture<Void> ending() {
        NodeStart begun = start;
        if (begun == null) {
            return CompletableFuture.completedFuture(null); // nothing is open yet
        }
        return node.isDone() ? node.thenCompose(SkeinNode::stop) : begun.giveUp();
    }

    /** The process ends with its own exit code from now on; a signal finds nothing left to drain. */
    void release() {
        released = true;
        Logging.flush();
    }

    /** Runs as shutdown hook: the process would end with 143 or 130, so it is halted here with the true outcome. */
    private void onSignal() {
        if (released) {
            return;
        }
        draining = true;
        LOG.info("draining");
        Logging.linksEnd();
        int code = Main.FAILED;
        try {
            if (!node.isCompletedExceptionally()) {
                code = stop();
            } else if (rejoining) {
                code = Main.OK; // between two attempts there is nothing to end
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            LOG.info("ended");
            Logging.flush();
            Runtime.getRuntime().halt(code);
        }
    }
}
