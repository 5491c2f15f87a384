package dev.skein.connectors.kafka;

import dev.skein.connectors.support.Reasons;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SerializationException;

/** What Kafka's client says. */
final class Failures {
    private Failures() {}

    /** Whether the same record fails again, whenever it is sent. */
    static boolean isLasting(Throwable failure) {
        return failure instanceof RecordTooLargeException
                || failure instanceof InvalidTopicException
                || failure instanceof SerializationException;
    }

    /** Whether a producer that says this is of no further use: wrong credential, or an error state. */
    static boolean endsProducer(Throwable failure) {
        return failure instanceof org.apache.kafka.common.errors.AuthenticationException
                || failure instanceof org.apache.kafka.common.errors.ClusterAuthorizationException
                || failure instanceof IllegalStateException
                || (failure instanceof KafkaException && !(failure instanceof ApiException));
    }

    /** In one line with the address. */
    static String reason(Throwable failure, String addresses) {
        Throwable cause =
                failure instanceof ExecutionException && failure.getCause() != null ? failure.getCause() : failure;
        String own = cause.getMessage() == null ? cause.getClass().getSimpleName() : Reasons.line(cause.getMessage());
        return addresses + ": " + own;
    }
}
