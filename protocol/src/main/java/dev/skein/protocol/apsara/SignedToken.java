package dev.skein.protocol.apsara;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.skein.protocol.wire.Hmac;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A token as text: Base64 for URLs, without padding, of its claims and of HMAC-SHA256 over them. Whoever has the key of
 * its number can tell that it is right, and needs to ask nobody.
 *
 * <p>The bytes: format (1), number of the key (4), id (16), expiry in milliseconds (8), actions (1: subscribe 1,
 * publish 2), instance (1 and as many), access key (2 and as many), number of filters (1), each filter (2 and as many),
 * HMAC (32). Texts are UTF-8, numbers have the high byte first.
 */
public final class SignedToken {
    private static final byte[] PURPOSE = "skein token 1\n".getBytes(UTF_8);
    private static final byte FORMAT = 1;
    private static final int READS = 1;
    private static final int WRITES = 2;
    private static final int MAC_BYTES = 32;
    private static final int TEXT_MAX = 24_000;
    private static final int BYTES_MAX = 18_000;
    private static final int BYTE = 0xFF;
    private static final int SHORT = 0xFFFF;

    private final int keyNumber;
    private final TokenClaims claims;
    private final byte[] signed;
    private final byte[] mac;

    private SignedToken(int keyNumber, TokenClaims claims, byte[] signed, byte[] mac) {
        this.keyNumber = keyNumber;
        this.claims = claims;
        this.signed = signed;
        this.mac = mac;
    }

    /**
     * The text of a token.
     *
     * @param key of HMAC-SHA256; not changed
     * @param keyNumber by which it is found again
     */
    public static String sign(byte[] key, int keyNumber, TokenClaims claims) {
        ByteBuffer out = ByteBuffer.allocate(BYTES_MAX);
        out.put(FORMAT).putInt(keyNumber);
        out.putLong(claims.id().high()).putLong(claims.id().low()).putLong(claims.expiresAt());
        out.put((byte) ((claims.reads() ? READS : 0) | (claims.writes() ? WRITES : 0)));
        byte[] instance = claims.instanceId().getBytes(UTF_8);
        out.put((byte) instance.length).put(instance);
        text(out, claims.accessKeyId());
        out.put((byte) claims.filters().size());
        claims.filters().forEach(filter -> text(out, filter));
        byte[] signed = Arrays.copyOf(out.array(), out.position());
        out.put(mac(key, signed));
        return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(out.array(), out.position()));
    }

    private static void text(ByteBuffer out, String text) {
        byte[] bytes = text.getBytes(UTF_8);
        out.putShort((short) bytes.length).put(bytes);
    }

    /** Reads a text; null when it is no token. Whether it is right only {@link #isSignedBy} tells. */
    public static @Nullable SignedToken parse(String text) {
        if (text.length() > TEXT_MAX) {
            return null;
        }
        try {
            byte[] all = Base64.getUrlDecoder().decode(text);
            return all.length <= MAC_BYTES ? null : read(all);
        } catch (IllegalArgumentException | BufferUnderflowException | CharacterCodingException e) {
            return null;
        }
    }

    private static @Nullable SignedToken read(byte[] all) throws CharacterCodingException {
        byte[] signed = Arrays.copyOf(all, all.length - MAC_BYTES);
        ByteBuffer in = ByteBuffer.wrap(signed);
        if (in.get() != FORMAT) {
            return null;
        }
        int keyNumber = in.getInt();
        TokenId id = new TokenId(in.getLong(), in.getLong());
        long expiresAt = in.getLong();
        int actions = in.get();
        String instance = text(in, in.get() & BYTE);
        String accessKey = text(in, in.getShort() & SHORT);
        int count = in.get() & BYTE;
        List<String> filters = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            filters.add(text(in, in.getShort() & SHORT));
        }
        if (in.hasRemaining() || TokenClaims.violation(filters) != null) {
            return null;
        }
        TokenClaims claims = new TokenClaims(
                id, instance, accessKey, (actions & READS) != 0, (actions & WRITES) != 0, filters, expiresAt);
        return new SignedToken(keyNumber, claims, signed, Arrays.copyOfRange(all, signed.length, all.length));
    }

    private static String text(ByteBuffer in, int length) throws CharacterCodingException {
        if (length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        String text = UTF_8.newDecoder().decode(in.slice(in.position(), length)).toString();
        in.position(in.position() + length);
        return text;
    }

    /** The key that has signed it, as it says. */
    public int keyNumber() {
        return keyNumber;
    }

    /** What it says; to be believed only when {@link #isSignedBy} is true. */
    public TokenClaims claims() {
        return claims;
    }

    /** Whether {@code key} has signed it, in time that does not tell how much of the signature is right. */
    public boolean isSignedBy(byte[] key) {
        return MessageDigest.isEqual(mac(key, signed), mac);
    }

    private static byte[] mac(byte[] key, byte[] signed) {
        return Hmac.of(Hmac.SHA256, key, PURPOSE, signed);
    }
}
