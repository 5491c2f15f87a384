package dev.skein.loadtest.scenario;

import org.jspecify.annotations.Nullable;

/**
 * Messages of one kind.
 *
 * @param name as phases and criteria call it
 * @param from the publishing group; of an answer: the group that answers
 * @param to the addressed group, whose clients {@code {to}} stands for; null when the topic alone says who receives
 * @param topic a template of the topics; of a P2P flow: the parent topic
 * @param p2p whether messages go to {@code <topic>/p2p/<client ID>}
 * @param answers the flow whose messages these answer; null for a flow of its own pace
 * @param will whether these are the wills of {@code from}
 * @param qos 0..2
 * @param size of the payload, bytes
 * @param rate messages a second of each publisher in an open loop; 0 otherwise
 * @param window messages under way of each publisher in a closed loop; 0 otherwise
 * @param count messages of each publisher in all; 0 for no end
 * @param retain the RETAIN flag
 * @param random whether the next topic is a random one, not the next in turn
 * @param contacts clients of {@code to} that each publisher writes to; 0 for all
 * @param topics topics of each publisher that {@code {t}} tells apart
 */
public record Flow(
        String name,
        String from,
        @Nullable String to,
        String topic,
        boolean p2p,
        @Nullable String answers,
        boolean will,
        int qos,
        int size,
        double rate,
        int window,
        int count,
        boolean retain,
        boolean random,
        int contacts,
        int topics) {
    /** Whether messages have their times. */
    public boolean openLoop() {
        return rate > 0;
    }

    /** Whether publishers send it of their own accord. */
    public boolean paced() {
        return rate > 0 || window > 0;
    }
}
