package dev.skein.protocol.message;

/**
 * What is published for a client that leaves without a word (MQTT 3.1.1 section 3.1.2.5, MQTT 5 section 3.1.3.2).
 *
 * @param topic topic name
 * @param content does not expire: that begins when it is published
 * @param qos 0..2
 * @param retain whether it is retained when it is published
 * @param delaySeconds how long after the end of the connection it is published, at the latest with the end of the
 *     session; 0: at once
 * @param expirySeconds for how long it is of use once it is published; 0: it never expires
 */
public record Will(String topic, Content content, int qos, boolean retain, long delaySeconds, long expirySeconds) {
    /** The same with another delay. */
    public Will delayedBy(long seconds) {
        return new Will(topic, content, qos, retain, seconds, expirySeconds);
    }

    /** One of MQTT 3.1.1. */
    public Will(String topic, Content content, int qos, boolean retain) {
        this(topic, content, qos, retain, 0, 0);
    }
}
