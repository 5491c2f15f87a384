package dev.skein.node.discovery;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.skein.node.cluster.ClusterSettings;
import dev.skein.node.cluster.ClusterSettings.Seed;
import dev.skein.node.cluster.DiscoverySettings;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.DispatcherSelector;

/**
 * The pods of a namespace that have the labels. A pod with a host name and a subdomain, as a StatefulSet makes them, is
 * called {@code hostname.subdomain}; any other by its address. Token and CA are read for each question: they change.
 */
final class KubernetesDiscovery implements Discovery {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int OK = 200;
    private static final int BODY_SHOWN = 300;

    private final URI server;
    private final DiscoverySettings settings;
    private final int port;
    private final Executor blocking;

    private KubernetesDiscovery(URI server, DiscoverySettings settings, int port, Executor blocking) {
        this.server = server;
        this.settings = settings;
        this.port = port;
        this.blocking = blocking;
    }

    static KubernetesDiscovery create(ActorSystem<?> system, ClusterSettings settings, Map<String, String> variables) {
        Executor blocking = system.dispatchers().lookup(DispatcherSelector.blocking());
        return new KubernetesDiscovery(
                server(settings.discovery(), variables), settings.discovery(), settings.port(), blocking);
    }

    private static URI server(DiscoverySettings settings, Map<String, String> variables) {
        if (!settings.apiServer().isEmpty()) {
            return URI.create(settings.apiServer());
        }
        String host = variables.get("KUBERNETES_SERVICE_HOST");
        if (host == null) {
            throw DiscoverySettings.wrong(
                    "api-server", "empty", "https://host:port, or KUBERNETES_SERVICE_HOST as each pod has it");
        }
        String port = variables.getOrDefault("KUBERNETES_SERVICE_PORT", "443");
        return URI.create("https://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port);
    }

    @Override
    public CompletionStage<List<Seed>> answers() {
        return CompletableFuture.supplyAsync(this::call, blocking)
                .thenCompose(Call::send)
                .thenApply(this::seeds)
                .orTimeout(settings.timeout().toMillis(), TimeUnit.MILLISECONDS);
    }

    private record Call(HttpClient client, HttpRequest request) {
        CompletableFuture<HttpResponse<String>> send() {
            CompletableFuture<HttpResponse<String>> answer =
                    client.sendAsync(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
            client.shutdown(); // when the answer is there
            return answer;
        }
    }

    private Call call() {
        try {
            HttpClient.Builder builder =
                    HttpClient.newBuilder().connectTimeout(settings.timeout()).version(HttpClient.Version.HTTP_1_1);
            if ("https".equals(server.getScheme())) {
                builder.sslContext(trusting(settings.serviceAccount().resolve("ca.crt")));
            }
            HttpRequest request = HttpRequest.newBuilder(server.resolve(path()))
                    .timeout(settings.timeout())
                    .header("Accept", "application/json")
                    .header("Authorization", "Bearer " + text("token"))
                    .build();
            return new Call(builder.build(), request);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("ca.crt: " + e.getMessage(), e);
        }
    }

    private String path() throws IOException {
        String namespace = settings.namespace().isEmpty() ? text("namespace") : settings.namespace();
        return "/api/v1/namespaces/" + namespace + "/pods?labelSelector="
                + URLEncoder.encode(settings.labelSelector(), StandardCharsets.UTF_8);
    }

    private String text(String file) throws IOException {
        return Files.readString(settings.serviceAccount().resolve(file)).strip();
    }

    private static SSLContext trusting(Path ca) throws IOException, GeneralSecurityException {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        try (InputStream in = Files.newInputStream(ca)) {
            for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                trusted.setCertificateEntry("ca" + trusted.size(), each);
            }
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    private List<Seed> seeds(HttpResponse<String> response) {
        if (response.statusCode() != OK) {
            throw new IllegalStateException("answer " + response.statusCode() + ": " + shown(response.body()));
        }
        List<Seed> seeds = new ArrayList<>();
        for (JsonNode pod : read(response.body()).path("items")) {
            String host = host(pod);
            if (!host.isEmpty()) {
                seeds.add(new Seed(host, port));
            }
        }
        return seeds;
    }

    private static JsonNode read(String body) {
        try {
            return JSON.readTree(body);
        } catch (IOException e) {
            throw new IllegalStateException("answer is no JSON: " + shown(body), e);
        }
    }

    /** Empty for a pod that is ending, has ended, or has no address yet. */
    private static String host(JsonNode pod) {
        String phase = pod.path("status").path("phase").asText();
        String address = pod.path("status").path("podIP").asText();
        if (pod.path("metadata").has("deletionTimestamp")
                || phase.equals("Succeeded")
                || phase.equals("Failed")
                || address.isEmpty()) {
            return "";
        }
        String name = pod.path("spec").path("hostname").asText();
        String subdomain = pod.path("spec").path("subdomain").asText();
        return name.isEmpty() || subdomain.isEmpty() ? address : name + "." + subdomain;
    }

    private static String shown(String body) {
        String line = body.replaceAll("\\p{Cntrl}+", " ");
        return line.length() <= BODY_SHOWN ? line : line.substring(0, BODY_SHOWN) + "...";
    }

    @Override
    public String question() {
        return server + " for pods with " + settings.labelSelector();
    }
}
