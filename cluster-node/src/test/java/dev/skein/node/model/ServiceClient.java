package dev.skein.node.model;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.skein.protocol.apsara.Signatures;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;

/** Calls the API of the service as its older SDKs do: HMAC-SHA1, everything in the form. */
public final class ServiceClient implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    private final InetSocketAddress address;
    private final String keyId;
    private final String secret;
    private final HttpClient http = HttpClient.newHttpClient();

    /** An answer. */
    public record Reply(int status, JsonNode json) {
        /** Its error code, or an empty text. */
        public String code() {
            return json.path("Code").asText("");
        }

        /** A field as text. */
        public String text(String field) {
            return json.path(field).asText("");
        }
    }

    /** Signs with an access key. */
    public ServiceClient(InetSocketAddress address, String keyId, String secret) {
        this.address = address;
        this.keyId = keyId;
        this.secret = secret;
    }

    /** Signs and sends; {@code parameters} are those of the operation, or replace what every request has. */
    public Reply call(String action, Map<String, String> parameters) {
        return send("/", signed(action, parameters));
    }

    /** A signed request that can be sent more than once. */
    public String signed(String action, Map<String, String> parameters) {
        TreeMap<String, String> all = new TreeMap<>();
        all.put("Action", action);
        all.put("Version", "2020-04-20");
        all.put("Format", "JSON");
        all.put("AccessKeyId", keyId);
        all.put("SignatureMethod", "HMAC-SHA1");
        all.put("SignatureVersion", "1.0");
        all.put("SignatureNonce", UUID.randomUUID().toString());
        all.put(
                "Timestamp",
                InstantSource.system().instant().truncatedTo(ChronoUnit.SECONDS).toString());
        all.putAll(parameters);
        String canonical = form(all);
        all.put("Signature", Signatures.sign(secret + "&", "POST&%2F&" + encode(canonical)));
        return form(all);
    }

    /** Sends a form. */
    public Reply send(String path, String form) {
        URI uri = URI.create("http://" + address.getHostString() + ":" + address.getPort() + path);
        HttpRequest request = HttpRequest.newBuilder(uri)
                .timeout(DEADLINE)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(form))
                .build();
        try {
            HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
            return new Reply(response.statusCode(), JSON.readTree(response.body()));
        } catch (IOException e) {
            throw new IllegalStateException(path, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** {@code a=b&c=d}. */
    public static String form(Map<String, String> parameters) {
        return parameters.entrySet().stream()
                .map(each -> encode(each.getKey()) + "=" + encode(each.getValue()))
                .collect(Collectors.joining("&"));
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, UTF_8)
                .replace("+", "%20")
                .replace("*", "%2A")
                .replace("%7E", "~");
    }

    @Override
    public void close() {
        http.close();
    }
}
