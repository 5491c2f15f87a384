package dev.skein.node.control;

import org.apache.pekko.event.LoggingAdapter;
import org.apache.pekko.http.ParsingErrorHandler;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.scaladsl.model.ErrorInfo;
import org.apache.pekko.http.scaladsl.model.StatusCode;
import org.apache.pekko.http.scaladsl.settings.ServerSettings;

/** Answers what is not HTTP in the form of every other error. Named to the HTTP server by its class name. */
public final class MalformedRequests extends ParsingErrorHandler {
    /** The one instance, under the name that the HTTP server looks for. */
    @SuppressWarnings({"checkstyle:ConstantName", "unused"})
    public static final MalformedRequests MODULE$ = new MalformedRequests();

    private MalformedRequests() {}

    @Override
    public HttpResponse handle(StatusCode status, ErrorInfo info, LoggingAdapter log, ServerSettings settings) {
        log.info("HTTP request refused: {}", info.summary());
        return RequestHandler.response(Answer.error(ErrorCode.MALFORMED_REQUEST, "request: " + info.summary()))
                .withStatus(status.intValue());
    }
}
