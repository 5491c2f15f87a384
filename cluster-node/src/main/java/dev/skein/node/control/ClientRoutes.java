package dev.skein.node.control;

import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Routes of clients and messages. */
final class ClientRoutes {
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
        return publisher
                .publish(call.instance(), MessageFields.read(call.body()))
                .thenApply(id -> Answer.ok(new Answer.Published(id.toString())));
    }
}
