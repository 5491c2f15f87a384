package dev.skein.protocol.mqtt.codec;

import dev.skein.protocol.message.TopicName;
import io.netty.buffer.ByteBuf;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Turns the bytes of topic names into shared {@link TopicName}s. A hit allocates nothing and checks nothing again.
 *
 * <p>One for each event loop; not thread-safe. Bounded: at most {@value #CAPACITY} names, none longer than
 * {@value #LONGEST_KEPT} bytes; it is emptied when it is full, so an attachment may be lost at any time.
 */
public final class TopicNameCache {
    /** How many names are kept, at most. */
    public static final int CAPACITY = 8_192;

    /** Longest name that is kept, in bytes of UTF-8. Longer ones are checked and built on every use. */
    public static final int LONGEST_KEPT = 512;

    private static final int SLOTS = CAPACITY * 2;
    /** Bounds what names chosen to collide can cost: the home slot is taken over instead. */
    private static final int MAX_PROBES = 16;

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final @Nullable TopicName[] names = new @Nullable TopicName[SLOTS];
    private final int[] hashes = new int[SLOTS];
    /** The looked-up name with its length in front; padded by zeros to whole longs for {@link #hash}. */
    private final byte[] key = new byte[Short.BYTES + LONGEST_KEPT + Long.BYTES];

    private int size;

    /**
     * The name that {@code length} bytes at {@code offset} spell. Moves no index of {@code buf}.
     *
     * @throws MalformedPacketException when they are not a valid topic name
     */
    public TopicName get(ByteBuf buf, int offset, int length) throws MalformedPacketException {
        if (length > LONGEST_KEPT) {
            return create(buf, offset, length);
        }
        int keyLength = Short.BYTES + length;
        key[0] = (byte) (length >>> 8);
        key[1] = (byte) length;
        buf.getBytes(offset, key, Short.BYTES, length);
        int hash = hash(keyLength);
        int home = hash & (SLOTS - 1);
        int slot = home;
        for (int probe = 0; probe < MAX_PROBES; probe++) {
            TopicName name = names[slot];
            if (name == null) {
                return add(slot, hash, create(buf, offset, length));
            }
            byte[] wire = name.wire();
            if (hashes[slot] == hash && Arrays.equals(wire, 0, wire.length, key, 0, keyLength)) {
                return name;
            }
            slot = (slot + 1) & (SLOTS - 1);
        }
        TopicName name = create(buf, offset, length);
        names[home] = name;
        hashes[home] = hash;
        return name;
    }

    /** How many names it holds. */
    public int size() {
        return size;
    }

    private TopicName add(int slot, int hash, TopicName name) {
        if (size == CAPACITY) {
            Arrays.fill(names, null);
            size = 0;
            slot = hash & (SLOTS - 1);
        }
        names[slot] = name;
        hashes[slot] = hash;
        size++;
        return name;
    }

    private int hash(int keyLength) {
        LONGS.set(key, keyLength, 0L); // what an earlier, longer name left behind
        long hash = keyLength;
        for (int i = 0; i < keyLength; i += Long.BYTES) {
            hash = (hash ^ (long) LONGS.get(key, i)) * 0x9E3779B97F4A7C15L;
            hash ^= hash >>> 29;
        }
        return (int) (hash ^ (hash >>> 32));
    }

    private static TopicName create(ByteBuf buf, int offset, int length) throws MalformedPacketException {
        Strings.topicName(buf, offset, length, "topic");
        byte[] wire = new byte[Short.BYTES + length];
        wire[0] = (byte) (length >>> 8);
        wire[1] = (byte) length;
        buf.getBytes(offset, wire, Short.BYTES, length);
        return TopicName.ofChecked(wire);
    }
}
