package dev.skein.node.cluster;

import dev.skein.node.reliability.SkeinProcess;
import dev.skein.node.reliability.Waiting;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One node of a cluster under test: a process that is started again when it ended by itself, as a StatefulSet would.
 * Thread-safe.
 */
final class ClusterNode {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterNode.class);

    private static final Duration START_DEADLINE = Duration.ofMinutes(3);

    private final String name;
    private final String host;
    private final SkeinProcess process;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile boolean wanted;
    private volatile boolean stopped;
    private final AtomicInteger ownEnds = new AtomicInteger();

    ClusterNode(String name, String host, SkeinProcess process) {
        this.name = name;
        this.host = host;
        this.process = process;
    }

    String name() {
        return name;
    }

    String host() {
        return host;
    }

    SkeinProcess process() {
        return process;
    }

    /** Where clients connect; port 0 while the node does not serve. */
    InetSocketAddress address() {
        return new InetSocketAddress(host, process.mqttPort());
    }

    boolean isServing() {
        return process.mqttPort() > 0;
    }

    /** SIGSTOP was sent and SIGCONT was not. */
    boolean isStopped() {
        return stopped;
    }

    /** How often the process has ended without being asked. */
    int ownEnds() {
        return ownEnds.get();
    }

    void launch() {
        lock.lock();
        try {
            process.launch();
            wanted = true;
        } finally {
            lock.unlock();
        }
    }

    void awaitReady() {
        process.awaitReady();
    }

    void start() {
        launch();
        try {
            awaitReady();
        } catch (IllegalStateException e) {
            LOG.warn("{} has ended while it started; waiting for its next start", name, e);
            Waiting.until(name + " serves", START_DEADLINE, this::isServing);
        }
    }

    /** SIGKILL. */
    void kill() {
        lock.lock();
        try {
            wanted = false;
            process.kill();
            stopped = false;
        } finally {
            lock.unlock();
        }
    }

    /** SIGTERM; returns the exit code. */
    int terminate() {
        lock.lock();
        try {
            wanted = false;
            return process.terminate();
        } finally {
            lock.unlock();
        }
    }

    /** SIGSTOP. */
    void stop() {
        process.signal("STOP");
        stopped = true;
    }

    /** SIGCONT. */
    void proceed() {
        stopped = false;
        process.signal("CONT");
    }

    /** Starts the process again when it ended by itself; true when it did. */
    boolean supervise() {
        if (!wanted || process.isAlive() || !lock.tryLock()) {
            return false;
        }
        try {
            if (!wanted || process.isAlive()) {
                return false;
            }
            ownEnds.incrementAndGet();
            LOG.info("{} has ended by itself; it is started again", name);
            process.kill(); // it is gone; forgets its ports
            process.start();
            return true;
        } finally {
            lock.unlock();
        }
    }
}
