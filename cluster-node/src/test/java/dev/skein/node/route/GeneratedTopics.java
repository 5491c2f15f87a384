package dev.skein.node.route;

import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Filters and topics out of few words, so that they often meet. */
final class GeneratedTopics {
    private static final String[] WORDS = {"a", "b", "c", "", "$d", "long-word", "e"};
    private static final int LEVELS = 4;

    private GeneratedTopics() {}

    /** A valid topic name. */
    static String topic(SplittableRandom random) {
        while (true) {
            String topic = IntStream.rangeClosed(0, random.nextInt(LEVELS))
                    .mapToObj(_ -> word(random))
                    .collect(Collectors.joining("/"));
            if (!topic.isEmpty()) {
                return topic;
            }
        }
    }

    /** A valid topic filter. */
    static String filter(SplittableRandom random) {
        int levels = random.nextInt(LEVELS);
        StringBuilder filter = new StringBuilder();
        for (int i = 0; i < levels; i++) {
            filter.append(random.nextInt(3) == 0 ? "+" : word(random)).append('/');
        }
        String last = switch (random.nextInt(4)) {
            case 0 -> "#";
            case 1 -> "+";
            default -> word(random);
        };
        filter.append(last);
        return filter.isEmpty() ? "#" : filter.toString();
    }

    private static String word(SplittableRandom random) {
        return WORDS[random.nextInt(WORDS.length)];
    }
}
