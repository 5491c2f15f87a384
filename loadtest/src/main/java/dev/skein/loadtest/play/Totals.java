package dev.skein.loadtest.play;

import java.util.ArrayList;
import java.util.List;

/**
 * How many messages of each stream were sent by a moment.
 *
 * @param sent by flow and stream; empty for answers, which have the numbers of what they answer
 * @param uncertain flow, stream and sequence number of messages that nobody can say arrived at the broker: a clean
 *     session ended before their acknowledgement
 */
@SuppressWarnings("ArrayRecordComponent") // large, and never compared
public record Totals(int[][] sent, List<int[]> uncertain) {
    /** Copies the list. */
    public Totals {
        uncertain = List.copyOf(uncertain);
    }

    /** The totals of all processes; each knows its own publishers and has zeros for the others. */
    public static Totals merge(List<Totals> parts) {
        int[][] all = parts.getFirst().sent.clone();
        List<int[]> uncertain = new ArrayList<>(parts.getFirst().uncertain);
        for (int flow = 0; flow < all.length; flow++) {
            all[flow] = all[flow].clone();
        }
        for (Totals part : parts.subList(1, parts.size())) {
            for (int flow = 0; flow < all.length; flow++) {
                for (int stream = 0; stream < all[flow].length; stream++) {
                    all[flow][stream] += part.sent[flow][stream];
                }
            }
            uncertain.addAll(part.uncertain);
        }
        return new Totals(all, uncertain);
    }
}
