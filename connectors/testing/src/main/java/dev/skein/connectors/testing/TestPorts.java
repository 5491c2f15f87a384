package dev.skein.connectors.testing;

import java.io.IOException;
import java.net.ServerSocket;
import java.util.concurrent.atomic.AtomicInteger;

/** Ports for servers. Thread-safe. */
public final class TestPorts {
    private static final int FIRST = 12_000;
    private static final int COUNT = 20_000;
    private static final int STEP = 4;
    /** Tests that run at the same time begin at different ones. */
    private static final AtomicInteger NEXT =
            new AtomicInteger((int) (ProcessHandle.current().pid() * 404 % COUNT));

    private TestPorts() {}

    /**
     * A TCP port that nobody listens on. Not one of those that the system gives to connections: servers that start
     * again want theirs back, and meanwhile a connection may have got it.
     */
    public static int free() {
        while (true) {
            int port = FIRST + Math.floorMod(NEXT.getAndAdd(STEP), COUNT);
            // RocketMQ listens two ports below, too, on all addresses
            if (isFree(port) && isFree(port - 2)) {
                return port;
            }
        }
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port)) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }
}
