package dev.skein.connectors.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.function.BiFunction;

/** A real HTTP server that keeps what it is sent, by path, and answers as the test says. */
final class TestServer implements AutoCloseable {
    private final Map<String, List<Request>> requests = new HashMap<>();
    private final Set<String> paths = ConcurrentHashMap.newKeySet();
    private volatile BiFunction<String, Request, Integer> answers = (path, request) -> 204;
    private int port;
    private HttpServer server;

    /** What came. */
    record Request(Map<String, String> headers, String body) {}

    TestServer() throws IOException {
        server = open();
    }

    private HttpServer open() throws IOException {
        HttpServer made = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        made.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        made.createContext("/", this::handle);
        made.start();
        port = made.getAddress().getPort();
        return made;
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            Map<String, String> headers = new HashMap<>();
            exchange.getRequestHeaders()
                    .forEach((name, values) -> headers.put(name.toLowerCase(java.util.Locale.ROOT), values.getFirst()));
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            if (exchange.getRequestMethod().equals("HEAD")) {
                exchange.sendResponseHeaders(200, -1);
                return;
            }
            Request request = new Request(headers, body);
            int status = paths.contains(path) ? answers.apply(path, request) : 503;
            if (status < 300) {
                synchronized (requests) {
                    requests.computeIfAbsent(path, any -> new ArrayList<>()).add(request);
                }
            }
            exchange.sendResponseHeaders(status, -1);
        }
    }

    /** From now on this path is there; others answer 503. */
    void add(String path) {
        paths.add(path);
    }

    /** What each request is answered with. */
    void answers(BiFunction<String, Request, Integer> statuses) {
        answers = statuses;
    }

    /** What was taken. */
    List<Request> taken(String path) {
        synchronized (requests) {
            return List.copyOf(requests.getOrDefault(path, List.of()));
        }
    }

    String address() {
        return "127.0.0.1:" + port;
    }

    void stop() {
        server.stop(0);
    }

    void startAgain() {
        try {
            server = open();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        stop();
    }
}
