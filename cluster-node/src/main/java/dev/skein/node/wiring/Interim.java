package dev.skein.node.wiring;

import com.sun.net.httpserver.HttpExchange; // house: IllegalImport: exported and documented API of the JDK
import com.sun.net.httpserver.HttpServer; // house: IllegalImport: exported and documented API of the JDK
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers at the addresses of the control API and of the health checks while no node does: while one that its cluster
 * has downed starts anew in the same process, and while a process ends. The process lives, is not ready, and says why.
 * A node takes the addresses back when it has its own servers; of a process that ends they are free when the process is
 * gone. Thread-safe.
 */
public final class Interim {
    private static final Logger LOG = LoggerFactory.getLogger(Interim.class);
    private static final Check JOINING = new Check("cluster", "downed by the cluster, and joining it again");
    private static final Check ENDING = new Check("draining", "the process is ending");
    private static final int OK = 200;
    private static final int UNAVAILABLE = 503;

    private final boolean process;
    private final Map<InetSocketAddress, Answering> servers = new HashMap<>();

    private record Answering(HttpServer server, ExecutorService threads) {
        void close() {
            server.stop(0);
            threads.shutdown();
        }
    }

    private record Check(String name, String why) {}

    /** @param process whether the process ends with its node, so that what is open then may stay open */
    public Interim(boolean process) {
        this.process = process;
    }

    /** Listens at {@code address} until {@link #close}. A failure is logged: the node itself is not concerned. */
    void open(InetSocketAddress address) {
        open(address, JOINING);
    }

    /** The node has ended, and the process is about to. */
    void ending(InetSocketAddress address) {
        if (process) {
            open(address, ENDING);
        }
    }

    private synchronized void open(InetSocketAddress address, Check check) {
        Answering before = servers.remove(address);
        if (before != null) {
            before.close();
        }
        try {
            HttpServer opened = HttpServer.create(address, 0);
            ExecutorService answering = Executors.newVirtualThreadPerTaskExecutor();
            opened.setExecutor(answering);
            opened.createContext(
                    "/health/live", exchange -> answer(exchange, OK, health("ok", "process", true, check.why())));
            opened.createContext(
                    "/health/ready",
                    exchange -> answer(exchange, UNAVAILABLE, health("failed", check.name(), false, check.why())));
            opened.createContext(
                    "/",
                    exchange -> answer(
                            exchange,
                            UNAVAILABLE,
                            "{\"code\":\"unavailable\",\"message\":\"node: " + check.why() + "\"}"));
            opened.start();
            servers.put(address, new Answering(opened, answering));
        } catch (IOException e) {
            LOG.warn("nothing answers at {} until the node is back: {}", address, e.toString());
        }
    }

    /** Leaves the addresses to the node. */
    synchronized void close() {
        servers.values().forEach(Answering::close);
        servers.clear();
    }

    private static String health(String status, String check, boolean ok, String why) {
        return "{\"status\":\"%s\",\"checks\":[{\"name\":\"%s\",\"ok\":%b,\"text\":\"%s\"}]}"
                .formatted(status, check, ok, why);
    }

    private static void answer(HttpExchange exchange, int status, String json) throws IOException {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        try (exchange) {
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.getResponseHeaders().set("Connection", "close");
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
        }
    }
}
