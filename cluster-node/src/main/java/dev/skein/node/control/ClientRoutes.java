package dev.skein.node.control;

import dev.skein.protocol.topic.TopicNames;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Routes of clients and messages. */
final class ClientRoutes {
    static final String TOPIC = "topic";
    private static final String QOS = "qos";
    private static final String RETAIN = "retain";
    private static final String PAYLOAD = "payload";
    private static final String PAYLOAD_BASE64 = "payloadBase64";
    private static final int QOS_MAX = 2;

    /** Fields of a message. */
    static final List<String> MESSAGE = List.of(TOPIC, QOS, RETAIN, PAYLOAD, PAYLOAD_BASE64);

    private final ClientDirectory clients;
    private final MessagePublisher publisher;

    ClientRoutes(ClientDirectory clients, MessagePublisher publisher) {
        this.clients = clients;
        this.publisher = publisher;
    }

    CompletionStage<Answer> list(Call call) {
        ClientQuery query = new ClientQuery(
                call.instance(),
                call.parameter("search").orElse(""),
                call.parameter("after").orElse(null),
                call.limit());
        return clients.list(query).thenApply(Answer::ok);
    }

    CompletionStage<Answer> sessions(Call call) {
        String largest = call.parameter("largest").orElse("");
        SessionQuery.Size by = switch (largest) {
            case "" -> null;
            case "filters" -> SessionQuery.Size.FILTERS;
            case "queue" -> SessionQuery.Size.QUEUE;
            default -> throw invalid("largest: " + largest + " (expected: filters or queue)");
        };
        String search = call.parameter("search").orElse("");
        String after = call.parameter("after").orElse("");
        if (by != null && !(search + after).isEmpty()) {
            throw invalid("largest: " + largest + " (expected: alone, or with limit)");
        }
        return clients.sessions(new SessionQuery(call.instance(), search, by, after, call.limit()))
                .thenApply(Answer::ok);
    }

    private static ControlException invalid(String message) {
        return new ControlException(ErrorCode.INVALID_PARAMETER, message);
    }

    CompletionStage<Answer> show(Call call) {
        String clientId = call.variable("clientId");
        return clients.get(call.instance(), clientId).thenApply(client -> found(client, clientId));
    }

    CompletionStage<Answer> subscriptions(Call call) {
        String clientId = call.variable("clientId");
        String after = call.parameter("after").orElse("");
        return clients.subscriptions(call.instance(), clientId, after, call.limit())
                .thenApply(page -> found(page, clientId));
    }

    private static Answer found(Optional<?> found, String clientId) {
        return found.map(Answer::ok)
                .orElseThrow(() -> new ControlException(
                        ErrorCode.CLIENT_NOT_FOUND,
                        "client: " + clientId + " (expected: one that is connected or has a session)"));
    }

    CompletionStage<Answer> disconnect(Call call) {
        String clientId = call.variable("clientId");
        return clients.disconnect(call.instance(), clientId).thenApply(disconnected -> {
            if (!disconnected) {
                throw new ControlException(
                        ErrorCode.CLIENT_NOT_CONNECTED, "client: " + clientId + " (expected: one that is connected)");
            }
            return Answer.ok(new Answer.Disconnected(true));
        });
    }

    CompletionStage<Answer> discardSession(Call call) {
        String clientId = call.variable("clientId");
        return clients.discardSession(call.instance(), clientId).thenApply(discarded -> {
            if (!discarded) {
                throw new ControlException(
                        ErrorCode.CLIENT_NOT_FOUND,
                        "client: " + clientId + " (expected: one that has a persistent session)");
            }
            return Answer.noContent();
        });
    }

    CompletionStage<Answer> publish(Call call) {
        Fields body = call.body();
        String topic = topic(body);
        int qos = body.integer(QOS, 0, QOS_MAX, 0);
        boolean retain = body.flag(RETAIN);
        return publisher
                .publish(call.instance(), topic, payload(body), qos, retain)
                .thenApply(id -> Answer.ok(new Answer.Published(id.toString())));
    }

    private static String topic(Fields body) {
        String topic = body.text(TOPIC);
        String violation = TopicNames.violation(topic);
        if (violation != null) {
            throw new ControlException(ErrorCode.INVALID_FIELD, violation);
        }
        return topic;
    }

    private static byte[] payload(Fields body) {
        Optional<String> text = body.optionalText(PAYLOAD);
        Optional<String> base64 = body.optionalText(PAYLOAD_BASE64);
        if (text.isPresent() == base64.isPresent()) {
            throw new ControlException(
                    text.isPresent() ? ErrorCode.INVALID_FIELD : ErrorCode.MISSING_FIELD,
                    "payload: %s (expected: either payload or payloadBase64)"
                            .formatted(text.isPresent() ? "given twice" : "absent"));
        }
        return text.map(value -> value.getBytes(StandardCharsets.UTF_8)).orElseGet(() -> decode(base64.orElseThrow()));
    }

    private static byte[] decode(String base64) {
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw new ControlException(
                    ErrorCode.INVALID_FIELD,
                    "payloadBase64: not Base64 (expected: Base64 with padding, no line breaks)");
        }
    }
}
