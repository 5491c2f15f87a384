package dev.skein.node.control;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Another API at the same port, which reads requests and checks credentials by itself. Thread-safe. */
public interface ServiceApi {
    /** Answers no path. */
    ServiceApi NONE = new ServiceApi() {
        @Override
        public boolean serves(String path) {
            return false;
        }

        @Override
        public CompletionStage<Response> answer(Request request) {
            return CompletableFuture.failedStage(new IllegalStateException("path: not served"));
        }
    };

    /**
     * A request.
     *
     * @param method such as POST
     * @param target path and query as they were sent
     * @param headers by their names in lower case, values of one name joined by a comma
     * @param body its bytes, each as the character of that number (ISO 8859-1)
     * @param address of the caller
     */
    record Request(String method, String target, Map<String, String> headers, String body, String address) {}

    /** An answer in JSON. */
    record Response(int status, String json) {}

    /** Whether {@code path} is one of this API. */
    boolean serves(String path);

    /**
     * Answers a request to a path that it {@link #serves}; never blocks. A stage that fails is an error of the node.
     */
    CompletionStage<Response> answer(Request request);
}
