package dev.skein.connectors.rocketmq;

import dev.skein.connectors.api.Settings;
import dev.skein.connectors.support.Problems;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Set;

/**
 * What a rule says of its source.
 *
 * @param group the consumer group
 * @param topic the topic
 * @param tag which tags: {@code *} for all, or {@code a || b}
 * @param fromFirst whether a group that is new begins with the oldest message rather than with those from now on
 * @param since when the source was opened, in the form {@code yyyyMMddHHmmss} of the client
 * @param inFlight the most messages of one queue that were not acknowledged yet
 */
record SourceSettings(String group, String topic, String tag, boolean fromFirst, String since, int inFlight) {
    private static final Set<String> KEYS = Set.of("tag", "from", "max-in-flight");

    static SourceSettings of(String group, String topic, Settings options, InstantSource clock) {
        Problems problems = new Problems(options).keys(KEYS).reads(() -> inFlight(options));
        if (!Texts.isName(group)) {
            problems.add("consumer-group", group, Texts.NAME);
        }
        if (!Texts.isName(topic)) {
            problems.add("source-topic", topic, Texts.NAME);
        }
        String tag = options.text("tag").orElse("*");
        if (tag.isBlank()) {
            problems.add("tag", tag, "*, or tags with || between them");
        }
        String from = options.text("from").orElse("now");
        if (!from.equals("now") && !from.equals("first")) {
            problems.add("from", from, "now or first");
        }
        problems.refuse();
        return new SourceSettings(group, topic, tag, from.equals("first"), since(clock), inFlight(options));
    }

    private static String since(InstantSource clock) {
        return DateTimeFormatter.ofPattern("yyyyMMddHHmmss", Locale.ROOT)
                .withZone(ZoneId.systemDefault())
                .format(clock.instant());
    }

    private static int inFlight(Settings options) {
        return options.number("max-in-flight", 1000, 1, 65_535);
    }
}
