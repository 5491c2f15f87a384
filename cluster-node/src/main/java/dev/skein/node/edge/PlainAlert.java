package dev.skein.node.edge;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.jspecify.annotations.Nullable;

/**
 * Stands before the TLS handler until its handshake is over and looks for an alert that is not encrypted. A client that
 * distrusts the certificate sends one in TLS 1.3 before it has keys (OpenSSL does); the engine takes it for an
 * encrypted record that is broken.
 */
final class PlainAlert extends ChannelInboundHandlerAdapter {
    private static final int RECORD_HEADER = 5;
    private static final int LENGTH_AT = 3;
    private static final int CHANGE_CIPHER_SPEC = 20;
    private static final int ALERT = 21;
    private static final int ALERT_LENGTH = 2;
    private static final int FATAL = 2;

    private int description = -1;
    private FirstBytes first = FirstBytes.OTHER;
    private boolean any;

    /** What came first. */
    FirstBytes first() {
        return first;
    }

    /** The alert that came, by its name in RFC 8446; null when none did. */
    @Nullable
    String name() {
        return switch (description) {
            case -1 -> null;
            case 0 -> "close_notify";
            case 10 -> "unexpected_message";
            case 40 -> "handshake_failure";
            case 42 -> "bad_certificate";
            case 43 -> "unsupported_certificate";
            case 44 -> "certificate_revoked";
            case 45 -> "certificate_expired";
            case 46 -> "certificate_unknown";
            case 47 -> "illegal_parameter";
            case 48 -> "unknown_ca";
            case 70 -> "protocol_version";
            case 71 -> "insufficient_security";
            case 80 -> "internal_error";
            case 90 -> "user_canceled";
            case 112 -> "unrecognized_name";
            default -> "alert " + description;
        };
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (msg instanceof ByteBuf bytes) {
            if (!any) {
                any = true;
                first = FirstBytes.of(bytes);
            }
            if (description < 0) {
                look(bytes);
            }
        }
        ctx.fireChannelRead(msg);
    }

    private void look(ByteBuf bytes) {
        int at = bytes.readerIndex();
        while (bytes.writerIndex() - at > RECORD_HEADER) {
            int type = bytes.getUnsignedByte(at);
            int length = bytes.getUnsignedShort(at + LENGTH_AT);
            int body = at + RECORD_HEADER;
            if (type == ALERT && length == ALERT_LENGTH && bytes.writerIndex() >= body + ALERT_LENGTH) {
                if (bytes.getUnsignedByte(body) <= FATAL) {
                    description = bytes.getUnsignedByte(body + 1);
                }
                return;
            }
            if (type != CHANGE_CIPHER_SPEC) {
                return;
            }
            at = body + length;
        }
    }
}
