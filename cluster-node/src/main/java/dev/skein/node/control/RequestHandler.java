package dev.skein.node.control;

import dev.skein.protocol.wire.DurationText;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.Done;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.apache.pekko.http.javadsl.model.AttributeKeys;
import org.apache.pekko.http.javadsl.model.ContentType;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;
import org.apache.pekko.http.javadsl.model.headers.RawRequestURI;
import org.apache.pekko.http.scaladsl.model.EntityStreamSizeException;
import org.apache.pekko.stream.javadsl.Sink;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** From HTTP requests to routes and back. Any thread; never blocks it. */
final class RequestHandler {
    /** Of the service's API: a message of 64 KiB, percent-encoded. */
    private static final long SERVICE_BODY_MAX = 256 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(RequestHandler.class);
    private static final List<HttpHeader> HEADERS = List.of(
            RawHeader.create("Cache-Control", "no-store"), RawHeader.create("X-Content-Type-Options", "nosniff"));

    /** Of a request that is refused, so many times the greatest body is read away at the most. */
    private static final int DRAINED_BODIES = 8;

    private final ClassicActorSystemProvider system;
    private final HttpSettings settings;
    private final Guard guard;
    private final Dispatch dispatch;
    private final ServiceApi service;

    RequestHandler(
            ClassicActorSystemProvider system, HttpSettings settings, List<Endpoint> endpoints, ServiceApi service) {
        this.system = system;
        this.settings = settings;
        this.guard = new Guard(settings.token());
        this.dispatch = new Dispatch(endpoints);
        this.service = service;
    }

    CompletionStage<HttpResponse> handle(HttpRequest request) {
        if (service.serves(request.getUri().path())) {
            return served(request)
                    .exceptionally(failure -> failed(request, failure))
                    .thenApply(RequestHandler::response);
        }
        AuditedRequest audited = new AuditedRequest(request.method().value(), rawTarget(request), caller(request));
        return guarded(request, audited)
                .exceptionally(failure -> failed(request, failure))
                .thenApply(answer -> {
                    audited.write(answer);
                    return response(answer);
                });
    }

    private static String rawTarget(HttpRequest request) {
        return request.getHeader(RawRequestURI.class).orElseThrow().uri();
    }

    private CompletionStage<Answer> answer(HttpRequest request, AuditedRequest audited) {
        Target target = Target.parse(rawTarget(request));
        Optional<Answer> refusal = refusal(request, target);
        if (refusal.isPresent()) {
            audited.refusedAtTheDoor();
            return rejected(request, refusal.get());
        }
        return switch (dispatch.find(request.method().value(), target)) {
            case Dispatch.NoRoute(var answer) -> rejected(request, answer);
            case Dispatch.Route(var endpoint, var variables) -> {
                audited.found(endpoint, variables, target.query());
                yield run(
                        request,
                        endpoint,
                        new Call(variables, target.query(), Optional.empty(), caller(request)),
                        audited);
            }
        };
    }

    private CompletionStage<Answer> served(HttpRequest request) {
        return strict(request)
                .thenCompose(body -> within(service.answer(new ServiceApi.Request(
                                request.method().value(), rawTarget(request), headers(request), body, address(request)))
                        .thenApply(response -> new Answer(response.status(), Answer.JSON, response.json(), Map.of()))));
    }

    /** Nobody has shown a credential yet: what is held for him is little. */
    private CompletionStage<String> strict(HttpRequest request) {
        long max = Math.min(settings.maxBodyBytes(), SERVICE_BODY_MAX);
        if (request.entity().getContentLengthOption().orElse(0) > max) {
            return drained(request).thenApply(_ -> {
                throw tooLarge();
            });
        }
        return whole(request, max).thenApply(bytes -> new String(bytes, StandardCharsets.ISO_8859_1));
    }

    /** With the content type, which is apart from the others. */
    private static Map<String, String> headers(HttpRequest request) {
        Map<String, String> headers = new HashMap<>();
        request.getHeaders()
                .forEach(header -> headers.merge(header.lowercaseName(), header.value(), (a, b) -> a + "," + b));
        headers.put("content-type", request.entity().getContentType().toString());
        return headers;
    }

    private Optional<Answer> refusal(HttpRequest request, Target target) {
        Optional<String> host = header(request, "host");
        Optional<String> origin = header(request, "origin");
        return switch (target.segments().getFirst()) {
            case "health" -> Optional.empty();
            case "metrics" -> guard.browserRefusalWithoutToken(host, origin);
            default -> guard.refusal(header(request, "authorization"), host, origin);
        };
    }

    private CompletionStage<Answer> run(HttpRequest request, Endpoint endpoint, Call call, AuditedRequest audited) {
        CompletionStage<Call> whole = endpoint.body().isEmpty()
                ? drained(request).thenApply(_ -> call)
                : fields(request, endpoint).thenApply(body -> {
                    audited.read(body);
                    return call.with(body);
                });
        return whole.thenCompose(each -> within(endpoint.handler().handle(each)));
    }

