package dev.skein.node.auth;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Client IDs that an identity may use: {@code *} stands for any characters, {@code %u} for the user name. */
final class ClientIdPattern {
    private ClientIdPattern() {}

    /** Whether {@code clientId} fits; what the user name is made of stands for itself. */
    static boolean matches(String pattern, String clientId, @Nullable String username) {
        String user = Objects.requireNonNullElse(username, "");
        String[] parts = pattern.split("\\*", -1);
        String first = parts[0].replace("%u", user);
        if (parts.length == 1) {
            return clientId.equals(first);
        }
        String last = parts[parts.length - 1].replace("%u", user);
        int end = clientId.length() - last.length();
        if (end < first.length() || !clientId.startsWith(first) || !clientId.endsWith(last)) {
            return false;
        }
        int from = first.length();
        for (int i = 1; i < parts.length - 1; i++) {
            String part = parts[i].replace("%u", user);
            int at = clientId.indexOf(part, from);
            if (at < 0 || at + part.length() > end) {
                return false;
            }
            from = at + part.length();
        }
        return true;
    }
}
