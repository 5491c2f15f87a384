package dev.skein.connectors.http;

import dev.skein.connectors.api.SinkRecord;
import dev.skein.connectors.support.Answer;
import dev.skein.connectors.support.Reasons;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Makes requests and reads what the answers mean. */
final class Requests implements AutoCloseable {
    private static final int ANSWER_MAX = 200;
    private static final String ALGORITHM = "HmacSHA256";

    private final ClientSettings settings;
    private final HttpClient client;

    Requests(ClientSettings settings, Executor executor) {
        this.settings = settings;
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(settings.timeout())
                .executor(executor);
        settings.trustFile().map(Trust::of).ifPresent(builder::sslContext);
        client = builder.build();
    }

    /** Sends records that have one topic. */
    CompletionStage<Answer> send(URI url, List<SinkRecord> records) {
        SinkRecord first = records.getFirst();
        byte[] body = settings.raw()
                ? first.body()
                : Json.of(records, settings.batch().records() > 1);
        HttpRequest.Builder request = builder(url)
                .header("Content-Type", settings.raw() ? "application/octet-stream" : "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body));
        if (settings.raw()) {
            describe(request, first);
        }
        if (!settings.secret().isEmpty()) {
            request.header("X-Skein-Signature", "sha256=" + signature(body));
        }
        return client.sendAsync(request.build(), Requests::beginning)
                .handle((answer, failure) -> failure == null ? meaning(url, answer) : failed(url, failure));
    }

    /** The first bytes of an answer as text: a server may send any amount. */
    private static HttpResponse.BodySubscriber<String> beginning(HttpResponse.ResponseInfo info) {
        return HttpResponse.BodySubscribers.mapping(
                HttpResponse.BodySubscribers.limiting(
                        HttpResponse.BodySubscribers.ofString(StandardCharsets.UTF_8), ANSWER_MAX),
                text -> text);
    }

    private static void describe(HttpRequest.Builder request, SinkRecord record) {
        request.header("X-Skein-Key", encoded(record.key()));
        if (!record.tag().isEmpty()) {
            request.header("X-Skein-Tag", encoded(record.tag()));
        }
        if (!record.properties().isEmpty()) { // in one header, as in a query: the case of header names is not kept
            request.header(
                    "X-Skein-Properties",
                    record.properties().entrySet().stream()
                            .map(property -> encoded(property.getKey()) + "=" + encoded(property.getValue()))
                            .collect(Collectors.joining("&")));
        }
    }

    /** Headers are ASCII: percent signs stand for the rest. */
    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private HttpRequest.Builder builder(URI url) {
        HttpRequest.Builder request = HttpRequest.newBuilder(url).timeout(settings.timeout());
        settings.headers().forEach(request::setHeader);
        return request;
    }

    private String signature(byte[] body) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(settings.secret().getBytes(StandardCharsets.UTF_8), ALGORITHM));
            return HexFormat.of().formatHex(mac.doFinal(body));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(ALGORITHM + " is not there", e);
        }
    }

    private static Answer meaning(URI url, HttpResponse<String> answer) {
        int status = answer.statusCode();
        if (status >= 200 && status < 300) {
            return Answer.TAKEN;
        }
        String reason =
                shown(url) + " answers " + status + (answer.body().isBlank() ? "" : ": " + Reasons.line(answer.body()));
        if (status >= 300 && status < 400) {
            return new Answer.Failed(reason + " (expected: 2xx; redirects are not followed)");
        }
        boolean lasting = status >= 400 && status < 500 && status != 408 && status != 429;
        return lasting ? new Answer.Refused(reason) : new Answer.Failed(reason);
    }

    private static Answer failed(URI url, Throwable failure) {
        return new Answer.Failed(reason(url, failure));
    }

    private static String reason(URI url, Throwable failure) {
        Throwable cause = Reasons.unwrapped(failure);
        return switch (cause) {
            case HttpTimeoutException e -> shown(url) + ": no answer in time";
            case ConnectException e -> "no connection to " + shown(url);
            default -> shown(url) + ": " + Reasons.of(cause);
        };
    }

    /** Without what may be a secret: user, password, query. */
    private static String shown(URI url) {
        String port = url.getPort() < 0 ? "" : ":" + url.getPort();
        return url.getScheme() + "://" + url.getHost() + port + url.getPath();
    }

    /** Whether the server answers, and takes the credential. */
    Optional<String> check(Duration patience) {
        if (settings.url().isEmpty()) {
            return Optional.empty();
        }
        URI url = settings.url().get();
        CompletableFuture<HttpResponse<Void>> answer =
                client.sendAsync(builder(url).HEAD().timeout(patience).build(), HttpResponse.BodyHandlers.discarding());
        try {
            int status = answer.get(patience.toMillis(), TimeUnit.MILLISECONDS).statusCode();
            boolean wrong = status == 401 || status == 403 || status == 407 || status >= 500;
            return wrong ? Optional.of(shown(url) + " answers " + status + " to HEAD") : Optional.empty();
        } catch (TimeoutException e) {
            return Optional.of("no answer from " + shown(url) + " within " + patience.toMillis() + " ms");
        } catch (ExecutionException e) {
            return Optional.of(reason(url, e.getCause() == null ? e : e.getCause()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of("interrupted");
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