    private CompletionStage<Fields> fields(HttpRequest request, Endpoint endpoint) {
        ContentType type = request.entity().getContentType();
        if (!type.mediaType().equals(ContentTypes.APPLICATION_JSON.mediaType())) {
            throw new ControlException(
                    ErrorCode.UNSUPPORTED_MEDIA_TYPE, "Content-Type: %s (expected: application/json)".formatted(type));
        }
        if (request.entity().getContentLengthOption().orElse(0) > settings.maxBodyBytes()) {
            throw tooLarge();
        }
        return whole(request, settings.maxBodyBytes()).thenApply(bytes -> Fields.parse(bytes, endpoint.body()));
    }

    private CompletionStage<byte[]> whole(HttpRequest request, long max) {
        return request.entity()
                .withSizeLimit(max)
                .toStrict(settings.answerTimeout().toMillis(), system)
                .exceptionallyCompose(failure ->
                        CompletableFuture.failedStage(cause(failure) instanceof TimeoutException ? late() : failure))
                .thenApply(entity -> entity.getData().toArrayUnsafe());
    }

    // An answer before the end of the request closes the connection, and many clients then never read it: so the rest
    // of the request is read away first, as far as that is bearable.
    private CompletionStage<Done> drained(HttpRequest request) {
        if (request.entity().isStrict()) {
            return CompletableFuture.completedStage(Done.getInstance());
        }
        return request.entity()
                .withSizeLimit(settings.maxBodyBytes() * DRAINED_BODIES)
                .getDataBytes()
                .runWith(Sink.ignore(), system)
                .toCompletableFuture()
                .orTimeout(settings.answerTimeout().toMillis(), TimeUnit.MILLISECONDS)
                .exceptionally(_ -> Done.getInstance());
    }

    private ControlException late() {
        return new ControlException(
                ErrorCode.MALFORMED_REQUEST,
                "body: not whole after %s (expected: the whole body)"
                        .formatted(DurationText.of(settings.answerTimeout())));
    }

    private ControlException tooLarge() {
        return new ControlException(
                ErrorCode.BODY_TOO_LARGE,
                "body: too long (expected: at most %d bytes)".formatted(settings.maxBodyBytes()));
    }

    // A copy: completing the port's own stage would be a surprise to it.
    private CompletionStage<Answer> within(CompletionStage<Answer> stage) {
        Duration timeout = settings.answerTimeout();
        return stage.toCompletableFuture().copy().orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static Throwable cause(Throwable failure) {
        Throwable cause = failure.getCause();
        return failure instanceof CompletionException && cause != null ? cause : failure;
    }

    private Answer failed(HttpRequest request, Throwable failure) {
        Throwable cause = cause(failure);
        return switch (cause) {
            case ControlException refused -> Answer.error(refused.code(), text(refused));
            case EntityStreamSizeException _ -> failed(request, tooLarge());
            case TimeoutException _ -> timedOut(request);
            default -> {
                LOG.error(
                        "{} {} failed",
                        request.method().value(),
                        request.getUri().path(),
                        cause);
                yield Answer.error(
                        ErrorCode.INTERNAL,
                        "%s: failed (expected: an answer)"
                                .formatted(request.method().value()));
            }
        };
    }

    private Answer timedOut(HttpRequest request) {
        LOG.warn(
                "{} {}: no answer within {} (expected: one)",
                request.method().value(),
                request.getUri().path(),
                DurationText.of(settings.answerTimeout()));
        return Answer.error(
                ErrorCode.UNAVAILABLE,
                "node: no answer within %s (expected: one)".formatted(DurationText.of(settings.answerTimeout())));
    }

    private CompletionStage<Answer> rejected(HttpRequest request, Answer answer) {
        return drained(request).thenApply(_ -> answer);
    }

    // What answer() throws at once, it throws before it reads the body.
    private CompletionStage<Answer> guarded(HttpRequest request, AuditedRequest audited) {
        try {
            return answer(request, audited);
        } catch (RuntimeException e) {
            return drained(request).thenCompose(_ -> CompletableFuture.failedStage(e));
        }
    }

    private static String text(Throwable refused) {
        String message = refused.getMessage();
        return message == null ? "" : message;
    }

    private static Optional<String> header(HttpRequest request, String name) {
        return request.getHeader(name).map(HttpHeader::value);
    }

    private static String caller(HttpRequest request) {
        String address = address(request);
        return address.isEmpty() ? "api" : "api@" + address;
    }

    private static String address(HttpRequest request) {
        return request.getAttribute(AttributeKeys.remoteAddress)
                .flatMap(remote -> remote.getAddress())
                .map(InetAddress::getHostAddress)
                .orElse("");
    }

    static HttpResponse response(Answer answer) {
        HttpResponse response =
                HttpResponse.create().withStatus(answer.status()).addHeaders(HEADERS);
        for (Map.Entry<String, String> header : answer.headers().entrySet()) {
            response = response.addHeader(RawHeader.create(header.getKey(), header.getValue()));
        }
        return answer.body() == null
                ? response
                : response.withEntity(HttpEntities.create(ContentTypes.parse(answer.mediaType()), answer.bytes()));
    }
}
