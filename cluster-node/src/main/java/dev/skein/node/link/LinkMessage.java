package dev.skein.node.link;

import java.util.List;

/** What travels between the link actors of two nodes. Written by {@link LinkSerializer}. */
public sealed interface LinkMessage {
    /** The incarnation of the node that sends. */
    long from();

    /** The incarnation of the node that it is for; another incarnation passes it over. */
    long to();

    /** Number of the stream between the two nodes: the event loop that sends the segments, 0 or more. */
    int stream();

    /**
     * The next bytes of a stream; frames may begin and end anywhere in them.
     *
     * @param sequence 1, 2, 3 ... within the stream
     * @param bytes not to be written to
     * @param awaited whether somebody waits for its acknowledgement; without, a late one will do
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Segment(long from, long to, int stream, long sequence, byte[] bytes, boolean awaited)
            implements LinkMessage {}

    /**
     * Asks every event loop of a node to say, on its stream, when it has passed: with {@link Frame.Kind#PASSED}.
     *
     * @param stream the event loop that asks
     * @param sequence of the question
     * @param stored whether the store answers too, when what the loops gave it is committed and pushed
     * @param routers ids of the routers whose retained messages, if any are on their way to them, are waited for
     */
    record Barrier(long from, long to, int stream, long sequence, boolean stored, List<String> routers)
            implements LinkMessage {}

    /**
     * Publishers of the stream's event loop wait with what they publish at QoS 1 or 2 on a topic, because a receiver of
     * the node that sends this has too much before it; holds for some seconds.
     *
     * @param level 0: no more, 1: those whose message goes to no other node or session, 2: all
     */
    record Hold(long from, long to, int stream, String instance, String topic, int level) implements LinkMessage {}

    /** The sender of this has taken every segment up to {@code sequence}. */
    record Acknowledged(long from, long to, int stream, long sequence) implements LinkMessage {}
}
