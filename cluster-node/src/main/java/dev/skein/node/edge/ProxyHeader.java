package dev.skein.node.edge;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
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
    /** Of version 2: signature, version, family and length. */
    private static final int HEADER_V2 = 16;

    private static final int FAMILY_AT = 13;
    private static final int LENGTH_AT = 14;
    private static final int TLV_HEADER = 3;
    /** A TLV that holds others behind five bytes. */
    private static final int TLV_SSL = 0x20;

    private static final int SSL_HEADER = 5;

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
        if (msg instanceof ByteBuf in && !fits(in)) {
            ReferenceCountUtil.release(msg);
            throw new HAProxyProtocolException("an addition (TLV) of the PROXY header does not fit into it");
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

    /** Netty believes the lengths of TLVs, and keeps what it has read of those before one that is too long. */
    private boolean fits(ByteBuf in) {
        ByteBuf all = Unpooled.wrappedBuffer(internalBuffer().retainedSlice(), in.retainedSlice());
        try {
            if (!version2 || all.readableBytes() < HEADER_V2) {
                return true;
            }
            int end = HEADER_V2 + all.getUnsignedShort(LENGTH_AT);
            int tlvs = HEADER_V2 + addresses(all.getUnsignedByte(FAMILY_AT));
            return tlvs >= end || end > all.readableBytes() || fit(all, tlvs, end);
        } finally {
            all.release();
        }
    }

    private static int addresses(int familyAndTransport) {
        return switch (familyAndTransport >> 4) {
            case 1 -> 12; // IPv4
            case 2 -> 36; // IPv6
            case 3 -> 216; // Unix
            default -> 0;
        };
    }

    private static boolean fit(ByteBuf in, int begin, int end) {
        int at = begin;
        while (end - at >= TLV_HEADER) {
            int value = at + TLV_HEADER;
            int next = value + in.getUnsignedShort(at + 1);
            boolean nested = in.getUnsignedByte(at) == TLV_SSL;
            if (next > end || (nested && (next - value < SSL_HEADER || !fit(in, value + SSL_HEADER, next)))) {
                return false;
            }
            at = next;
        }
        return at == end;
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
