package dev.skein.node.delivery;

import dev.skein.node.link.Frame;
import dev.skein.node.route.Peer;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.function.BiConsumer;

/** The receivers of one message that other nodes have, node by node, so that it goes to each node once. */
final class RemoteTargets {
    private static final int FIRST = 4;

    private final IdentityHashMap<Peer, Growing> byPeer = new IdentityHashMap<>();

    private static final class Growing {
        private long[] ids = new long[FIRST];
        private byte[] flags = new byte[FIRST];
        private int size;

        void add(long id, byte flag) {
            if (size == ids.length) {
                ids = Arrays.copyOf(ids, size * 2);
                flags = Arrays.copyOf(flags, size * 2);
            }
            ids[size] = id;
            flags[size++] = flag;
        }

        Frame.Targets targets() {
            return new Frame.Targets(Arrays.copyOf(ids, size), Arrays.copyOf(flags, size));
        }
    }

    void add(Peer peer, long id, int qos, boolean retain) {
        byPeer.computeIfAbsent(peer, _ -> new Growing()).add(id, Frame.flags(qos, retain));
    }

    void forEach(BiConsumer<Peer, Frame.Targets> action) {
        byPeer.forEach((peer, growing) -> action.accept(peer, growing.targets()));
    }
}
