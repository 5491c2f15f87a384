package dev.skein.node.discovery;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * Speaks, over HTTPS, the two parts of the Kubernetes API that Skein uses, in the form that the API's reference
 * documents: the list of pods, and custom resources with optimistic locking. Beside it lies the directory of a service
 * account.
 */
public final class ApiServer implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String NAMESPACE = "skein";
    private static final String SELECTOR = "app.kubernetes.io/name=skein";
    private static final String LEASES = "/apis/pekko.apache.org/v1/namespaces/" + NAMESPACE + "/leases";

    private final HttpsServer server;
    private final ExecutorService threads = Executors.newFixedThreadPool(4);
    private final Path account;
    private final String token = "a-token";
    private final List<ObjectNode> pods = new CopyOnWriteArrayList<>();
    private final Map<String, ObjectNode> leases = new ConcurrentHashMap<>();
    private final AtomicLong version = new AtomicLong(100);
    private final Queue<String> requests = new ConcurrentLinkedQueue<>();

    private ApiServer(HttpsServer server, Path account) {
        this.server = server;
        this.account = account;
    }

    /** Starts at a free port of 127.0.0.1, with its certificate and a service account below {@code home}. */
    public static ApiServer start(Path home) throws Exception {
        Path account = Files.createDirectories(home.resolve("serviceaccount"));
        Path keys = home.resolve("api.p12");
        keytool(
                "-genkeypair",
                "-keystore",
                keys.toString(),
                "-alias",
                "api",
                "-keyalg",
                "EC",
                "-dname",
                "CN=api",
                "-ext",
                "san=ip:127.0.0.1",
                "-validity",
                "2");
        keytool(
                "-exportcert",
                "-rfc",
                "-keystore",
                keys.toString(),
                "-alias",
                "api",
                "-file",
                account.resolve("ca.crt").toString());
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context(keys)));
        ApiServer api = new ApiServer(server, account);
        Files.writeString(account.resolve("token"), api.token);
        Files.writeString(account.resolve("namespace"), NAMESPACE);
        server.createContext("/", api::answer);
        server.setExecutor(api.threads);
        server.start();
        return api;
    }

    private static void keytool(String... words) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        builder.command().addAll(List.of(words));
        builder.command().addAll(List.of("-storetype", "PKCS12", "-storepass", "password"));
        Process process = builder.redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IllegalStateException(output);
        }
    }

    private static SSLContext context(Path keys) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(keys)) {
            store.load(in, "password".toCharArray());
        }
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, "password".toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(factory.getKeyManagers(), null, null);
        return context;
    }

    /** The port. */
    public int port() {
        return server.getAddress().getPort();
    }

    /** {@code https://host:port}. */
    public String url() {
        return "https://127.0.0.1:" + port();
    }

    /** Directory with ca.crt, token and namespace. */
    public Path account() {
        return account;
    }

    /** Method and path of what was asked. */
    public List<String> requests() {
        return List.copyOf(requests);
    }

    /** Who has the lease, empty for nobody. */
    public String owner(String lease) {
        ObjectNode node = leases.get(lease);
        return node == null ? "" : node.path("spec").path("owner").asText();
    }

    /** One pod of a StatefulSet more, as the API writes it. */
    public ObjectNode pod(String name, String subdomain, String address) {
        ObjectNode pod = JSON.createObjectNode();
        pod.putObject("metadata").put("name", name).put("namespace", NAMESPACE);
        pod.putObject("spec").put("hostname", name).put("subdomain", subdomain);
        pod.putObject("status").put("phase", "Running").put("podIP", address);
        pods.add(pod);
        return pod;
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
            if (!("Bearer " + token).equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
                status(exchange, 401, "Unauthorized");
            } else if (path.equals("/api/v1/namespaces/" + NAMESPACE + "/pods")) {
                list(exchange);
            } else if (path.equals(LEASES) || path.startsWith(LEASES + "/")) {
                lease(exchange, path.substring(path.lastIndexOf('/') + 1));
            } else {
                status(
                        exchange,
                        403,
                        "pods is forbidden: User \"system:serviceaccount:skein:skein\" cannot list resource");
            }
        }
    }

    private void list(HttpExchange exchange) throws IOException {
        String query = URLDecoder.decode(exchange.getRequestURI().getRawQuery(), StandardCharsets.UTF_8);
        ObjectNode list = JSON.createObjectNode().put("kind", "PodList").put("apiVersion", "v1");
        list.putObject("metadata").put("resourceVersion", "1");
        var items = list.putArray("items");
        if (query.equals("labelSelector=" + SELECTOR)) {
            pods.forEach(items::add);
        }
        send(exchange, 200, list);
    }

    private synchronized void lease(HttpExchange exchange, String name) throws IOException {
        switch (exchange.getRequestMethod()) {
            case "GET" -> {
                ObjectNode lease = leases.get(name);
                if (lease == null) {
                    status(exchange, 404, "leases.pekko.apache.org \"" + name + "\" not found");
                } else {
                    send(exchange, 200, lease);
                }
            }
            case "POST" -> store(exchange, name, 201);
            case "PUT" -> {
                ObjectNode now = leases.get(name);
                ObjectNode wanted =
                        (ObjectNode) JSON.readTree(exchange.getRequestBody().readAllBytes());
                if (now == null || !version(now).equals(version(wanted))) {
                    status(exchange, 409, "the object has been modified");
                } else {
                    put(exchange, name, wanted, 200);
                }
            }
            default -> status(exchange, 405, "method");
        }
    }

    private void store(HttpExchange exchange, String name, int code) throws IOException {
        if (leases.containsKey(name)) {
            status(exchange, 409, "already exists");
        } else {
            put(
                    exchange,
                    name,
                    (ObjectNode) JSON.readTree(exchange.getRequestBody().readAllBytes()),
                    code);
        }
    }

    private void put(HttpExchange exchange, String name, ObjectNode lease, int code) throws IOException {
        ((ObjectNode) lease.path("metadata")).put("resourceVersion", Long.toString(version.incrementAndGet()));
        leases.put(name, lease);
        send(exchange, code, lease);
    }

    private static String version(ObjectNode lease) {
        return lease.path("metadata").path("resourceVersion").asText();
    }

    private static void status(HttpExchange exchange, int code, String message) throws IOException {
        send(
                exchange,
                code,
                JSON.createObjectNode()
                        .put("kind", "Status")
                        .put("status", "Failure")
                        .put("message", message));
    }

    private static void send(HttpExchange exchange, int code, ObjectNode body) throws IOException {
        exchange.getRequestBody().readAllBytes();
        byte[] bytes = JSON.writeValueAsBytes(body);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(code, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
