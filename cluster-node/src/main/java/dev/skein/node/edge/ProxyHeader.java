package dev.skein.node.edge;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import io.netty.handler.codec.haproxy.HAProxyProtocolException;
import io.netty.handler.codec.haproxy.HAProxyProxiedProtocol;
import io.netty.util.NetUtil;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Decodes the PROXY protocol header, version 1 or 2, and refuses at its first byte what is none. */
final class ProxyHeader extends HAProxyMessageDecoder {

    /** Room for what load balancers add to version 2; it is read over. */
    private static final int MAX_TLV_BYTES = 4096;

    private static final byte[] V1 = "PROXY ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] V2 = {13, 10, 13, 10, 0, 13, 10, 'Q', 'U', 'I', 'T', 10};

    private int matched;
    private boolean version1 = true;
    private boolean version2 = true;

    ProxyHeader() {
        super(MAX_TLV_BYTES);
    }

    // The decoder of Netty takes everything that is not version 2 for version 1 and waits for a line end.
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) throws Exception {
        if (msg instanceof ByteBuf in && !startsLikeHeader(in)) {
            ReferenceCountUtil.release(msg);
            throw new HAProxyProtocolException("the connection does not begin with a PROXY header");
        }
        super.channelRead(ctx, msg);
    }

    private boolean startsLikeHeader(ByteBuf in) {
        for (int i = in.readerIndex(); i < in.writerIndex() && matched < V2.length; i++, matched++) {
            byte next = in.getByte(i);
            version1 &= matched >= V1.length || next == V1[matched];
            version2 &= next == V2[matched];
        }
        return version1 || version2;
    }

    /** The client's address, or null for a connection that the proxy made for itself or does not know about. */
    static @Nullable InetSocketAddress client(HAProxyMessage header) throws UnknownHostException {
        HAProxyProxiedProtocol protocol = header.proxiedProtocol();
        boolean tcp = protocol == HAProxyProxiedProtocol.TCP4 || protocol == HAProxyProxiedProtocol.TCP6;
        if (header.command() == HAProxyCommand.LOCAL || !tcp) {
            return null;
        }
        byte[] address = NetUtil.createByteArrayFromIpAddressString(header.sourceAddress());
        return new InetSocketAddress(InetAddress.getByAddress(address), header.sourcePort());
    }
}
