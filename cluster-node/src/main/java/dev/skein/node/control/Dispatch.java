package dev.skein.node.control;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds the route of a request. */
final class Dispatch {
    private static final String HEAD = "HEAD";

    private final List<Endpoint> endpoints;

    Dispatch(List<Endpoint> endpoints) {
        this.endpoints = List.copyOf(endpoints);
    }

    /** The route, or the answer to a request that has none. */
    Found find(String method, Target target) {
        // The server leaves the body of an answer to HEAD away by itself.
        String asked = method.equals(HEAD) ? "GET" : method;
        List<String> allowed = new ArrayList<>();
        for (Endpoint endpoint : endpoints) {
            Optional<Map<String, String>> variables = endpoint.match(target.segments());
            if (variables.isPresent() && endpoint.method().equals(asked)) {
                return unknownParameter(endpoint, target)
                        .<Found>map(NoRoute::new)
                        .orElseGet(() -> new Route(endpoint, variables.get()));
            }
            variables.ifPresent(_ -> allowed.add(endpoint.method()));
        }
        return new NoRoute(
                allowed.isEmpty()
                        ? Answer.error(
                                ErrorCode.NOT_FOUND,
                                "path: /%s (expected: a route of %s/openapi.json)"
                                        .formatted(String.join("/", target.segments()), ControlRoutes.API))
                        : Answer.methodNotAllowed(method, allowed));
    }

    private static Optional<Answer> unknownParameter(Endpoint endpoint, Target target) {
        return target.query().keySet().stream()
                .filter(name -> !endpoint.query().contains(name))
                .findFirst()
                .map(name -> Answer.error(
                        ErrorCode.INVALID_PARAMETER,
                        "%s: unknown parameter (expected: %s)"
                                .formatted(
                                        name,
                                        endpoint.query().isEmpty() ? "none" : String.join(", ", endpoint.query()))));
    }

    /** Outcome of the search. */
    sealed interface Found {}

    /** There is one. */
    record Route(Endpoint endpoint, Map<String, String> variables) implements Found {}

    /** There is none. */
    record NoRoute(Answer answer) implements Found {}
}
