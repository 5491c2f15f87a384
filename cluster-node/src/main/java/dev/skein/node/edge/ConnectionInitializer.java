package dev.skein.node.edge;

import io.netty.channel.Channel;

/** Adds the protocol's handlers to an accepted connection. Called by all event loops. */
@FunctionalInterface
public interface ConnectionInitializer {

    /**
     * Adds handlers at the end of the pipeline. Called once for each connection, on its event loop, after the PROXY
     * header, the TLS handshake and the WebSocket upgrade are done; the handlers see a stream of {@code ByteBuf} in
     * both directions whatever the transport. The channel is active already: a handler starts in {@code handlerAdded}
     * and does not wait for {@code channelActive}, which comes only where none of the three was there.
     *
     * <p>An exception closes the connection.
     *
     * @param channel the connection
     * @param info where it came from; the initializer may keep it
     */
    void init(Channel channel, ConnectionInfo info);
}
