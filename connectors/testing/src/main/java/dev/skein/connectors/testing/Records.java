package dev.skein.connectors.testing;

import dev.skein.connectors.api.SinkRecord;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Records for tests. */
public final class Records {
    private Records() {}

    /** Record {@code number} of {@code orderKey}: both stand in the body. */
    public static SinkRecord of(String topic, String orderKey, int number) {
        String body = orderKey + "/" + number;
        return new SinkRecord(
                topic, "id-" + body, "t", orderKey, Map.of("p", "v" + number), body.getBytes(StandardCharsets.UTF_8));
    }

    /** Several with the same order key, numbered from {@code from}. */
    public static List<SinkRecord> of(String topic, String orderKey, int from, int count) {
        return IntStream.range(from, from + count)
                .mapToObj(number -> of(topic, orderKey, number))
                .toList();
    }
}
