package dev.skein.protocol.apsara;

import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** The identity of a token: 128 random bits. */
public record TokenId(long high, long low) {
    private static final int DIGITS = 32;

    /** Reads what {@link #toString} gives; null when it is something else. */
    public static @Nullable TokenId parse(String text) {
        if (text.length() != DIGITS) {
            return null;
        }
        try {
            return new TokenId(
                    HexFormat.fromHexDigitsToLong(text, 0, DIGITS / 2),
                    HexFormat.fromHexDigitsToLong(text, DIGITS / 2, DIGITS));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** 32 hexadecimal digits. */
    @Override
    public String toString() {
        return HexFormat.of().toHexDigits(high) + HexFormat.of().toHexDigits(low);
    }
}
