package dev.skein.node.control;

import dev.skein.node.audit.AuditLog;
import dev.skein.protocol.wire.DurationText;
import java.time.Duration;
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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** From HTTP requests to routes and back. Any thread; never blocks it. */
final class RequestHandler {
    private static final Logger LOG = LoggerFactory.getLogger(RequestHandler.class);
    private static final List<HttpHeader> HEADERS = List.of(
            RawHeader.create("Cache-Control", "no-store"), RawHeader.create("X-Content-Type-Options", "nosniff"));

    /** Fields of bodies that the audit log tells. */
    private static final List<String> AUDITED =
            List.of(RegistryRoutes.GROUP, RegistryRoutes.PARENT_TOPIC, MessageFields.TOPIC);

    /** Of a request that is refused, so many times the greatest body is read away at the most. */
    private static final int DRAINED_BODIES = 8;

    private final ClassicActorSystemProvider system;
    private final HttpSettings settings;
    private final Guard guard;
    private final Dispatch dispatch;

    RequestHandler(ClassicActorSystemProvider system, HttpSettings settings, List<Endpoint> endpoints) {
        this.system = system;
        this.settings = settings;
        this.guard = new Guard(settings.token());
        this.dispatch = new Dispatch(endpoints);
    }

    CompletionStage<HttpResponse> handle(HttpRequest request) {
        return guarded(request)
                .exceptionally(failure -> failed(request, failure))
                .thenApply(RequestHandler::response);
    }

    private CompletionStage<Answer> answer(HttpRequest request) {
        Target target = Target.parse(
                request.getHeader(RawRequestURI.class).orElseThrow().uri());
        Optional<Answer> refusal = refusal(request, target);
        if (refusal.isPresent()) {
            auditRefusal(request, target, refusal.get());
            return rejected(request, refusal.get());
        }
        return switch (dispatch.find(request.method().value(), target)) {
            case Dispatch.NoRoute(var answer) -> rejected(request, answer);
            case Dispatch.Route(var endpoint, var variables) -> run(request, target, endpoint, variables);
        };
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

    private CompletionStage<Answer> run(
            HttpRequest request, Target target, Endpoint endpoint, Map<String, String> variables) {
        CompletionStage<Optional<Fields>> fields = endpoint.body().isEmpty()
                ? drained(request).thenApply(_ -> Optional.empty())
                : fields(request, endpoint).thenApply(Optional::of);
        return fields.thenCompose(body -> {
            Call call = new Call(variables, target.query(), body, caller(request));
            CompletionStage<Answer> answer = within(endpoint.handler().handle(call));
            return endpoint.changes()
                    ? answer.whenComplete((done, failure) -> audit(endpoint, call, done, failure))
                    : answer;
        });
    }

    private static void audit(Endpoint endpoint, Call call, @Nullable Answer done, @Nullable Throwable failure) {
        if (!AuditLog.isOn()) {
            return;
        }
        AuditLog.Line line = AuditLog.line("control").with("by", call.caller());
        line.with("method", endpoint.method()).with("route", endpoint.template());
        call.variables().forEach(line::with);
        call.query().forEach(line::with);
        call.fields()
                .ifPresent(body -> AUDITED.stream()
                        .filter(endpoint.body()::contains)
                        .forEach(name -> line.with(name, body.optionalText(name).orElse(null))));
        if (done != null) {
            line.with("status", done.status()).write();
        } else if (failure != null && cause(failure) instanceof ControlException refused) {
            line.with("status", ErrorCatalog.status(refused.code()))
                    .with("failure", refused.code().text() + ": " + text(refused))
                    .write();
        } else {
            line.with("failure", String.valueOf(failure)).write();
        }
    }

    private static void auditRefusal(HttpRequest request, Target target, Answer refusal) {
        if (AuditLog.isOn()) {
            AuditLog.line("control-refused")
                    .with("by", caller(request))
                    .with("method", request.method().value())
                    .with("path", "/" + String.join("/", target.segments()))
                    .with("status", refusal.status())
                    .write();
        }
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
        return request.entity()
                .withSizeLimit(settings.maxBodyBytes())
                .toStrict(settings.answerTimeout().toMillis(), system)
                .exceptionallyCompose(failure ->
                        CompletableFuture.failedStage(cause(failure) instanceof TimeoutException ? late() : failure))
                .thenApply(entity -> Fields.parse(entity.getData().toArrayUnsafe(), endpoint.body()));
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
    private CompletionStage<Answer> guarded(HttpRequest request) {
        try {
            return answer(request);
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
        return request.getAttribute(AttributeKeys.remoteAddress)
                .flatMap(remote -> remote.getAddress())
                .map(address -> "api@" + address.getHostAddress())
                .orElse("api");
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
