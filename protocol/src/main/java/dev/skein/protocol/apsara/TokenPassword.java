package dev.skein.protocol.apsara;

import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The password of Token mode: {@code <type>|<token>}, or up to three of them, joined by {@code |}, in any order. */
public final class TokenPassword {
    private TokenPassword() {}

    /**
     * The tokens by their types; null when the text is not of that form, a type is there twice, or a token is empty.
     *
     * @param password as CONNECT has it
     */
    public static @Nullable Map<TokenType, String> parse(String password) {
        String[] parts = password.split("\\|", -1);
        Map<TokenType, String> tokens = new EnumMap<>(TokenType.class);
        if (parts.length % 2 != 0) {
            return null;
        }
        for (int i = 0; i < parts.length; i += 2) {
            TokenType type = TokenType.of(parts[i]);
            if (type == null || parts[i + 1].isEmpty() || tokens.put(type, parts[i + 1]) != null) {
                return null;
            }
        }
        return tokens;
    }
}
