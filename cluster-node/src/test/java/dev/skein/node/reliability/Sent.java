package dev.skein.node.reliability;

/**
 * A message that a robot has published. Its body begins with its name, so that whoever gets it can say which it is.
 *
 * @param publisher client ID
 * @param number counts what the publisher has published, from 1
 * @param topic topic name
 * @param qos 0, 1 or 2
 * @param retain the RETAIN flag
 * @param size characters of the body; 0 takes a retained message away
 */
public record Sent(String publisher, long number, String topic, int qos, boolean retain, int size) {
    private static final int NAME_MAX = 64;

    /** Name of the message within a run. */
    public String name() {
        return publisher + ":" + number;
    }

    /** Its body: the name, and signs that follow from it. */
    public String body() {
        if (size == 0) {
            return "";
        }
        String head = name() + "|";
        char filling = (char) ('a' + number % 26);
        return size <= head.length() ? head : head + String.valueOf(filling).repeat(size - head.length());
    }

    /** The name in a body; the whole body when there is none. */
    public static String nameIn(String body) {
        int end = body.indexOf('|');
        return end < 0 || end > NAME_MAX ? body : body.substring(0, end);
    }
}
