package dev.skein.node.registry;

import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/** Views of instances with keys that sign tokens, and revoked ones. */
public final class TokenViews {
    private TokenViews() {}

    /** A key of 32 equal bytes. */
    public static TokenKey key(int number, int each, Instant created) {
        byte[] bytes = new byte[TokenKey.BYTES];
        Arrays.fill(bytes, (byte) each);
        return new TokenKey(number, new Secret(Base64.getEncoder().encodeToString(bytes)), created);
    }

    /** {@code view} with these keys. */
    public static InstanceView with(InstanceView view, TokenKey... keys) {
        return with(view, List.of(keys), view.accessKeys());
    }

    /** {@code view} with this key, and an access key. */
    public static InstanceView with(InstanceView view, TokenKey key, AccessKey accessKey) {
        return with(view, List.of(key), Map.of(accessKey.id(), accessKey));
    }

    private static InstanceView with(InstanceView view, List<TokenKey> keys, Map<String, AccessKey> accessKeys) {
        RegistryState state = new RegistryState(
                view.groups(),
                view.parentTopics(),
                view.users(),
                accessKeys,
                List.of(),
                Map.of(),
                new TokenState(keys, List.of(), 0),
                1);
        return state.over(view);
    }

    /** The token counts no more, as far as {@code view} says. */
    public static void revoke(InstanceView view, String id, long expiresAt) {
        view.tokens().revoked().take(List.of(new RevokedToken(id, expiresAt, 5)), 5);
    }
}
