package dev.skein.node.admission;

/**
 * What one party may do in a second, such as a client or an address; 0 stands for no bound.
 *
 * @param connects connections
 * @param messages messages published
 * @param bytes of their topics and bodies
 * @param topics parent topics that nobody else has published to of late
 */
public record Rate(int connects, int messages, long bytes, int topics) {
    /** No bound at all. */
    public static final Rate NONE = new Rate(0, 0, 0, 0);

    /** Whether what is published has to be counted. */
    public boolean boundsMessages() {
        return messages > 0 || bytes > 0;
    }
}
