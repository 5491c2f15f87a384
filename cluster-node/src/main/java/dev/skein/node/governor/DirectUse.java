package dev.skein.node.governor;

import io.netty.util.internal.PlatformDependent;

/** Direct memory of Netty's buffers: what sockets and TLS read into and write from. */
final class DirectUse implements MemoryUse {
    @Override
    public String what() {
        return "direct";
    }

    @Override
    public long used() {
        return Math.max(0, PlatformDependent.usedDirectMemory()); // -1 where Netty does not count
    }

    @Override
    public long max() {
        return PlatformDependent.maxDirectMemory();
    }
}
