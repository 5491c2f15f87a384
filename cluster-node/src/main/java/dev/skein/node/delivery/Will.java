package dev.skein.node.delivery;

/** The will message of a connection (MQTT 3.1.1 section 3.1.2.5). The payload array is not to be written to. */
public final class Will {
    private final String topic;
    private final byte[] payload;
    private final int qos;
    private final boolean retain;

    /** Keeps {@code payload} without a copy. */
    public Will(String topic, byte[] payload, int qos, boolean retain) {
        this.topic = topic;
        this.payload = payload;
        this.qos = qos;
        this.retain = retain;
    }

    /** Topic name. */
    public String topic() {
        return topic;
    }

    /** 0..65535 bytes. */
    public byte[] payload() {
        return payload;
    }

    /** 0..2. */
    public int qos() {
        return qos;
    }

    /** Whether it is retained when it is published. */
    public boolean retain() {
        return retain;
    }
}
