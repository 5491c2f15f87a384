package dev.skein.node.trace;

import dev.skein.node.cluster.ClusterMessage;
import dev.skein.persistence.trace.TracePage;
import dev.skein.persistence.trace.TracePlace;
import dev.skein.persistence.trace.TraceRecord;
import dev.skein.protocol.message.MessageId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a node has found.
 *
 * @param lines in the order that was asked for
 * @param end up to where, it included, all of the node is here; null: there is no more
 * @param damaged names of files of which a part could not be read
 * @param problem why it could not look; empty when it could
 */
public record TraceFound(List<Line> lines, @Nullable TracePlace end, List<String> damaged, String problem)
        implements ClusterMessage {
    /** Characters of one answer: it stays well below the frame of a link. */
    private static final int CHARS_MAX = 150_000;

    /** Of a line beside its texts, about. */
    private static final int CHARS_A_LINE = 200;

    /** One record; the fields are those of {@link TraceRecord}, identities as texts. */
    public record Line(
            TracePlace place,
            String clientId,
            @Nullable String message,
            @Nullable String received,
            String topic,
            int qos,
            String channel,
            String address,
            String detail,
            int count) {
        private static Line of(TracePage.Found found) {
            TraceRecord record = found.record();
            return new Line(
                    found.place(),
                    record.clientId(),
                    text(record.message()),
                    text(record.received()),
                    record.topic(),
                    record.qos(),
                    record.channel(),
                    record.address(),
                    record.detail(),
                    record.count());
        }

        private static @Nullable String text(@Nullable MessageId id) {
            return id == null ? null : id.toString();
        }

        private int chars() {
            return CHARS_A_LINE + clientId.length() + topic.length() + detail.length();
        }
    }

    /** It could not look. */
    static TraceFound failed(String problem) {
        return new TraceFound(List.of(), null, List.of(), problem);
    }

    /** As much of {@code page} as fits into one answer. */
    static TraceFound of(TracePage page) {
        List<Line> lines = new ArrayList<>(page.found().size());
        TracePlace end = page.end();
        int chars = 0;
        for (TracePage.Found each : page.found()) {
            if (chars > CHARS_MAX) {
                end = lines.getLast().place();
                break;
            }
            Line line = Line.of(each);
            chars += line.chars();
            lines.add(line);
        }
        return new TraceFound(lines, end, page.damaged(), "");
    }
}
