package dev.skein.connectors.kafka;

import dev.skein.connectors.api.Settings;
import dev.skein.connectors.support.Problems;
import java.time.InstantSource;
import java.util.Set;

/**
 * What a rule says of its source.
 *
 * @param group the consumer group
 * @param topic the topic
 * @param fromFirst whether a group that is new begins with the oldest message rather than with those from now on
 * @param since when the source was opened, in milliseconds
 * @param inFlight the most messages of one partition that were not acknowledged yet
 */
record SourceSettings(String group, String topic, boolean fromFirst, long since, int inFlight) {
    private static final Set<String> KEYS = Set.of("from", "max-in-flight");

    static SourceSettings of(String group, String topic, Settings options, InstantSource clock) {
        Problems problems = new Problems(options).keys(KEYS).reads(() -> inFlight(options));
        Names.topic(topic, "source-topic", problems);
        if (group.isBlank()) {
            problems.add("consumer-group", group, "a name");
        }
        String from = options.text("from").orElse("now");
        if (!from.equals("now") && !from.equals("first")) {
            problems.add("from", from, "now or first");
        }
        problems.refuse();
        return new SourceSettings(group, topic, from.equals("first"), clock.millis(), inFlight(options));
    }

    private static int inFlight(Settings options) {
        return options.number("max-in-flight", 1000, 1, 100_000);
    }
}
